"""Evidence: the facts, as `stream@version`, that an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dualcert.domain.lab import Lab
from dualcert.projections.counties import CountyOnDay
from dualcert.values.terms import SCHEMES, Scheme


def of_certificate(lab: str, state: Lab, scheme: Scheme, day: date) -> tuple[str, ...]:
    """Return the facts that decide the state of *scheme* of *lab* on *day*.

    The last grant or renewal by then, and the last thing that came upon it; the lab's registration where
    nothing was ever granted.
    """
    return tuple([f"{lab}@{version}" for version in _decisive(state, scheme, day)])


def _decisive(state: Lab, scheme: Scheme, day: date) -> tuple[int, ...]:
    return state.timeline(scheme).decisive(day) or (state.registration,)


def of_lab(lab: str, state: Lab, lacking: tuple[Scheme, ...], day: date) -> tuple[str, ...]:
    """Return the facts that make *lab* dual-certified on *day*, or those of the certificates that it is *lacking*."""
    versions = {version: None for scheme in lacking or SCHEMES for version in _decisive(state, scheme, day)}
    return tuple([f"{lab}@{version}" for version in versions])


def of_county(county: CountyOnDay, day: date) -> tuple[str, ...]:
    """Return the facts that make a county pass on *day* or not: its designations and its labs' certificates."""
    designated = (f"{county.county}@{d.version}" for d in county.state.designations if d.covers(day))
    labs = (id_ for lab, state in county.labs.items() for id_ in of_lab(lab, state, county.lacking[lab], day))
    return distinct([*designated, *labs])


def distinct(ids: Iterable[str]) -> tuple[str, ...]:
    """Return *ids* in their order, each once."""
    return tuple(dict.fromkeys(ids))
