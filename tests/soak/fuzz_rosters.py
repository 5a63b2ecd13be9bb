"""Import damaged files for a while: none may crash, trace back, take ten seconds, or 512 MB.

`python tests/soak/fuzz_rosters.py [--seconds 600] [--seed 1]` writes what it found; exit status 1 where a
promise was broken, with the file kept.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import xlwt

sys.path.insert(0, str(Path(__file__).parents[1]))

from dualcert import Registry
from dualcert.errors import DualcertError
from dualcert.roster import import_roster
from dualcert.roster.handback import hand_back
from dualcert.roster.reading import pages
from examples import ROSTERS, SHANXI

LIMIT_SECONDS, LIMIT_MB = 10.0, 512


def bases(folder: Path) -> dict[str, bytes]:
    """Return sound files of every format, by their ending."""
    office = pages.read(ROSTERS / "jincheng-2023-02.xlsx").pages[0].rows
    old = xlwt.Workbook()
    page = old.add_sheet("台账")
    for r, row in enumerate(office[:20]):
        for c, cell in enumerate(row):
            page.write(r, c, str(cell) if cell is not None else "")
    old.save(str(folder / "old.xls"))
    return {
        "a.xlsx": (ROSTERS / "jincheng-2023-02.xlsx").read_bytes(),
        "b.xlsx": (SHANXI / "shanxi-2023.xlsx").read_bytes(),
        "c.xls": (folder / "old.xls").read_bytes(),
        "d.csv": (ROSTERS / "datong-gb18030.csv").read_bytes(),
        "e.ods": _ods([[str(cell or "") for cell in row] for row in office[:20]]),
    }


def _ods(rows: list[list[str]]) -> bytes:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    made, table, out = OpenDocumentSpreadsheet(), Table(name="台账"), BytesIO()
    for row in rows:
        line = TableRow()
        for cell in row:
            each = TableCell(valuetype="string")
            each.addElement(P(text=cell))
            line.addElement(each)
        table.addElement(line)
    made.spreadsheet.addElement(table)
    made.write(out)
    return out.getvalue()


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return *content* with some bytes changed, put in, taken out or cut off."""
    made = bytearray(content)
    for _ in range(chance.choice([1, 2, 5, 20, 100])):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(6):
            case 0 | 1 if at < len(made):
                made[at] = chance.choice([0, 255, chance.randrange(256)])
            case 2:
                made[at:at] = chance.randbytes(chance.randrange(1, 30))
            case 3:
                del made[at : at + chance.randrange(1, 60)]
            case 4:
                made[at:at] = made[max(0, at - 40) : at]
            case _ if chance.random() < 0.1:
                del made[at:]
        made = made or bytearray(b"x")
    return bytes(made)


def damaged_within(content: bytes, chance: random.Random) -> bytes:
    """Return a zip file one part of which is damaged and packed again, so that the damage is reached."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        victim = chance.choice([name for name in names if name.endswith((".xml", ".rels"))])
        for name in names:
            part = old.read(name)
            new.writestr(name, damaged(part, chance) if name == victim else part)
    return out.getvalue()


def files(folder: Path, seed: int) -> Iterator[Path]:
    """Yield damaged files for ever."""
    sound, chance = bases(folder), random.Random(seed)
    while True:
        name, content = chance.choice(sorted(sound.items()))
        inside = content.startswith(b"PK") and chance.random() < 0.7
        path = folder / name
        path.write_bytes(damaged_within(content, chance) if inside else damaged(content, chance))
        yield path


def tried(path: Path) -> str:
    """Import *path* into books of its own, hand it back, and return how that ended."""
    with Registry.open(":memory:", policy="shanxi-2023") as books:
        try:
            done = import_roster(books, path, accept_valid=True)
            if done.findings:
                hand_back(done, path.with_name("back.xlsx"), replace=True)
        except DualcertError as refused:
            return refused.code
        return "findings" if done.findings else "imported"


def main() -> int:
    """Try files until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    ended: Counter[str] = Counter()
    slowest, broken, until = 0.0, 0, time.monotonic() + asked.seconds
    with tempfile.TemporaryDirectory() as name:
        for path in files(Path(name), asked.seed):
            started = time.monotonic()
            try:
                ended[tried(path)] += 1
            except BaseException:  # noqa: BLE001  whatever it is, it is what is looked for
                broken += 1
                _keep(path, broken, traceback.format_exc())
            took = time.monotonic() - started
            slowest = max(slowest, took)
            if took > LIMIT_SECONDS:
                broken += 1
                _keep(path, broken, f"{took:.1f} s")
            if time.monotonic() > until:
                break
    memory = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    print(f"{sum(ended.values())} files: {', '.join(f'{code} {n}' for code, n in ended.most_common())}")
    print(
        f"slowest {slowest:.1f} s; memory {memory[0]} MB reading, {memory[1]} MB importing; broken promises: {broken}"
    )
    return 1 if broken or max(memory) > LIMIT_MB else 0


def _keep(path: Path, number: int, why: str) -> None:
    kept = Path(f"fuzzed-{number}{path.suffix}")
    kept.write_bytes(path.read_bytes())
    print(f"{kept}: {why}")


if __name__ == "__main__":
    sys.exit(main())
