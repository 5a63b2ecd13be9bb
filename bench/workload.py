"""The facts that are measured: labs by the thousand, ten facts each, in order of date across all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from dualcert.divisions import Division, china
from dualcert.domain.application import ApplicationAccepted
from dualcert.domain.campaign import CampaignOpened
from dualcert.domain.certificate import (
    CertificateGranted,
    CertificateReinstated,
    CertificateRenewed,
    CertificateSuspended,
)
from dualcert.domain.designation import LabDesignated
from dualcert.domain.entry import AnyEntry, Entry
from dualcert.domain.lab import LabRegistered
from dualcert.domain.programme import CountyEnrolled
from dualcert.policy import Policy
from dualcert.values.terms import Level, Programme, Purpose, Route, Scheme, Standing

BATCH = 5_000
"""Facts in one transaction."""
FACTS_PER_LAB = 10
START = datetime(2014, 1, 1, tzinfo=UTC)
"""When the log begins: before its first fact."""

_FIRST_DAY = date(2015, 1, 5)
_DAYS_OF_STARTS = 700  # labs begin on different days, so that kinds of facts mix in the log
_DAYS_BETWEEN = 200  # nine steps are 1,800 days: every certificate of six years still covers the last one
_YEARS_6 = timedelta(days=2_191)


def batches(facts: int, counties: Sequence[Division] | None = None) -> Iterator[list[AnyEntry]]:
    """Yield *facts* facts in order of date, in batches of one instant of recording each; the same every time.

    The labs are at home in *counties* in turn, by default all of the country.
    """
    counties = counties or [d for d in china().by_code.values() if d.level == Level.COUNTY.value]
    order = sorted((_day(nth, step), nth, step) for nth in range(facts // FACTS_PER_LAB) for step in range(10))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        recorded_at = datetime.combine(batch[-1][0], time(9, 30, 15, 123456), UTC)
        yield [_entry(counties, nth, step, on, recorded_at) for on, nth, step in batch]


def campaign(facts: int, policy: Policy) -> Iterator[list[AnyEntry]]:
    """Yield the same facts with every lab in the policy's province and designated for its county, then the campaign.

    Every county is a candidate, so that the policy's gates concern it.
    """
    counties = china().within(policy.province, Level.COUNTY.value)
    designated: dict[str, list[object]] = {f"county-{county.code}": [] for county in counties}
    for batch in batches(facts, counties):
        yield batch
        for entry in batch:
            if type(entry.fact) is LabRegistered:
                designated[f"county-{entry.fact.division}"].append(LabDesignated(entry.stream))
    enrolled = CountyEnrolled(Programme.PROVINCIAL, 3, Standing.CANDIDATE)
    streams: dict[str, list[object]] = {
        policy.campaign: [CampaignOpened(policy)],
        **{county: [*labs, enrolled] for county, labs in designated.items()},
    }
    for stream, new in streams.items():
        yield [
            Entry(
                on=policy.from_, by="system", source="", command_id=None, recorded_at=batch[-1].recorded_at,
                fact=fact, stream=stream, version=version,
            )
            for version, fact in enumerate(new, start=1)
        ]  # fmt: skip


def _day(nth: int, step: int) -> date:
    return _FIRST_DAY + timedelta(days=nth * 7_919 % _DAYS_OF_STARTS + step * _DAYS_BETWEEN)


def _entry(counties: Sequence[Division], nth: int, step: int, on: date, recorded_at: datetime) -> AnyEntry:
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
