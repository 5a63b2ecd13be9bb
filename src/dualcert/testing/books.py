"""Small books for tests of reporters: a city, its counties, labs and people, a gate and a decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from attrs import evolve, frozen

from dualcert.domain import commands as c
from dualcert.projections.books import Books
from dualcert.registry import Registry
from dualcert.reporting.reporters import Language, Request
from dualcert.reporting.requests import request_of
from dualcert.testing.clocks import Clock

CAMPAIGN = "campaign-shanxi-2023"
CITY = "140500"
COUNTIES: Mapping[str, str] = {"140521": "沁水", "140522": "阳城", "140524": "陵川", "140525": "泽州"}
AS_OF = date(2023, 10, 10)
"""The day of questions about the small books: after the gate of 30 September and its decision."""

NAMES: Mapping[str, str] = {"person-1": "张三", "person-2": "李四", "person-3": "王五"}
"""The names of the people in the small books."""


@frozen
class SmallBooks:
    """Books in memory, and how a reporter is asked about them."""

    registry: Registry
    names: Mapping[str, str]

    def asked(
        self, config: object, *, as_of: date = AS_OF, subject: str | None = None, language: Language = "zh"
    ) -> tuple[Request, Books]:
        """Return a request with *config*, and the books that answer it."""
        books = Books(self.registry.view(), as_of)
        request = request_of(books, self.names, subject=subject, language=language)
        return evolve(request, config=config), books


def small_books(named: Callable[[str], str] = str) -> SmallBooks:
    """Return small books; *named* is given every name and note, and may return another, a hostile one.

    沁水 and 泽州 are dual-certified, 陵川 lacks a certificate and loses its standing at the gate, 阳城 has
    none and a plan; a certificate expires soon, a meeting and a summary are missing.
    """
    registry = Registry.create(":memory:", policy="shanxi-2023", clock=Clock(datetime(2023, 10, 9, 4, tzinfo=UTC)))
    registry.execute_many(_commands(named))
    registry.apply_gate("standing", on=date(2023, 10, 8), source=named("晋农发〔2023〕8号"))
    return SmallBooks(registry, {person: named(name) for person, name in NAMES.items()})


def _commands(named: Callable[[str], str]) -> list[c.Command]:
    labs: list[c.Command] = [
        c.RegisterLab(lab="lab-140500-1", name=named("晋城市中心"), level="city", division=CITY, on="2018-01-01")
    ]
    for code, name in COUNTIES.items():
        lab, county = f"lab-{code}-1", f"county-{code}"
        labs.append(c.RegisterLab(lab=lab, name=named(f"{name}县站"), level="county", division=code, on="2018-01-01"))
        labs.append(c.DesignateLab(county=county, lab=lab, on="2018-01-01"))
    certificates = [
        _grant("lab-140500-1", "CMA", "2021-06-15", "2027-06-14", named),
        _grant("lab-140500-1", "CATL", "2021-07-15", "2027-07-14", named),
        _grant("lab-140521-1", "CMA", "2018-01-10", "2024-01-09", named),
        _grant("lab-140521-1", "CATL", "2021-07-15", "2027-07-14", named),
        _grant("lab-140525-1", "CMA", "2021-06-15", "2027-06-14", named),
        _grant("lab-140525-1", "CATL", "2020-10-20", "2023-10-19", named),
        _grant("lab-140524-1", "CMA", "2021-06-15", "2027-06-14", named),
    ]
    return [*labs, *certificates, *_campaign(named)]


def _grant(lab: str, scheme: str, granted_on: str, valid_until: str, named: Callable[[str], str]) -> c.Command:
    number = named(f"{lab}-{scheme}")
    return c.GrantCertificate(lab=lab, scheme=scheme, number=number, granted_on=granted_on, valid_until=valid_until)


def _campaign(named: Callable[[str], str]) -> list[c.Command]:
    item = {"problem": named("仪器不足"), "measure": named("购置设备"), "responsible": "person-3", "due": "2023-06-30"}
    pairing = "pairing-city-county-person-2-county-140522-1"
    return [
        c.EnrolCounty(county="county-140524", programme="provincial", batch=3, standing="named", on="2020-01-01"),
        c.EnrolCounty(county="county-140525", programme="national", batch=2, standing="candidate", on="2020-01-01"),
        c.IssuePlan(county="county-140522", issuer="county-government", items=[item], on="2023-04-20"),
        c.AssignPairing(kind="province-city", supporter="person-1", target=CITY, on="2023-04-20"),
        c.AssignPairing(
            kind="city-county", supporter="person-2", target="county-140522", pairing=pairing, on="2023-04-20"
        ),
        c.RecordVisit(pairing=pairing, note=named("现场察看"), on="2023-05-10"),
        c.HoldMeeting(
            campaign=CAMPAIGN, city=CITY, kind="dispatch", month="2023-04", note=named("视频"), on="2023-04-25"
        ),
        c.SubmitSummary(campaign=CAMPAIGN, city=CITY, milestone="mid-year", on="2023-06-29"),
        c.ReportHighlight(campaign=CAMPAIGN, city=CITY, note=named("一站式帮扶"), on="2023-06-12"),
        c.ReportDifficulty(campaign=CAMPAIGN, city=CITY, note=named("编制不足"), item="staff", on="2023-05-18"),
        c.SelectExemplar(campaign=CAMPAIGN, county="county-140521", reason=named("示范"), on="2023-08-01"),
    ]
