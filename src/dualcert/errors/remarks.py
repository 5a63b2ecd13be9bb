"""Remarks: odd input that is recorded all the same."""

from __future__ import annotations

from datetime import date

from dualcert.errors.base import Remark
from dualcert.errors.defining import define
from dualcert.languages import N_
from dualcert.values.terms import Scheme


@define(kw_only=True, eq=False)
class OddNumber(Remark):
    """A certificate number of an unusual form; published lists disagree, so it is no refusal."""

    code = "odd-number"
    template = N_("{number} is an unusual {scheme} number")
    scheme: Scheme
    number: str


@define(kw_only=True, eq=False)
class UnusualValidity(Remark):
    """A certificate that runs for another time than its scheme's certificates do."""

    code = "unusual-validity"
    template = N_("{scheme} certificates run for {years} years, this one from {granted_on} to {valid_until}")
    scheme: Scheme
    years: str
    granted_on: date
    valid_until: date


@define(kw_only=True, eq=False)
class WithoutCma(Remark):
    """An application for CATL by the sequential route from a lab that holds no CMA yet."""

    code = "without-cma"
    template = N_("{lab} applies for CATL by the sequential route and holds no CMA on {on}")
    lab: str
    on: date


@define(kw_only=True, eq=False)
class TooYoung(Remark):
    """An application for CATL by the sequential route from a lab that has not worked long enough."""

    code = "too-young"
    template = N_(
        "{lab} applies for CATL by the sequential route: it has worked since {since}, not yet {months} months"
    )
    lab: str
    since: date
    months: int


@define(kw_only=True, eq=False)
class SerialDate(Remark):
    """The cell has a day's number instead of a date; it is counted from the workbook's first day."""

    code = "serial-date"
    template = N_("{value} is a day's number: read as {date}")
    value: str
    date: str


@define(kw_only=True, eq=False)
class AlsoPaired(Remark):
    """The books have another pairing with the same target."""

    code = "also-paired"
    template = N_("the books also have {supporter} since {since}; if that is over, end it")
    supporter: str
    since: str


@define(kw_only=True, eq=False)
class ClaimUndated(Remark):
    """What a row says was so on some day and is not so today; the sheet does not say its day."""

    code = "claim-undated"
    template = N_(
        "the row says {stated}, which is not so on {on}: give the sheet's day with --on, or as 截至… in its title"
    )
    stated: str
    on: date


@define(kw_only=True, eq=False)
class TotalDiffers(Remark):
    """The sheet's own total is not that of its rows."""

    code = "total-differs"
    template = N_("the sheet's total of {of} is {stated}, that of its rows is {found}")
    of: str
    stated: str
    found: str


@define(kw_only=True, eq=False)
class SuspendedUntil(Remark):
    """A suspension has a last day, which reinstates nothing by itself."""

    code = "suspended-until"
    template = N_("suspended until {until}: it stays so until a reinstatement (恢复日期) is recorded")
    until: date


@define(kw_only=True, eq=False)
class LabPerhapsClosed(Remark):
    """The reason of an end says that the lab itself was merged or closed, which is a fact of its own."""

    code = "lab-perhaps-closed"
    template = N_(
        "the lab itself is not closed by this: if it was, write 机构状态 (机构已撤并), or 并入机构 and 变更日期"
    )


@define(kw_only=True, eq=False)
class NotRecorded(Remark):
    """A cell from which nothing follows for the books."""

    code = "not-recorded"
    template = N_("{value} is not recorded: {problem}")
    value: str
    problem: str


@define(kw_only=True, eq=False)
class LifeInFooter(Remark):
    """A footer that speaks of certificates' lives, which is not read."""

    code = "life-in-footer"
    template = N_(
        "what this says of certificates is not read: write it in a column 状态 of the row, as in 注销（2023-05-06）"
    )
