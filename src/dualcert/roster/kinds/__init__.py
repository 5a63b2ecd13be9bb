"""The kinds of rosters that offices keep, by name."""

from __future__ import annotations

from collections.abc import Mapping

from dualcert.roster.kinds.counties import Counties
from dualcert.roster.kinds.helpers import Helpers
from dualcert.roster.kinds.labs import Labs
from dualcert.roster.kinds.meetings import Meetings
from dualcert.roster.kinds.pairings import Pairings
from dualcert.roster.kinds.plans import Plans
from dualcert.roster.kinds.reported import Difficulties, Highlights
from dualcert.roster.kinds.summaries import Summaries
from dualcert.roster.kinds.visits import Visits
from dualcert.roster.planning import Kind

_KINDS: tuple[Kind, ...] = (
    Labs(), Counties(), Pairings(), Helpers(), Plans(), Visits(), Meetings(), Summaries(), Highlights(), Difficulties(),
)  # fmt: skip
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
"""Name -> kind, in the order in which they are listed, exported and imported: each needs nothing of those behind it."""

__all__ = ["KINDS"]
