"""Ratios: integers over integers; a decimal only where a person reads it."""

from __future__ import annotations

import attrs


@attrs.frozen
class Ratio:
    """*part* of *whole*, both counts of labs."""

    part: int
    whole: int

    @property
    def percent(self) -> str | None:
        """The percentage with one decimal, half up: `83.3`; None without labs."""
        if not self.whole:
            return None
        tenths = (2000 * self.part + self.whole) // (2 * self.whole)
        return f"{tenths // 10}.{tenths % 10}"

    def meets(self, target_percent: int) -> bool | None:
        """Return whether the ratio reaches *target_percent*, judged on the integers; None without labs.

        84.96 % is printed as 85.0 and has not met 85.
        """
        return 100 * self.part >= target_percent * self.whole if self.whole else None

    def missing(self, target_percent: int) -> int | None:
        """Return how many more are needed to reach *target_percent*; None without labs."""
        needed = -(-target_percent * self.whole // 100)
        return max(0, needed - self.part) if self.whole else None
