"""Refusals of input that is not well formed."""

from __future__ import annotations

from datetime import date

from dualcert.errors.base import Invalid, Refused
from dualcert.errors.defining import define
from dualcert.languages import N_


@define(kw_only=True, eq=False)
class BadValue(Invalid, Refused):
    """A field has a value that it cannot have."""

    code = "bad-value"
    template = N_("{field}: {value} is not {expected}")
    field: str
    value: str
    expected: str


@define(kw_only=True, eq=False)
class BadText(Invalid, Refused):
    """A text has characters that no document can carry, is empty or too long."""

    code = "bad-text"
    template = N_("{field}: {problem}")
    field: str
    problem: str


@define(kw_only=True, eq=False)
class BadId(Invalid, Refused):
    """An id is not of its form."""

    code = "bad-id"
    template = N_("{field}: {value} is not of the form {expected}")
    field: str
    value: str
    expected: str


@define(kw_only=True, eq=False)
class ImplausibleDate(Invalid, Refused):
    """A date lies outside the years that these books can be about."""

    code = "implausible-date"
    template = N_("{field}: {value} is not between {earliest} and {latest}")
    field: str
    value: date
    earliest: date
    latest: date


@define(kw_only=True, eq=False)
class BadPeriod(Invalid, Refused):
    """A certificate ends before it begins."""

    code = "bad-period"
    template = N_("valid_until {valid_until} is before granted_on {granted_on}")
    granted_on: date
    valid_until: date


@define(kw_only=True, eq=False)
class BadCreditCode(Invalid, Refused):
    """A unified social credit code whose form or check digit is wrong (GB 32100-2015)."""

    code = "bad-credit-code"
    template = N_("{field}: {value} is not a unified social credit code: {problem}")
    value: str
    problem: str
    field: str = "credit_code"


@define(kw_only=True, eq=False)
class OnDiffers(Invalid, Refused):
    """`on` of a grant or renewal differs from its `granted_on`."""

    code = "on-differs"
    template = N_("on {on} differs from granted_on {granted_on}; it may be left out")
    on: date
    granted_on: date


@define(kw_only=True, eq=False)
class MissingField(Invalid, Refused):
    """A command lacks a field that it needs."""

    code = "missing-field"
    template = N_("{command} needs {field}")
    command: str
    field: str


@define(kw_only=True, eq=False)
class UnknownField(Invalid, Refused):
    """A command was given a field that it does not have."""

    code = "unknown-field"
    template = N_("{command} has no field {field}; it has {known}")
    command: str
    field: str
    known: str


@define(kw_only=True, eq=False)
class UnknownCommand(Invalid, Refused):
    """There is no command of that name."""

    code = "unknown-command"
    template = N_("there is no command {command}")
    command: str


@define(kw_only=True, eq=False)
class BadJson(Invalid, Refused):
    """A line is not one JSON object."""

    code = "bad-json"
    template = N_("not a JSON object: {problem}")
    problem: str
