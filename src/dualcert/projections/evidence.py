"""Evidence: the facts, as `stream@version`, that an answer rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from dualcert.domain.county import County
from dualcert.domain.lab import Lab
from dualcert.domain.timeline import Period, Timeline
from dualcert.policy import Target
from dualcert.projections.counties import CountyOnDay
from dualcert.values.dates import EARLIEST
from dualcert.values.days import ONE_DAY
from dualcert.values.terms import SCHEMES, Scheme


def _decisive(state: Lab, scheme: Scheme, day: date) -> tuple[int, ...]:
    return state.timeline(scheme).decisive(day) or (state.registration,)


def of_number(lab: str, timeline: Timeline, period: Period, day: date) -> tuple[str, ...]:
    """Return the facts that decide which number the certificate of *period* has on *day*, and until when it runs."""
    amended = [version for on, _, version in timeline.renumbered if period.first <= on <= day]
    return tuple([f"{lab}@{version}" for version in sorted({*timeline.deciding(day), *amended[-1:]})])


def of_lab(lab: str, state: Lab, lacking: tuple[Scheme, ...], day: date) -> tuple[str, ...]:
    """Return the facts that make *lab* dual-certified on *day*, or those of the certificates that it is *lacking*."""
    versions = {version: None for scheme in lacking or SCHEMES for version in _decisive(state, scheme, day)}
    return tuple([f"{lab}@{version}" for version in versions])


def of_county(county: CountyOnDay, day: date) -> tuple[str, ...]:
    """Return the facts that make a county pass on *day* or not: its designations and its labs' certificates."""
    designated = (f"{county.county}@{d.version}" for d in county.state.designations if d.covers(day))
    labs = (id_ for lab, state in county.labs.items() for id_ in of_lab(lab, state, county.lacking[lab], day))
    return distinct([*designated, *labs])


def of_failing_lab(lab: str, state: Lab, day: date, target: Target) -> tuple[str, ...]:
    """Return the facts that decide that *lab* is not dual-certified on *day*, and since when it is not."""
    found: set[int] = set()
    for timeline in (state.cma, state.catl):
        if timeline.periods:
            found.update(timeline.deciding(day))
        if target.pending_renewal_counts:
            found.update(step.version for step in timeline.stages if step.on <= day)
    if state.closed_on and state.closed_on <= day:
        found.add(state.closing)
    return tuple([f"{lab}@{version}" for version in sorted(found) or [state.registration]])


def of_failing_county(
    find: Callable[[str], Lab | None], county: str, state: County, since: date, day: date, target: Target
) -> tuple[str, ...]:
    """Return the facts that decide that *county* does not pass from *since* through *day*, and did not fail before."""
    before = max(since, EARLIEST) - ONE_DAY
    near = [d for d in state.designations if d.since <= day and (d.until is None or before <= d.until)]
    versions = [
        version for d in near for version in (d.version, d.release if d.until and d.until <= day else 0) if version
    ]
    labs = ((d.lab, lab) for d in near if (lab := find(d.lab)))
    return distinct([
        *(f"{county}@{version}" for version in versions),
        *(id_ for lab, found in labs for id_ in of_failing_lab(lab, found, day, target)),
    ])  # fmt: skip


def distinct(ids: Iterable[str]) -> tuple[str, ...]:
    """Return *ids* in their order, each once."""
    return tuple(dict.fromkeys(ids))
