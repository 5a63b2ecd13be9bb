"""The kinds of rosters that offices keep, by name; each module lists its own in KINDS."""

from __future__ import annotations

from collections.abc import Mapping

from dualcert.roster.kinds import counties, helpers, labs, meetings, pairings, plans, reported, summaries, visits
from dualcert.roster.planning import Kind

_ALL: tuple[Kind, ...] = (
    *labs.KINDS, *counties.KINDS, *pairings.KINDS, *helpers.KINDS, *plans.KINDS, *visits.KINDS, *meetings.KINDS, *summaries.KINDS,
    *reported.KINDS,
)  # fmt: skip
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""Name -> kind, in the order in which they are listed, exported and imported: each needs nothing of those behind it."""

__all__ = ["KINDS"]
