"""Questions, cold in the shell and warm in a process, and how they grow with the log."""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from attrs import define, field

from dualcert import Registry
from dualcert.policy import load_policy
from dualcert.store.log import begin_log, opening_entry
from lines import Line, medians
from workload import START, campaign

SIZES = (10_000, 100_000, 1_000_000)
DAY = date(2020, 7, 1)
EXAMPLE = Path(__file__).parent.parent / "examples" / "shanxi-2023"


@define
class Cold:
    """A store of so many facts, asked from the shell, each question by a process of its own."""

    path: Path
    facts: int
    _numbers: Iterator[int] = field(factory=itertools.count)

    @classmethod
    def made(cls, folder: Path, facts: int) -> Cold:
        """Write the store."""
        path = folder / f"cold-{facts}.db"
        log = begin_log(str(path), [opening_entry(START)])
        for batch in campaign(facts, load_policy("shanxi-2023")):
            log.append(batch)
        log.close()
        return cls(path, facts)

    def asked(self, *words: str) -> Callable[[], float]:
        """Return the measure of a command."""
        return lambda: process("dualcert", "--store", str(self.path), *words)

    def recorded(self) -> float:
        """Return the seconds of a command that records one fact."""
        name = f"新站{next(self._numbers)}"
        return self.asked("record", "amend-lab", "--lab", "lab-140521-1", "--name", name, "--on", "2021-01-01")()


def process(*words: str) -> float:
    """Return the seconds of a process; *words* are a program of this environment and its arguments."""
    program = str(Path(sys.executable).parent / words[0])
    gc.collect()
    started = time.perf_counter()
    subprocess.run([program, *words[1:]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def cold_lines(folder: Path, runs: int, sizes: tuple[int, ...] = SIZES) -> Iterator[Line]:
    """Yield the lines of cold questions, at each size of the log."""
    before: dict[str, float] = {}
    for facts in sizes:
        at = Cold.made(folder, facts)
        first = at.asked("ratio", "--by", "city")()
        found = medians({
            "help": at.asked("--help"), "status": at.asked("status", "lab-140521-1"),
            "history": at.asked("history", "lab-140521-1"), "record": at.recorded,
            "ratio": at.asked("ratio", "--by", "city"), "due": at.asked("due"), "replay": at.asked("replay"),
        }, runs)  # fmt: skip
        for name in ("status", "history", "record"):
            yield Line(f"{name}, cold, {facts:,} facts", found[name], "--help", found["help"], at_most=3.0)
        for name, mark in (("ratio", 5.0), ("due", 2.0)):
            yield Line(f"{name}, cold, {facts:,} facts", found[name], "replay", found["replay"], at_least=mark)
        yield Line(f"ratio, cold, the first, {facts:,} facts", first, "replay", found["replay"])
        if before:
            yield Line(
                f"replay, {facts:,} facts",
                found["replay"],
                f"{sizes[sizes.index(facts) - 1]:,} facts",
                before["replay"],
            )
        before = found


def start_lines(folder: Path, runs: int) -> Iterator[Line]:
    """Yield the lines of starting, with few plugins and with many."""
    store = folder / "shanxi.db"
    process("dualcert", "--store", str(store), "init")
    process("dualcert", "--store", str(store), "import", str(EXAMPLE / "shanxi-2023.xlsx"))
    asked: Mapping[str, Callable[[], float]] = {
        "pass": lambda: process("python", "-c", "pass"), "help": lambda: process("dualcert", "--help"),
        "ratio": lambda: process("dualcert", "--store", str(store), "ratio"),
    }  # fmt: skip
    found = medians(asked, 2 * runs)
    yield Line("--help", found["help"], "python -c pass", found["pass"], at_most=6.0)
    yield Line("ratio on the example of Shanxi", found["ratio"], "python -c pass", found["pass"], at_most=15.0)
    with many_plugins():
        many = medians(asked, 2 * runs)
    yield Line("--help, fifty plugins more", many["help"], "without them", found["help"], at_most=1.1)
    yield Line("ratio, fifty plugins more", many["ratio"], "without them", found["ratio"], at_most=1.1)


class many_plugins:  # noqa: N801  it reads as what it does
    """Have fifty distributions with a plugin each in this environment."""

    def __enter__(self) -> None:
        site = Path(next(path for path in sys.path if path.endswith("site-packages")))
        self._made = [site / f"dualcert_bench_{n}-1.0.dist-info" for n in range(50)]
        for n, made in enumerate(self._made):
            made.mkdir()
            (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dualcert-bench-{n}\nVersion: 1.0\n")
            (made / "entry_points.txt").write_text(f"[dualcert]\nbench-{n} = dualcert_bench_{n}\n")

    def __exit__(self, *_: object) -> None:
        for made in self._made:
            for file in made.iterdir():
                file.unlink()
            made.rmdir()


def warm_lines(facts: int, runs: int) -> Iterator[Line]:
    """Yield the lines of questions in a process that has the books."""
    log = begin_log(":memory:", [opening_entry(START)])
    for batch in campaign(facts, load_policy("shanxi-2023")):
        log.append(batch)
    with Registry(log) as books:
        head, days = books.catch_up(), itertools.count()
        books.ratio(as_of=DAY)

        def one() -> float:
            return _timed(lambda: books.ratio("city", as_of=DAY + timedelta(days=next(days))))

        def year() -> float:
            return _timed(lambda: books.ratio("city", as_of=DAY, series=[DAY + timedelta(days=n) for n in range(365)]))

        def past() -> float:
            at = head - 1_000
            books.ratio("city", as_of=DAY, known_at=at)
            return _timed(lambda: books.ratio("city", as_of=DAY + timedelta(days=next(days)), known_at=at))

        found = medians({"one": one, "year": year, "past": past}, runs)
    labs = f"{facts // 10:,} labs"
    yield Line(f"figures by city as of any day, {labs}", found["one"], within=1e-3)
    yield Line("figures by city of 365 days", found["year"], within=50e-3)
    yield Line("figures at a past position, asked before", found["past"], within=20e-3)


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
