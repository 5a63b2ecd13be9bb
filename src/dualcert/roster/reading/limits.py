"""Limits of a roster: its size, the resources of reading it, and the size of its outcome."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import ge

MB = 1 << 20


def _most(default: int) -> int:
    limit: int = field(default=default, validator=ge(0))
    return limit


@frozen(kw_only=True)
class Limits:
    """The limits of a roster; a file that exceeds one is refused before it is read, or as soon as that is found.

    Attributes:
        megabytes: of the file.
        seconds: the time for reading, by the clock and of the processor.
        seconds_per_megabyte: the additional time for each megabyte of the file.
        memory_megabytes: of the reading process.
        rows: of all sheets together.
        columns: of any row.
        cells: of all sheets together, up to the last filled cell of each row.
        characters: of all cells together.
        merged: merged ranges of any sheet.
        outcome: the number of findings plus twice the number of commands, which are held in memory until they are
            recorded. The default allows 90,000 new labs with both certificates.
    """

    megabytes: int = _most(32)
    seconds: int = _most(8)
    seconds_per_megabyte: int = _most(2)
    memory_megabytes: int = _most(512)
    rows: int = _most(200_000)
    columns: int = _most(256)
    cells: int = _most(4_000_000)
    characters: int = _most(64_000_000)
    merged: int = _most(100_000)
    outcome: int = _most(720_000)

    @property
    def file(self) -> int:
        """The bytes that a file may have."""
        return self.megabytes * MB

    @property
    def memory(self) -> int:
        """The bytes that the reading process may take."""
        return self.memory_megabytes * MB

    def time(self, size: int) -> int:
        """Return the seconds that reading a file of *size* bytes may take."""
        return self.seconds + self.seconds_per_megabyte * (size // MB)
