"""Writes the texts of the Shanxi year anew: run it, and read what changed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from notice_docx import written
from notice_papers import COMPLETE

from dualcert.testing.year import example_year

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
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, example_year(Path(folder)) as year:
        for name, said in texts(year).items():
            (GOLDEN / name).write_text(said, encoding="utf-8")
