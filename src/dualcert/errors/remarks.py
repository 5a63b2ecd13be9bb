"""What is worth a look and never refused."""

from __future__ import annotations

from attrs import define

from dualcert.errors.base import N_, Remark


@define(kw_only=True, eq=False)
class OddNumber(Remark):
    """A certificate number of an unusual form; published lists disagree, so it is no refusal."""

    code = "odd-number"
    template = N_("{scheme} numbers usually look otherwise than {number}")
    scheme: str
    number: str


@define(kw_only=True, eq=False)
class UnusualValidity(Remark):
    """A certificate that runs for another time than its scheme's certificates do."""

    code = "unusual-validity"
    template = N_("{scheme} certificates run for {years} years, this one from {granted_on} to {valid_until}")
    scheme: str
    years: str
    granted_on: str
    valid_until: str


@define(kw_only=True, eq=False)
class SerialDate(Remark):
    """A day's number where a date belongs; the workbook says from which day it counts."""

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
