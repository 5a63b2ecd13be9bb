"""A proxy before PostgreSQL that breaks off at the n-th message of the frontend/backend protocol, in either direction."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from itertools import groupby
from pathlib import Path

from attrs import Factory, define, evolve, field, frozen
from typing_extensions import override

from faults.cases import BY_NAME, Case, Place, PostgresBench
from faults.judging import judged

DATA_ROW = b"D"
"""The type of a message that is a row of an answer, or, from the client, a question about a statement."""


@frozen
class Cut:
    """After which message all connections break, counted from 1; with *half*, in the middle of it. 0: never."""

    at: int = 0
    half: bool = False

    def __str__(self) -> str:
        return f"cut {'in' if self.half else 'after'} message {self.at}"


@define
class Proxy(AbstractContextManager):
    """Listens on a socket in *folder* and hands on to the server's; `cut` is set for each run."""

    folder: Path
    server: Path
    """The server's socket."""
    seen: int = 0
    kinds: list[bytes] = Factory(list)
    """The type of each message; of the first of a client, which has none, nothing."""
    commits: list[int] = Factory(list)
    """The messages by which a commit was asked for, and answered."""
    cut: Cut = Cut()
    _open: list[socket.socket] = Factory(list)
    _lock: threading.Lock = Factory(threading.Lock)
    _listening: socket.socket = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.folder.mkdir()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / self.server.name))
        self._listening.listen(64)
        threading.Thread(target=self._serve, daemon=True).start()

    @override
    def __exit__(self, *_) -> None:
        self._listening.close()
        self.begin(Cut())

    def begin(self, cut: Cut) -> None:
        """Count anew, and break off there; what is open is closed."""
        with self._lock:
            self._hang_up()
            self.seen, self.kinds, self.commits, self.cut = 0, [], [], cut

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self.server))
                self._open += [client, server]
                threading.Thread(target=self._pump, args=(client, server, True), daemon=True).start()
                threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, begins_untyped: bool) -> None:
        """Hand messages on; the first of a client has no type before its length."""
        untyped = begins_untyped
        with suppress(OSError), source.makefile("rb") as messages:
            while message := _message(messages, untyped=untyped):
                with self._lock:
                    self.seen += 1
                    self.kinds.append(b"" if untyped else message[:1])
                    if b"COMMIT" in message:
                        self.commits.append(self.seen)
                    if self.seen == self.cut.at:
                        target.sendall(message[: len(message) // 2] if self.cut.half else message)
                        self._hang_up()
                        return
                untyped = False
                target.sendall(message)
        for side in (source, target):
            _close(side)

    def _hang_up(self) -> None:
        for side in self._open:
            _close(side)
        self._open.clear()


def _message(messages, *, untyped: bool) -> bytes:
    head = messages.read(4 if untyped else 5)
    if len(head) < 4:
        return b""
    return head + messages.read(int.from_bytes(head[-4:]) - 4)


def _close(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()


def proxy_before(server: str, folder: Path) -> Proxy:
    """Return a proxy before the server of that URL."""
    return Proxy(folder, Path(server.partition("host=")[2].partition("&")[0]) / ".s.PGSQL.5432")


def _by_way_of(proxy: Proxy, place: Place) -> Place:
    address, _, _ = place.store.partition("host=")
    return evolve(place, store=f"{address}host={proxy.folder}")


def count(bench: PostgresBench, proxy: Proxy, case: Case) -> int:
    """Return how many messages pass when the case runs undisturbed."""
    place = bench.fresh(case)
    proxy.begin(Cut())
    bench.must(_by_way_of(proxy, place), case.arguments)
    bench.remove(place)
    return proxy.seen


@frozen
class WirePoint:
    """A message of a command at which all connections break."""

    case: str
    cut: Cut

    def __str__(self) -> str:
        return f"{self.case}, {self.cut}"


def points(bench: PostgresBench, proxy: Proxy, case: Case) -> list[WirePoint]:
    """Return every message of a case, whole and half; of rows of one answer the first, the middle and the last.

    The driver hands on an answer only when it is complete, so that a cut between rows is the same as one between others.
    """
    count(bench, proxy, case)
    return [WirePoint(case.name, Cut(at, half)) for at in _told_apart(proxy.kinds) for half in (False, True)]


def _told_apart(kinds: Sequence[bytes]) -> Iterator[int]:
    at = 0
    for kind, run in groupby(kinds):
        first, at = at + 1, at + len(list(run))
        yield from sorted({first, (first + at) // 2, at}) if kind == DATA_ROW else range(first, at + 1)


def commit_points(bench: PostgresBench, proxy: Proxy, case: Case) -> list[WirePoint]:
    """Return the messages of a case at which it is least certain what was recorded: the last commit, and its answer."""
    count(bench, proxy, case)
    asked, answered = proxy.commits[-2:]
    return [WirePoint(case.name, cut) for cut in (Cut(asked), Cut(answered, half=True), Cut(answered))]


def tried(bench: PostgresBench, proxy: Proxy, point: WirePoint) -> list[str] | None:
    """Break off and return what was lost; None where the run had fewer messages."""
    case = BY_NAME[point.case]
    place = _by_way_of(proxy, bench.fresh(case))  # all the way through: a store that moved sends nothing
    proxy.begin(point.cut)
    ran = bench.run(place, case.arguments)
    reached = proxy.seen >= point.cut.at
    proxy.begin(Cut())
    lost = judged(bench, case, place, ran, killed=False) if reached else None
    bench.remove(place)
    return lost
