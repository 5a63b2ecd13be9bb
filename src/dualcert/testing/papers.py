"""What no official paper in Chinese has, for tests of the texts that reporters make."""

from __future__ import annotations

import re
from collections.abc import Iterator

HAN = r"[\u3400-\u9fff\u3001-\u303f\uff00-\uffef“”]"
ODD = {
    "an id or a position": r"(?<![a-z])(?:lab|county|person|pairing|campaign|dispatch)-\w|@\d|日志位置|(?<![a-z])standing",
    "an ISO date or instant": r"\d{4}-\d\d(?:-\d\d)?|T\d\d:\d\d",
    "a half-width bracket or quote": r"[()\"']",
    "a quote of another land": r"[「」『』]",
    "a blank between Chinese": rf"(?<={HAN}) +(?={HAN})",
    "an empty city": r"[市县区州盟] \| 0 \||机构0家|涉及：[。、]|(?:^|[、，：])、",
    "a place of the program": r"[{}]|None",
}
"""What it is -> the pattern that finds it."""


def odd(text: str) -> Iterator[tuple[str, str]]:
    """Yield what no official paper in Chinese has, and the line of *text* that has it."""
    for line in text.splitlines():
        for what, pattern in ODD.items():
            if re.search(pattern, line):
                yield what, line
