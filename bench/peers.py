"""Other libraries that keep events, with the extra `peers`: UmaDB (a server of its own) and eventsource-py (SQLite)."""

from __future__ import annotations

import asyncio
import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from commands import BULK, ONE, STATE
from lines import Line

PAGE = 5_000
"""UmaDB takes no longer message in one go."""


def peer_lines(folder: Path, ours: float, bulk: float) -> Iterator[Line]:
    """Yield the lines of the libraries that are installed; *ours* and *bulk* are the seconds of a command of ours."""
    for name, measured in {"UmaDB": _umadb, "eventsource-py": _eventsource}.items():
        try:
            one, many = measured(folder)
        except ImportError:
            continue
        yield Line("one durable command, wal", ours, f"{name}, one event", one)
        yield Line("one of 30,000 commands together", bulk, f"{name}, together", many)


@contextmanager
def _umadb_server(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = str(Path(sys.executable).parent / "umadb")
    command = [program, "--listen", address, "--db-path", str(folder / "peer.uma")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0:
                    break
            time.sleep(0.1)
        try:
            yield f"http://{address}"
        finally:
            running.terminate()


def _umadb(folder: Path) -> tuple[float, float]:
    from umadb import Client, Event

    numbers = itertools.count()

    def event() -> Event:
        return Event("lab-amended", STATE, [f"lab-140521-{next(numbers)}"])

    with _umadb_server(folder) as url, Client(url) as client:
        one = _timed(lambda: [client.append([event()]) for _ in range(ONE)]) / ONE
        pages = [[event() for _ in range(PAGE)] for _ in range(BULK // PAGE)]
        many = _timed(lambda: [client.append(page) for page in pages]) / BULK
    return one, many


def _eventsource(folder: Path) -> tuple[float, float]:
    from eventsource import DomainEvent, SQLiteEventStore, StreamId
    from eventsource.ports import ExpectedVersion

    class LabAmended(DomainEvent):  # type: ignore[misc]  # the extra is not installed everywhere
        event_type: str = "LabAmended"
        aggregate_type: str = "Lab"
        state: str

    async def measured() -> tuple[float, float]:
        store = SQLiteEventStore(str(folder / "peer.db"))

        async def put(number: int) -> None:
            of = uuid4()
            events = [LabAmended(aggregate_id=of, aggregate_version=n + 1, state=STATE.decode()) for n in range(number)]
            await store.append(StreamId(of, "Lab"), events, ExpectedVersion.no_stream())

        await put(1)
        started = time.perf_counter()
        for _ in range(ONE):
            await put(1)
        one = (time.perf_counter() - started) / ONE
        started = time.perf_counter()
        await put(BULK)
        many = (time.perf_counter() - started) / BULK
        await store.close()
        return one, many

    return asyncio.run(measured())


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
