"""What an import of a large roster spends its time on: reading, planning, recording."""

from __future__ import annotations

import csv
import itertools
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from attrs import define, field

from dualcert import Registry
from dualcert.divisions import china
from dualcert.domain.commands import Command, DesignateLab, GrantCertificate, RegisterLab
from dualcert.roster import Limits, import_roster
from lines import Line

HEADERS = ("序号", "市", "县（市、区）", "机构名称", "机构级别", "CMA证书编号", "CMA发证日期", "CMA有效期至",
           "CATL证书编号", "CATL发证日期", "CATL有效期至", "是否双认证")  # fmt: skip
PROVINCE = "140000"


@define
class Phases:
    """Notes when each phase of an import began."""

    began: dict[str, float] = field(factory=dict)

    def begin(self, phase: str, total: int) -> None:  # noqa: ARG002  the import's signature
        """Note the time."""
        self.began[phase] = time.perf_counter()

    def advance(self, steps: int) -> None:
        """Nothing is shown."""


def import_shares(folder: Path, rows: int) -> Mapping[str, float]:
    """Import a roster of *rows* labs into a new store in *folder*; return phase -> seconds."""
    path, phases = folder / "roster.csv", Phases()
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(roster(rows))
    with Registry.open(str(folder / "imported.db"), policy="shanxi-2023") as books:
        done = import_roster(books, path, progress=phases, limits=Limits(outcome=8 * rows + 1))
        ended = time.perf_counter()
        assert (done.recorded, done.refused) == (rows, 0)
    starts = [*phases.began.values(), ended]
    return {phase: starts[n + 1] - starts[n] for n, phase in enumerate(phases.began)}


def import_lines(folder: Path, rows: int) -> Iterator[Line]:
    """Yield the lines of an import: the whole, its phases, and the same commands made and executed without a sheet."""
    shares = import_shares(folder, rows)
    whole = sum(shares.values())
    bare = _made_and_executed(folder, rows)
    yield Line(f"import of {rows:,} rows", whole, "its commands made and executed", bare, at_most=3.0)
    for phase, seconds in shares.items():
        yield Line(f"of this, {phase}", seconds)


def _made_and_executed(folder: Path, rows: int) -> float:
    """Return the seconds of making the commands of that roster, and of executing them together in a new store."""
    with Registry.open(str(folder / "executed.db"), policy="shanxi-2023") as books:
        started = time.perf_counter()
        books.execute_many(list(_commands(rows)))
        return time.perf_counter() - started


def _commands(rows: int) -> Iterator[Command]:
    codes = [county.code for county in china().within(PROVINCE, "county")]
    for n, row in zip(range(rows), itertools.islice(roster(rows), 1, None), strict=True):
        _, _, _, name, _, cma, granted, until, catl, *_ = row
        code = codes[n % len(codes)]
        lab = f"lab-{code}-{n // len(codes) + 1}"
        yield RegisterLab(lab=lab, name=name, level="county", division=code, on=granted)
        yield GrantCertificate(lab=lab, scheme="CMA", number=cma, granted_on=granted, valid_until=until)
        yield GrantCertificate(lab=lab, scheme="CATL", number=catl, granted_on=granted, valid_until=until)
        yield DesignateLab(county=f"county-{code}", lab=lab, on=granted)


def roster(rows: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a roster of so many labs, its header first."""
    divisions = china()
    counties = divisions.within(PROVINCE, "county")
    yield HEADERS
    for n in range(rows):
        county = counties[n % len(counties)]
        granted = date(2020, 1, 1) + timedelta(days=n % 900)
        until = granted + timedelta(days=2_190)
        yield (
            n + 1, divisions.by_code[county.parent].name, county.name, f"{county.name}第{n}检测站", "县级",
            str(200_404_000_000 + n), granted, until, f"[2020]农质检核（晋）字第{n:06}号", granted, until, "是",
        )  # fmt: skip
