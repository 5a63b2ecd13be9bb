"""A clock that a test drives."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from attrs import define

from dualcert.values.dates import SHANGHAI


@define
class Clock:
    """A clock that shows noon of a day in Asia/Shanghai until it is set.

    >>> clock = Clock()
    >>> clock.on("2023-10-08")
    >>> clock().isoformat()
    '2023-10-08T04:00:00+00:00'
    """

    now: datetime = datetime(2024, 1, 15, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the present instant, in UTC."""
        return self.now

    def on(self, day: date | str) -> None:
        """Set the clock to noon of *day*."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        self.now = datetime.combine(day, time(12), SHANGHAI).astimezone(UTC)

    def tick(self, seconds: float = 1) -> None:
        """Advance the clock."""
        self.now += timedelta(seconds=seconds)
