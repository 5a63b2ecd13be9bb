"""What an import takes of memory: `python bench/memory.py ROWS [--wrong] [--errors] [--fold]` prints megabytes as JSON."""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from dualcert import Registry
from dualcert.roster import Limits, import_roster
from dualcert.roster.handback import hand_back
from dualcert.store.log import begin_log, opening_entry
from imports import roster
from lines import Line
from workload import START, batches

WRONG = ("市", "县", "机构名称", "CMA证书编号", "CMA发证日期")


def memory_of(rows: int, *options: str) -> Mapping[str, int]:
    """Return what an import of so many rows takes at most, in a process of its own: megabytes by who takes them."""
    command = [sys.executable, __file__, str(rows), *options]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    taken: dict[str, int] = json.loads(done.stdout)
    return taken


IMPORTS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "90,000 new labs": (90_000, ()),
    "90,000 new labs, handed back": (90_000, ("--errors",)),
    "200,000 rows, nothing sound": (199_990, ("--wrong",)),
    "200,000 rows, handed back": (199_990, ("--wrong", "--errors")),
}
"""As much as an import takes by default: what has more rows is refused, or what more comes of."""
BOUND = 600
"""Megabytes that the importing and the reading process may each take."""
OF_A_FACT = 400
"""Bytes of a fact after a fold."""


def memory_lines(facts: int) -> Iterator[Line]:
    """Yield the lines of memory: of a fact after a fold, and of imports, in processes of their own."""
    yield Line("memory of a fact after a fold", memory_of(facts, "--fold")["fact"], within=OF_A_FACT, unit="B")
    for how, (rows, options) in IMPORTS.items():
        for who, taken in memory_of(rows, *options).items():
            yield Line(f"{who} {how}", taken, within=BOUND, unit="MB")


def _of_a_fact(facts: int) -> int:
    """Return the bytes that a fact takes in a registry that has folded so many."""
    with tempfile.TemporaryDirectory() as name:
        path = str(Path(name) / "books.db")
        log = begin_log(path, [opening_entry(START)])
        for batch in batches(facts):
            log.append(batch)
        log.close()
        code = (
            "import gc, sys; from memory import resident; from dualcert import Registry\n"
            "with Registry.open(sys.argv[1]) as books:\n"
            "    gc.collect(); before = resident(); books.catch_up(); gc.collect(); print(resident() - before)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, path], check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parent
        )
    return int(done.stdout) // facts


def resident() -> int:
    """Return the bytes that this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _wrong(rows: int) -> Iterator[tuple[object, ...]]:
    yield WRONG
    for number in range(rows):
        yield "某市", "某县", f"第{number}站", f"第{number}号", "某日"


def main() -> None:
    """Import a roster of so many rows into a new store and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("--wrong", action="store_true", help="nothing in any row is sound")
    parser.add_argument("--errors", action="store_true", help="hand the sheet back")
    parser.add_argument("--fold", action="store_true", help="the bytes of a fact after a fold of so many, instead")
    asked = parser.parse_args()
    if asked.fold:
        print(json.dumps({"fact": _of_a_fact(asked.rows)}))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "roster.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(_wrong(asked.rows) if asked.wrong else roster(asked.rows))
        with Registry.open(str(folder / "imported.db"), policy="shanxi-2023") as books:
            done = import_roster(books, folder / "roster.csv", kind="labs", limits=Limits())
            assert done.refused == (asked.rows if asked.wrong else 0)
            if asked.errors:
                hand_back(done, folder / "back.xlsx")
    reading = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"importing": _peak() >> 10, "reading": reading >> 10}))


def _peak() -> int:
    """Return the most kilobytes that this program took; `ru_maxrss` also counts what its parent had when it was started."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")))


if __name__ == "__main__":
    main()
