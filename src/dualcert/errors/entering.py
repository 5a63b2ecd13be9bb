"""Refusals by what is recorded already: other facts, the clock, other writers."""

from __future__ import annotations

from datetime import date, datetime

from dualcert.errors.base import AlreadyExists, DualcertError, Forbidden, Invalid, NotFound, Refused, Unavailable
from dualcert.errors.defining import define
from dualcert.languages import N_


@define(kw_only=True, eq=False)
class InTheFuture(Invalid, Refused):
    """A fact cannot become true after the day on which it is recorded."""

    code = "in-the-future"
    template = N_("on {on} is after today, {today}")
    on: date
    today: date


@define(kw_only=True, eq=False)
class ContradictsLaterFact(Invalid, Refused):
    """A late entry would contradict a fact that is recorded for a later day."""

    code = "contradicts-later-fact"
    template = N_("it contradicts the recorded fact {fact}: {because}")
    fact: str
    because: DualcertError


@define(kw_only=True, eq=False)
class LeavesNothingToChange(Invalid, Refused):
    """After a late entry, a recorded fact of a later day would change nothing."""

    code = "leaves-nothing-to-change"
    template = N_("after it the recorded fact {fact} would change nothing: give that one another day with correct-fact")
    fact: str


@define(kw_only=True, eq=False)
class RestedOn(Invalid, Refused):
    """A fact cannot be retracted while others rest on it."""

    code = "rested-on"
    template = N_("{fact} cannot be retracted: {by} depend on it")
    fact: str
    by: tuple[str, ...]


@define(kw_only=True, eq=False)
class AlreadyRetracted(AlreadyExists, Refused):
    """A fact is retracted once."""

    code = "already-retracted"
    template = N_("{fact} was retracted by {by}")
    fact: str
    by: str


@define(kw_only=True, eq=False)
class RetractionIsFinal(Invalid, Refused):
    """A retraction cannot be retracted: enter the fact again."""

    code = "retraction-is-final"
    template = N_("{fact} is a retraction; enter the retracted fact again instead")
    fact: str


@define(kw_only=True, eq=False)
class WrongReplacement(Invalid, Refused):
    """A correction's replacement must be a command for the same stream, with its own date."""

    code = "wrong-replacement"
    template = N_("the replacement is {found}, not a command for {stream}")
    stream: str
    found: str


@define(kw_only=True, eq=False)
class CommandIdReused(AlreadyExists, Refused):
    """A command id was used before for another command."""

    code = "command-id-reused"
    template = N_("command_id {command_id} was used for another command, recorded as {fact}")
    command_id: str
    fact: str


@define(kw_only=True, eq=False)
class Conflict(Unavailable, Refused):
    """Others wrote the same stream at each attempt; nothing was recorded."""

    code = "conflict"
    template = N_("{stream} was written by others {attempts} times meanwhile; try again")
    stream: str
    attempts: int


@define(kw_only=True, eq=False)
class ClockBehindLog(Unavailable, Refused):
    """This machine's clock is behind the newest fact."""

    code = "clock-behind-log"
    template = N_("the clock says {now}, the newest fact was recorded at {newest}: set the clock")
    now: datetime
    newest: datetime


@define(kw_only=True, eq=False)
class UnknownSource(NotFound, Refused):
    """No fact has this source."""

    code = "unknown-source"
    template = N_("no fact came from {source}")
    source: str


@define(kw_only=True, eq=False)
class SourceAmbiguous(Invalid, Refused):
    """Several files that were imported have digests that begin like this."""

    code = "source-ambiguous"
    template = N_("{source} can be {sources}; give more of it")
    source: str
    sources: tuple[str, ...]


@define(kw_only=True, eq=False)
class SourceUndone(AlreadyExists, Refused):
    """Nothing that came from a source is in force any more."""

    code = "source-undone"
    template = N_("nothing that came from {source} is in force any more: it was retracted or corrected before ({by})")
    source: str
    by: tuple[str, ...]


@define(kw_only=True, eq=False)
class SourceRestedOn(Invalid, Refused):
    """What came from a source cannot be undone while facts of other sources rest on it."""

    code = "source-rested-on"
    template = N_(
        "what came from {source} cannot be undone: {by} depend on it; undo their sources or retract them first"
    )
    source: str
    by: tuple[str, ...]


@define(kw_only=True, eq=False)
class NotPermitted(Forbidden, Refused):
    """Rights are on in these books, and the person who enters this lacks the right that it needs."""

    code = "not-permitted"
    template = N_("{person} lacks the right '{right}'{hint}; 'dualcert people rights' lists who has which")
    person: str
    right: str
    hint: str = ""


@define(kw_only=True, eq=False)
class ByAnother(Forbidden, Refused):
    """A host records for one person, and the command names another."""

    code = "by-another"
    template = N_("it is entered by {by}, and recorded for {person}")
    person: str
    by: str


@define(kw_only=True, eq=False)
class LastRight(Invalid, Refused):
    """Nobody would have the right to give rights."""

    code = "last-right"
    template = N_(
        "nobody would be left who may give rights: give somebody the right 'rights' first, or turn all of them off"
    )
