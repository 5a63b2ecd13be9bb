"""Where sending goes on: a restored or copied store sends nothing until somebody says so.

What was sent is in the log, but a log that is restored from a backup no longer knows what was sent
after the backup. So each machine remembers, outside every store and backup of one, how far the log had
come at its last sending and where the store was. A store that went back, or stands elsewhere, is
quarantined. A log from which nothing was ever sent can send nothing twice and is let through.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from attrs import frozen

from dualcert.domain.dispatch import SendingStarted
from dualcert.domain.entry import LOG_STREAM, LogOpened
from dualcert.errors import N_, Phrase, SendingOff
from dualcert.files import write_whole
from dualcert.projections.view import View
from dualcert.store.url import parse_url

VARIABLE = "DUALCERT_STATE"


class Mark(msgspec.Struct, forbid_unknown_fields=True):
    """What a machine remembers of a store: where it was, and the fact at the head at the last sending."""

    place: str
    position: int
    recorded_at: str


@frozen
class Places:
    """The marks of one machine, a file for each store id, in a folder of the user's state."""

    folder: Path

    @classmethod
    def default(cls) -> Places:
        """Return the marks in $DUALCERT_STATE, else in the user's folder for state."""
        named = os.environ.get(VARIABLE)
        if named:
            return cls(Path(named))
        if sys.platform == "win32":
            return cls(Path(os.environ.get("LOCALAPPDATA", Path.home())) / "dualcert" / "state")
        state = os.environ.get("XDG_STATE_HOME")
        return cls((Path(state) if state else Path.home() / ".local" / "state") / "dualcert")

    def check(self, store: str | Path, look: Callable[[], View]) -> None:
        """Raise SendingOff where the store at this URL may not send from here; *look* gives its log as it is now.

        Another sender may be at work: a mark stands before what it sends is in the log, so where none is found
        the log counts as it was before, and where one is found, as it is after.
        """
        view = look()
        mark = self._read(view)
        if mark is None:
            if _ever_sent(view):
                raise SendingOff(store=_shown(store), problem=N_("it was sent from elsewhere, or is a copy"))
            return
        view = look()
        if mark.place != place_of(store):
            raise SendingOff(store=_shown(store), problem=Phrase(N_("it was at {place}"), place=mark.place))
        if mark.position > view.position or _recorded_at(view, mark.position) != mark.recorded_at:
            problem = Phrase(
                N_("the log had come to position {position} and is at {now}: it was restored"),
                position=mark.position, now=view.position,
            )  # fmt: skip
            raise SendingOff(store=_shown(store), problem=problem)

    def remember(self, store: str | Path, view: View) -> None:
        """Note where the store is and how far its log has come; to be done before anything goes out.

        Raises OSError.
        """
        mark = Mark(place_of(store), view.position, _recorded_at(view, view.position))
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._path(view), msgspec.json.encode(mark), replace=True, mode=0o600)

    def _read(self, view: View) -> Mark | None:
        try:
            return msgspec.json.decode(self._path(view).read_bytes(), type=Mark)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise SendingOff(store=str(self._path(view)), problem=str(error)) from None

    def _path(self, view: View) -> Path:
        return self.folder / f"{store_id(view)}.json"


def store_id(view: View) -> str:
    """Return the random id that the store's first fact holds; a copy has the same."""
    opened: Any = view.entries(LOG_STREAM)[0].fact
    assert type(opened) is LogOpened
    return opened.store_id


def place_of(store: str | Path) -> str:
    """Return where the store at this URL or path is: a copy of the file is another place."""
    url = parse_url(store)
    match url.kind:
        case "postgresql":
            return url.shown
        case "memory":
            return "memory"
        case _:
            path = url.path.resolve()
            found = path.stat()
            return f"{path} ({found.st_dev}:{found.st_ino})"


def _recorded_at(view: View, position: int) -> str:
    instant = view.streams.recorded_at(position)
    return instant.isoformat() if instant else ""


def _ever_sent(view: View) -> bool:
    return any(type(e.fact) is SendingStarted for id_, _ in view.dispatches() for e in view.entries(id_))


def _shown(store: str | Path) -> str:
    return parse_url(store).shown
