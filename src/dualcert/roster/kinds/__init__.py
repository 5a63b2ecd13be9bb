"""The kinds of rosters that offices keep, by name."""

from __future__ import annotations

from collections.abc import Mapping

from dualcert.roster.kinds.counties import Counties
from dualcert.roster.kinds.helpers import Helpers
from dualcert.roster.kinds.labs import Labs
from dualcert.roster.kinds.pairings import Pairings
from dualcert.roster.kinds.plans import Plans
from dualcert.roster.kinds.visits import Visits
from dualcert.roster.planning import Kind

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (Labs(), Counties(), Pairings(), Helpers(), Plans(), Visits())}
"""Name -> kind, in the order in which they are listed and exported."""

__all__ = ["KINDS"]
