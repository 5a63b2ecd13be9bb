"""What an import takes of memory: `python bench/memory.py ROWS [--wrong] [--errors]` prints megabytes as JSON."""

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
from imports import roster

WRONG = ("市", "县", "机构名称", "CMA证书编号", "CMA发证日期")


def memory_of(rows: int, *options: str) -> Mapping[str, int]:
    """Return what an import of so many rows takes at most, in a process of its own: megabytes by who takes them."""
    command = [sys.executable, __file__, str(rows), *options]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    taken: dict[str, int] = json.loads(done.stdout)
    return taken


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
    asked = parser.parse_args()
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
