"""The tables beside a log, all of them: what a backup copies, restoring makes, and the doctor looks at."""

from __future__ import annotations

from dualcert.integrity.treetable import TreeTable
from dualcert.people import Directory
from dualcert.reporting.outbox import Outbox
from dualcert.rights import Rights
from dualcert.store.keys import KeyedTable, Keys
from dualcert.store.sidetable import SideTable

KEYED: tuple[type[KeyedTable], ...] = (Directory, Outbox)
"""What belongs to people, encrypted under their keys."""
SAVED: tuple[type[SideTable], ...] = (*KEYED, Rights)
"""What a backup has beside the log; the keys of people are in a file of their own, and the tree follows from the log."""
ALL: tuple[type[SideTable], ...] = (Keys, *SAVED, TreeTable)
