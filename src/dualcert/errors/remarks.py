"""Remarks: odd input that is recorded all the same."""

from __future__ import annotations

from datetime import date

from attrs import define

from dualcert.errors.base import Remark
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
