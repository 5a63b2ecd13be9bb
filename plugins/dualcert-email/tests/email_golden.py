"""Writes the texts of the Shanxi year's digests anew: run it, and read what changed."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve
from dualcert_email import DigestConfig, ReminderDigest

from dualcert.testing.year import write_texts

GOLDEN = Path(__file__).parent / "golden"
"""Where the texts are."""
NAMES = {"person-prov-02": "王建国", "person-prov-07": "李明"}
"""The people who are known by name; the others are called by what they are."""


def texts(year):
    """Return the digests of the end of October 2023 as text, in one file."""
    request, views = year.asked(ReminderDigest(), DigestConfig(fallback="person-office-01"), on="2023-10-31")
    named = evolve(request, names=NAMES)
    messages = sorted(ReminderDigest().render(named, views), key=lambda each: each.to)
    return {"digest.txt": "".join(f"〈主题〉{each.subject}\n{each.text}\n" for each in messages)}


if __name__ == "__main__":
    write_texts(texts, GOLDEN)
