"""The facts that are measured: labs by the thousand, ten facts each, in order of date across all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from dualcert.divisions import Division, china
from dualcert.domain.certificate import (
    ApplicationAccepted,
    CertificateGranted,
    CertificateReinstated,
    CertificateRenewed,
    CertificateSuspended,
)
from dualcert.domain.entry import AnyEntry, Entry
from dualcert.domain.lab import LabRegistered
from dualcert.values.terms import Level, Purpose, Route, Scheme

BATCH = 5_000
"""Facts in one transaction."""
FACTS_PER_LAB = 10
START = datetime(2014, 1, 1, tzinfo=UTC)
"""When the log begins: before its first fact."""

_FIRST_DAY = date(2015, 1, 5)
_DAYS_OF_STARTS = 700  # labs begin on different days, so that kinds of facts mix in the log
_DAYS_BETWEEN = 200  # nine steps are 1,800 days: every certificate of six years still covers the last one
_YEARS_6 = timedelta(days=2_191)


def batches(facts: int) -> Iterator[list[AnyEntry]]:
    """Yield *facts* facts in order of date, in batches of one instant of recording each; the same every time."""
    counties = [d for d in china().by_code.values() if d.level == Level.COUNTY.value]
    order = sorted((_day(nth, step), nth, step) for nth in range(facts // FACTS_PER_LAB) for step in range(10))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        recorded_at = datetime.combine(batch[-1][0], time(9, 30, 15, 123456), UTC)
        yield [_entry(counties, nth, step, on, recorded_at) for on, nth, step in batch]


def _day(nth: int, step: int) -> date:
    return _FIRST_DAY + timedelta(days=nth * 7_919 % _DAYS_OF_STARTS + step * _DAYS_BETWEEN)


def _entry(counties: list[Division], nth: int, step: int, on: date, recorded_at: datetime) -> AnyEntry:
    county = counties[nth % len(counties)]
    return Entry(
        on=on,
        by="person-registrar",
        source=f"晋市监许可〔{on.year}〕{nth}号",
        command_id=None,
        recorded_at=recorded_at,
        fact=_fact(county, nth, step, on),
        stream=f"lab-{county.code}-{nth // len(counties) + 1}",
        version=step + 1,
    )


def _fact(county: Division, nth: int, step: int, on: date) -> object:  # noqa: PLR0911  one return for each fact
    """Return the fact of one step of a lab's life; by the domain's rules none of them deserves a complaint."""
    cma, catl = f"{nth:012d}", f"〔{on.year}〕农质检核字第{nth:05d}号"
    match step:
        case 0:
            return LabRegistered(f"{county.name}农产品质量安全检验检测中心", Level.COUNTY, county.code)
        case 1:
            return ApplicationAccepted(Scheme.CMA, Route.SEQUENTIAL, Purpose.FIRST)
        case 2:
            return CertificateGranted(Scheme.CMA, cma, on, on + _YEARS_6)
        case 3:
            return ApplicationAccepted(Scheme.CATL, Route.SEQUENTIAL, Purpose.FIRST)
        case 4:
            return CertificateGranted(Scheme.CATL, catl, on, on + _YEARS_6)
        case 5:
            return CertificateSuspended(Scheme.CMA, "能力验证结果不满意")
        case 6:
            return CertificateReinstated(Scheme.CMA, "整改通过")
        case 7:
            return CertificateRenewed(Scheme.CMA, cma, on, on + _YEARS_6)
        case 8:
            return CertificateRenewed(Scheme.CATL, catl, on, on + _YEARS_6)
        case _:
            return CertificateSuspended(Scheme.CATL, "检测人员不足")
