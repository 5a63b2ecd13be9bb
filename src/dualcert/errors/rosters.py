"""What a spreadsheet, or a row of it, can have wrong with it."""

from __future__ import annotations

from attrs import define

from dualcert.errors.base import N_, Refused


@define(kw_only=True, eq=False)
class BadRoster(Refused):
    """A spreadsheet cannot be read as a roster."""

    code = "bad-roster"
    template = N_("{file}: {problem}")
    file: str
    problem: str


@define(kw_only=True, eq=False)
class MissingCell(Refused):
    """A row lacks a cell that it needs."""

    code = "missing-cell"
    template = N_("the row says no {needed}")
    needed: str


@define(kw_only=True, eq=False)
class UnknownUnit(Refused):
    """A name that no division has where it is looked for."""

    code = "unknown-unit"
    template = N_("there is no {name} in {within}")
    name: str
    within: str


@define(kw_only=True, eq=False)
class RowRepeated(Refused):
    """Two rows of a sheet are about the same lab."""

    code = "row-repeated"
    template = N_("row {first} is about the same lab")
    first: int


@define(kw_only=True, eq=False)
class OtherName(Refused):
    """The lab of that division and level is registered under another name."""

    code = "other-name"
    template = N_("{lab} is registered as {name}; say with its id or code that it is the same lab")
    lab: str
    name: str


@define(kw_only=True, eq=False)
class NumberShared(Refused):
    """A certificate number stands at another lab already."""

    code = "number-shared"
    template = N_("number {number} stands at {elsewhere}")
    number: str
    elsewhere: str


@define(kw_only=True, eq=False)
class CertificateDiffers(Refused):
    """The books have that number with other dates, or a later certificate."""

    code = "certificate-differs"
    template = N_("the books have number {number} from {granted_on} to {valid_until}")
    number: str
    granted_on: str
    valid_until: str


@define(kw_only=True, eq=False)
class DualContradicted(Refused):
    """The column «dual-certified» and the certificates of the row contradict each other."""

    code = "dual-contradicted"
    template = N_("the row says {said}, its certificates say {found}")
    said: str
    found: str
