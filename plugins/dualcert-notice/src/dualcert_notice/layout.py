"""What the .docx and the PDF of a paper have in common: where lines and characters stand, in points."""

from __future__ import annotations

import math

from dualcert_notice.config import NoticeConfig
from dualcert_notice.paper import Paper, ems

LEADING = 1.2
"""The pitch of the lines of a 发文机关标志, in its size."""
SLACK = 1.1
"""How much more room words need that are broken into lines."""
SMALLEST = 14.0
"""The smallest size of a 发文机关标志."""
BASELINE, TOP = 0.8, 0.85
"""How far below the top of an exact line its base line is, in its height; and the top of a character above that, in its size."""
THICK, GAP, THIN = 1.5, 1.0, 0.5
DOUBLE = THICK + GAP + THIN
"""The double line of a letter, in points."""


def fitting(text: str, size: float, width: float) -> float:
    """Return *size*, or the largest below it in half points at which *text* is no wider than *width* points.

    What would be too small to read keeps a readable size, and has several lines.
    """
    return min(size, max(SMALLEST, int(width / max(ems(text), 1.0) * 2) / 2))


def lines_of(text: str, size: float, width: float) -> int:
    """Return how many lines of *width* points a text has at most, where it is too wide for one."""
    wide = ems(text) * size
    return 1 if wide <= width else math.ceil(wide * SLACK / width)


def mark_of_letter(text: str, config: NoticeConfig) -> tuple[float, float]:
    """Return the size of a letter's 发文机关标志, and how much higher than one line it is, in points."""
    size = fitting(text, config.mark_pt, config.width_pt)
    return size, (lines_of(text, size, config.width_pt) - 1) * size * LEADING


def above(size: float, line: float) -> float:
    """Return how far the characters of an exact line are below its top."""
    return BASELINE * line - TOP * size


def signed_half(paper: Paper, config: NoticeConfig) -> float:
    """Return how far from the right of the type area signature and date have their middle, in points.

    The date ends four characters from the right (7.3.5.1); a signature too long for that moves both to the left.
    """
    size = config.body_pt + config.tracking
    return min(max((4 + ems(paper.dated) / 2) * size, ems(paper.signature) / 2 * size), config.width_pt / 2)
