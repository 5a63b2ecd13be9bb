"""Refusals of input that names something unknown."""

from __future__ import annotations

from dualcert.errors.base import AlreadyExists, Forbidden, Invalid, NotFound, Refused
from dualcert.errors.defining import define
from dualcert.languages import N_


@define(kw_only=True, eq=False)
class UnknownDivision(NotFound, Refused):
    """No division of the table has that code, or it is not allowed here."""

    code = "unknown-division"
    template = N_("{field}: there is no division {division}")
    field: str
    division: str


@define(kw_only=True, eq=False)
class WrongLevel(Invalid, Refused):
    """A division is of another level than the field asks for."""

    code = "wrong-level"
    template = N_("{field}: {division} {name} is a {level}, not a {expected}")
    field: str
    division: str
    name: str
    level: str
    expected: str


@define(kw_only=True, eq=False)
class UnknownLab(NotFound, Refused):
    """No lab of that id is registered."""

    code = "unknown-lab"
    template = N_("no lab {lab} is registered")
    lab: str


@define(kw_only=True, eq=False)
class UnknownCampaign(NotFound, Refused):
    """No campaign of that id was opened."""

    code = "unknown-campaign"
    template = N_("no campaign {campaign} was opened")
    campaign: str


@define(kw_only=True, eq=False)
class NoCampaign(NotFound, Refused):
    """No campaign was known at that position of the log, so there is no policy."""

    code = "no-campaign"
    template = N_("no campaign was known at position {position} of the log, so there is no policy")
    position: int


@define(kw_only=True, eq=False)
class UnknownPairing(NotFound, Refused):
    """No pairing of that id was assigned."""

    code = "unknown-pairing"
    template = N_("no pairing {pairing} was assigned")
    pairing: str


@define(kw_only=True, eq=False)
class UnknownPerson(NotFound, Refused):
    """The directory has no person of that id."""

    code = "unknown-person"
    template = N_("the directory has nobody of the id {person}")
    person: str


@define(kw_only=True, eq=False)
class PersonIdTaken(AlreadyExists, Refused):
    """The id was given to another person meanwhile, or the person was added under another id; nobody gets two."""

    code = "person-id-taken"
    template = N_("{person} cannot be added: others added people meanwhile, with this id or of this name; run it again")
    person: str


@define(kw_only=True, eq=False)
class PersonErased(Forbidden, Refused):
    """An erased person stays erased; the id is never used again."""

    code = "person-erased"
    template = N_("{person} was erased on {erased_on}; the id is not used again")
    person: str
    erased_on: str


@define(kw_only=True, eq=False)
class UnknownStream(NotFound, Refused):
    """The log has no stream of that id."""

    code = "unknown-stream"
    template = N_("the log has no stream {stream}")
    stream: str


@define(kw_only=True, eq=False)
class UnknownFact(NotFound, Refused):
    """A stream has no fact of that version."""

    code = "unknown-fact"
    template = N_("{stream} has no fact {version}; its newest is {newest}")
    stream: str
    version: int
    newest: int


@define(kw_only=True, eq=False)
class UnknownPosition(NotFound, Refused):
    """The log is not that long."""

    code = "unknown-position"
    template = N_("the log has no position {position}; its head is {head}")
    position: int
    head: int
