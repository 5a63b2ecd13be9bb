"""The quarantine: a restored, copied or moved store sends nothing until a person allows it.

The log records what was sent, but a log that is restored from a backup does not know what was sent after the
backup. So each machine remembers, outside every store and its backups, the log's position at its last sending
and the store's place. A store that was restored or moved is quarantined. A log from which nothing was ever
sent cannot send anything twice, and is not quarantined.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
from attrs import frozen

from dualcert.documents import json_of
from dualcert.domain.dispatch import SendingStarted
from dualcert.errors import N_, BadConfiguration, Phrase, SendingOff
from dualcert.files import alone, write_whole
from dualcert.projections.view import View
from dualcert.store.url import Store

VARIABLE = "DUALCERT_STATE"


class SendingMark(msgspec.Struct, forbid_unknown_fields=True):
    """What a machine remembers about a store: its place, and the newest fact at the last sending."""

    place: str
    position: int
    recorded_at: str


@frozen
class Quarantine:
    """The marks of one machine: a file for each store id, in the user's folder for state."""

    folder: Path

    @classmethod
    def default(cls) -> Quarantine:
        """Return the marks in $DUALCERT_STATE, else in the user's folder for state.

        Raises BadConfiguration where that is a relative path: run from another folder, the machine would not find what it sent.
        """
        folder = _folder()
        if not folder.is_absolute():
            problem = N_("{variable} has to name a folder by its whole path, from the root on, not {folder}")
            raise BadConfiguration(problem=Phrase(problem, variable=VARIABLE, folder=_shown(folder)))
        return cls(folder)

    def check(self, store: Store, look: Callable[[], View]) -> None:
        """Raise SendingOff if *store* may not send from this machine; *look* returns its log as it is now.

        Another sender may be at work. It writes its mark before its attempts are in the log, so the log is read
        before the mark for a store without one, and again after the mark for a store that has one.
        """
        origin = self._held(store).get(_path_of(store))
        if origin is not None:
            raise SendingOff(store=store.url.shown, problem=Phrase(N_("it was restored from {origin}"), origin=origin))
        view = look()
        mark = self._read(store)
        if mark is None:
            if _ever_sent(view):
                raise SendingOff(store=store.url.shown, problem=N_("it was sent from elsewhere, or is a copy"))
            return
        view = look()
        if mark.place != place_of(store):
            raise SendingOff(store=store.url.shown, problem=Phrase(N_("it was at {place}"), place=mark.place))
        if mark.position > view.position or _recorded_at(view, mark.position) != mark.recorded_at:
            problem = Phrase(
                N_("the log had come to position {position} and is at {now}: it was restored"),
                position=mark.position, now=view.position,
            )  # fmt: skip
            raise SendingOff(store=store.url.shown, problem=problem)

    def remember(self, store: Store, view: View) -> None:
        """Let the store send from its place from now on, at the position of its log: a person says so.

        Raises FileUnwritable.
        """
        with self._alone():
            held = self._held(store)
            if held.pop(_path_of(store), None) is not None:
                self._keep_held(store, held)
            self._mark(store, view)

    def advance(self, store: Store, look: Callable[[], View]) -> None:
        """Remember how far the log has come; call it before anything is sent. *look* returns the log as it is now.

        The mark never goes back: what another sender remembered meanwhile is in the log that is looked at after the mark.
        Raises FileUnwritable; SendingOff where the store was restored meanwhile, or another copy may send.
        """
        with self._alone():
            self.check(store, look)
            self._mark(store, look())

    def _alone(self) -> AbstractContextManager[None]:
        return alone(self.folder, mode=0o700)

    def _mark(self, store: Store, view: View) -> None:
        mark = SendingMark(place_of(store), view.position, _recorded_at(view, view.position))
        write_whole(self._path(store), msgspec.json.encode(mark), replace=True, mode=0o600)

    def hold(self, store: Store, origin: str) -> None:
        """Keep *store*, which is about to be restored from *origin*, from sending until a person allows it.

        The same store at another place is not disturbed: this may be a drill. Raises FileUnwritable.
        """
        with self._alone():
            self._keep_held(store, {**self._held(store), _path_of(store): str(origin)})

    def _held(self, store: Store) -> dict[str, str]:
        """Return the places at which the store was restored, and from what, where nobody allowed it to send yet."""
        path = self._path(store, "held")
        try:
            return json_of(path.read_bytes(), dict[str, str])
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise SendingOff(store=str(path), problem=str(error)) from None

    def _keep_held(self, store: Store, held: dict[str, str]) -> None:
        write_whole(self._path(store, "held"), msgspec.json.encode(held), replace=True, mode=0o600)

    def _read(self, store: Store) -> SendingMark | None:
        path = self._path(store)
        try:
            return json_of(path.read_bytes(), SendingMark)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise SendingOff(store=str(path), problem=str(error)) from None

    def _path(self, store: Store, kind: str = "json") -> Path:
        """Return the file of the mark; a copy of a store has the same id and so the same file."""
        return self.folder / f"{store.id}.{kind}"


def _folder() -> Path:
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  `Path.home` raises RuntimeError for a user without one
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home) / "dualcert" / "state"
    return Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "dualcert"


def place_of(store: Store) -> str:
    """Return the place of *store*, which differs for each copy of a file."""
    match store.url.kind:
        case "postgresql":
            return store.url.shown
        case "memory":
            return "memory"
        case _:
            path = Path(os.path.realpath(store.url.path))
            found = path.stat()
            return f"{_shown(path)} ({found.st_dev}:{found.st_ino})"


def _path_of(store: Store) -> str:
    """Return the place of *store* by its name alone, which it has before its file is there."""
    return _shown(Path(os.path.realpath(store.url.path))) if store.url.kind == "sqlite" else store.url.shown


def _shown(path: Path) -> str:
    """Return a path for messages; a name need not be UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _recorded_at(view: View, position: int) -> str:
    instant = view.streams.recorded_at(position)
    return instant.isoformat() if instant else ""


def _ever_sent(view: View) -> bool:
    return any(type(e.fact) is SendingStarted for id_, _ in view.dispatches() for e in view.entries(id_))
