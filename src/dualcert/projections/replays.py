"""A replay: the whole log folded anew, every stream replayed, and the campaign as it was known month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from attrs import evolve, frozen
from typing_extensions import override

from dualcert.errors import NoCampaign
from dualcert.projections.answers import Answer
from dualcert.projections.due import findings
from dualcert.projections.ratios import ratios
from dualcert.projections.view import View
from dualcert.values.dates import civil_day, end_of, month_ends


@frozen
class Step(Answer):
    """The whole campaign at the end of a month, as it was known then; `findings` counts them by kind."""

    as_of: date
    known_at: datetime
    position: int
    labs: int
    cma: int
    catl: int
    dual: int
    percent: str | None
    target_percent: int
    findings: Mapping[str, int]


@frozen
class Replay(Answer):
    """What a replay folded, and how fast; the digest is the same for the same history in every store."""

    facts: int
    streams: int
    seconds: float
    facts_per_second: int
    digest: str
    position: int
    steps: tuple[Step, ...] | None = None

    @classmethod
    def of(cls, facts: int, streams: int, seconds: float, digest: str, steps: tuple[Step, ...] | None) -> Replay:
        """Return a replay of as many *facts* as its position says, in *seconds*."""
        rate = int(facts / seconds) if seconds else 0
        return cls(facts, streams, round(seconds, 6), rate, digest, facts, steps)

    @override
    def to_dict(self) -> dict[str, Any]:
        document = super().to_dict()
        if self.steps is None:
            del document["steps"]
        return document


def steps(view: View) -> Iterator[Step]:
    """Yield the figures at the end of each month in which facts were recorded, as known then.

    The last step is the day of the newest fact. A month before any campaign was known is left out.
    """
    instants = [e.recorded_at for stream in view.streams.by_id for e in view.entries(stream)]
    if not instants:
        return
    for day in month_ends(civil_day(min(instants)), civil_day(max(instants))):
        instant = end_of(day)
        position = min(view.streams.position_at(instant), view.position)
        known = evolve(view, position=position, known_at=instant)
        try:
            figures = ratios(known, day)
        except NoCampaign:
            continue
        total, kinds = figures.total, Counter(finding.kind for finding in findings(known, day))
        yield Step(
            as_of=day,
            known_at=instant,
            position=position,
            labs=total.labs,
            cma=total.cma,
            catl=total.catl,
            dual=total.dual,
            percent=total.percent,
            target_percent=figures.target_percent,
            findings=dict(sorted(kinds.items())),
        )
