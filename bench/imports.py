"""What an import of a large roster spends its time on: reading, planning, recording."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from attrs import define, field

from dualcert import Registry
from dualcert.divisions import china
from dualcert.roster import Limits, import_roster

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


def roster(rows: int) -> Iterator[tuple[object, ...]]:
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
