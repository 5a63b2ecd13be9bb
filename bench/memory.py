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
    who = {"importing": resource.RUSAGE_SELF, "reading": resource.RUSAGE_CHILDREN}
    print(json.dumps({name: resource.getrusage(which).ru_maxrss >> 10 for name, which in who.items()}))


if __name__ == "__main__":
    main()
