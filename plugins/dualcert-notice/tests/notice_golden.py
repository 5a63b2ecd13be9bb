"""Writes the texts of the Shanxi year anew: run it, and read what changed."""

from __future__ import annotations

from pathlib import Path

from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from notice_docx import written
from notice_papers import COMPLETE

from dualcert.testing.year import write_texts

GOLDEN = Path(__file__).parent / "golden"
"""Where the texts are."""


def texts(year):
    """Return the papers of October 2023 as text, by the names of the golden files."""
    asked = {
        "bulletin": (Bulletin(), COMPLETE, None),
        "bulletin-open": (Bulletin(), NoticeConfig(), None),
        "notice-delisted": (GateNotice(), COMPLETE, "140423"),
        "notice-cancelled": (GateNotice(), NoticeConfig(), "140425"),
        "reminder-changzhi": (CityReminder(), COMPLETE, "140400"),
        "reminder-jinzhong": (CityReminder(), NoticeConfig(), "140700"),
    }
    made = {name: year.made(*asked_for[:2], on="2023-10-31", subject=asked_for[2]) for name, asked_for in asked.items()}
    return {f"{name}.txt": written(content) for name, of_one in made.items() for content in of_one.values()}


if __name__ == "__main__":
    write_texts(texts, GOLDEN)
