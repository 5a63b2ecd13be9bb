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
