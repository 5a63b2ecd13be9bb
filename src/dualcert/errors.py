"""One tree of refusals: each has a stable code, and its facts are fields.

A refusal is a value before it is an exception: reading a history returns the refusals that its facts
deserve without raising them, and a decider raises those that a new fact would add.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import attrs
from attrs import define

Translate = Callable[[str], str]

SHOWN = 80
"""How many characters of a hostile value a message repeats."""


def N_(message: str) -> str:  # noqa: N802  the name that gettext tools look for
    """Mark *message* for translation; it is translated where it is shown."""
    return message


class Phrase(str):
    """A sentence with values in it that is translated where it is shown; elsewhere it is its English text."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        """Return the sentence that *template* and *values* make."""
        phrase = super().__new__(cls, template.format(**values))
        phrase.template, phrase.values = template, values
        return phrase

    def __reduce__(self) -> tuple[Any, ...]:
        return _phrased, (self.template, self.values)


def _phrased(template: str, values: dict[str, object]) -> Phrase:
    return Phrase(template, **values)


def shown(value: object) -> str:
    """Return *value* escaped and cut, fit for one line of a message."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


@define(kw_only=True, eq=False)
class DualcertError(Exception):
    """The root of everything that dualcert refuses or cannot do.

    `code` is stable and English; `template` is the sentence in English, filled from the fields.
    """

    code: ClassVar[str] = "error"
    template: ClassVar[str] = N_("something went wrong")

    def facts(self) -> dict[str, Any]:
        """Return the fields of this refusal by name, as they stand in JSON."""
        return {a.name: _plain(getattr(self, a.name)) for a in attrs.fields(type(self))}

    def render(self, translate: Translate = str) -> str:
        """Return the sentence of this refusal in the language of *translate*."""
        values = {a.name: _told(a.name, getattr(self, a.name), translate) for a in attrs.fields(type(self))}
        return translate(self.template).format(**values)

    def __str__(self) -> str:
        return self.render()

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {a.name: getattr(self, a.name) for a in attrs.fields(type(self))}
        return _rebuilt, (type(self), fields)


def _rebuilt(cls: type[DualcertError], fields: dict[str, Any]) -> DualcertError:
    return cls(**fields)


TERMS = frozenset({"expected", "level", "problem", "programme", "standing"})
"""The fields whose values are words of ours, not of the one who asked."""


def _told(name: str, value: object, translate: Translate) -> object:
    """Return *value* as a sentence says it; what we say of it ourselves is translated, too."""
    if isinstance(value, DualcertError):
        return value.render(translate)
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Phrase):
        return translate(value.template).format(**value.values)
    return translate(value) if name in TERMS and isinstance(value, str) and value else value


def _plain(value: object) -> Any:
    if isinstance(value, DualcertError):
        return {"code": value.code, "message": str(value), **value.facts()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if type(value) in {str, int, bool, type(None)} else str(value)


# --- what is said is not well formed -------------------------------------------------------------


@define(kw_only=True, eq=False)
class Refused(DualcertError):
    """Some input was refused; nothing was recorded."""

    code = "refused"


@define(kw_only=True, eq=False)
class BadValue(Refused):
    """A field has a value that it cannot have."""

    code = "bad-value"
    template = N_("{field}: {value} is not {expected}")
    field: str
    value: str
    expected: str


@define(kw_only=True, eq=False)
class BadText(Refused):
    """A text has characters that no document can carry, is empty or too long."""

    code = "bad-text"
    template = N_("{field}: {problem}")
    field: str
    problem: str


@define(kw_only=True, eq=False)
class BadId(Refused):
    """An id is not of its form."""

    code = "bad-id"
    template = N_("{field}: {value} is not of the form {expected}")
    field: str
    value: str
    expected: str


@define(kw_only=True, eq=False)
class ImplausibleDate(Refused):
    """A date lies outside the years that these books can be about."""

    code = "implausible-date"
    template = N_("{field}: {value} lies outside {earliest} to {latest}")
    field: str
    value: str
    earliest: str
    latest: str


@define(kw_only=True, eq=False)
class BadPeriod(Refused):
    """A certificate ends before it begins."""

    code = "bad-period"
    template = N_("valid_until {valid_until} lies before granted_on {granted_on}")
    granted_on: str
    valid_until: str


@define(kw_only=True, eq=False)
class BadCreditCode(Refused):
    """A unified social credit code whose check digit is wrong (GB 32100-2015)."""

    code = "bad-credit-code"
    template = N_("credit_code: {value} is not a unified social credit code: {problem}")
    value: str
    problem: str


@define(kw_only=True, eq=False)
class OnDiffers(Refused):
    """`on` of a grant or renewal differs from its `granted_on`."""

    code = "on-differs"
    template = N_("on {on} differs from granted_on {granted_on}; it may be left out")
    on: str
    granted_on: str


@define(kw_only=True, eq=False)
class MissingField(Refused):
    """A command lacks a field that it needs."""

    code = "missing-field"
    template = N_("{command} needs {field}")
    command: str
    field: str


@define(kw_only=True, eq=False)
class UnknownField(Refused):
    """A command was given a field that it does not have."""

    code = "unknown-field"
    template = N_("{command} has no field {field}; it has {known}")
    command: str
    field: str
    known: str


@define(kw_only=True, eq=False)
class UnknownCommand(Refused):
    """There is no command of that name."""

    code = "unknown-command"
    template = N_("there is no command {command}")
    command: str


@define(kw_only=True, eq=False)
class BadJson(Refused):
    """A line is not one JSON object."""

    code = "bad-json"
    template = N_("not a JSON object: {problem}")
    problem: str


# --- what is said is about something that is not there ---------------------------------------------


@define(kw_only=True, eq=False)
class UnknownDivision(Refused):
    """No division of the table has that code (or it may not stand here)."""

    code = "unknown-division"
    template = N_("{field}: there is no division {division}")
    field: str
    division: str


@define(kw_only=True, eq=False)
class WrongLevel(Refused):
    """A division is of another level than the place it is named in."""

    code = "wrong-level"
    template = N_("{field}: {division} {name} is a {level}, not a {expected}")
    field: str
    division: str
    name: str
    level: str
    expected: str


@define(kw_only=True, eq=False)
class UnknownLab(Refused):
    """No lab of that id is registered."""

    code = "unknown-lab"
    template = N_("no lab {lab} is registered")
    lab: str


@define(kw_only=True, eq=False)
class UnknownCampaign(Refused):
    """No campaign of that id was opened."""

    code = "unknown-campaign"
    template = N_("no campaign {campaign} was opened")
    campaign: str


@define(kw_only=True, eq=False)
class NoCampaign(Refused):
    """No campaign was known at that position of the log, so no policy says what is counted."""

    code = "no-campaign"
    template = N_("at position {position} of the log no campaign was known, so nothing says what is counted")
    position: int


@define(kw_only=True, eq=False)
class UnknownPairing(Refused):
    """No pairing of that id was assigned."""

    code = "unknown-pairing"
    template = N_("no pairing {pairing} was assigned")
    pairing: str


@define(kw_only=True, eq=False)
class UnknownPerson(Refused):
    """The directory has nobody of that id."""

    code = "unknown-person"
    template = N_("the directory has nobody of the id {person}")
    person: str


@define(kw_only=True, eq=False)
class PersonErased(Refused):
    """An erased person stays erased; the id is given to nobody else."""

    code = "person-erased"
    template = N_("{person} was erased on {erased_on}; the id is not used again")
    person: str
    erased_on: str


@define(kw_only=True, eq=False)
class UnknownStream(Refused):
    """The log has no stream of that id."""

    code = "unknown-stream"
    template = N_("the log has no stream {stream}")
    stream: str


@define(kw_only=True, eq=False)
class UnknownFact(Refused):
    """A stream has no fact of that version."""

    code = "unknown-fact"
    template = N_("{stream} has no fact {version}; its newest is {newest}")
    stream: str
    version: int
    newest: int


@define(kw_only=True, eq=False)
class UnknownPosition(Refused):
    """The log is not that long."""

    code = "unknown-position"
    template = N_("the log has no position {position}; its head is {head}")
    position: int
    head: int


# --- what is said contradicts the rules -----------------------------------------------------------


@define(kw_only=True, eq=False)
class LabAlreadyRegistered(Refused):
    """A lab's id is used once."""

    code = "lab-already-registered"
    template = N_("{lab} is registered already")
    lab: str


@define(kw_only=True, eq=False)
class BeforeRegistration(Refused):
    """Before its lab's registration no fact is accepted."""

    code = "before-registration"
    template = N_("{lab} was not yet registered on {on}")
    lab: str
    on: str


@define(kw_only=True, eq=False)
class LabClosed(Refused):
    """From its closing a lab takes only suspension, cancellation and revocation."""

    code = "lab-closed"
    template = N_("{lab} is closed since {closed_on}")
    lab: str
    closed_on: str


@define(kw_only=True, eq=False)
class NothingChanges(Refused):
    """The command would change nothing."""

    code = "nothing-changes"
    template = N_("{stream} already is so on {on}")
    stream: str
    on: str


@define(kw_only=True, eq=False)
class CertificateAlreadyHeld(Refused):
    """A grant while a certificate of the scheme is held, suspended or not."""

    code = "certificate-already-held"
    template = N_("{lab} holds {scheme} certificate {number} on {on}, valid until {valid_until}")
    lab: str
    scheme: str
    number: str
    on: str
    valid_until: str


@define(kw_only=True, eq=False)
class CertificateNotGranted(Refused):
    """Nothing to renew, amend or end: no grant, or the last one was cancelled or revoked."""

    code = "certificate-not-granted"
    template = N_("{lab} has no {scheme} certificate on {on} that was granted and not ended")
    lab: str
    scheme: str
    on: str


@define(kw_only=True, eq=False)
class CertificateNotHeld(Refused):
    """Nothing to suspend: no certificate of the scheme covers the day."""

    code = "certificate-not-held"
    template = N_("{lab} holds no {scheme} certificate on {on}")
    lab: str
    scheme: str
    on: str


@define(kw_only=True, eq=False)
class CertificateAlreadySuspended(Refused):
    """A suspension while suspended."""

    code = "certificate-already-suspended"
    template = N_("the {scheme} certificate of {lab} is suspended since {since}")
    lab: str
    scheme: str
    since: str


@define(kw_only=True, eq=False)
class CertificateNotSuspended(Refused):
    """A reinstatement of what is not suspended."""

    code = "certificate-not-suspended"
    template = N_("the {scheme} certificate of {lab} is not suspended on {on}")
    lab: str
    scheme: str
    on: str


@define(kw_only=True, eq=False)
class LabAlreadyDesignated(Refused):
    """A lab is designated for a county once at a time."""

    code = "lab-already-designated"
    template = N_("{lab} is designated for {county} since {since}")
    county: str
    lab: str
    since: str


@define(kw_only=True, eq=False)
class LabNotDesignated(Refused):
    """A release of a lab that is not designated."""

    code = "lab-not-designated"
    template = N_("{lab} is not designated for {county} on {on}")
    county: str
    lab: str
    on: str


@define(kw_only=True, eq=False)
class CampaignAlreadyOpen(Refused):
    """A campaign is opened once."""

    code = "campaign-already-open"
    template = N_("{campaign} is open already")
    campaign: str


@define(kw_only=True, eq=False)
class CampaignNotOpen(Refused):
    """A campaign takes facts from its opening to its closing."""

    code = "campaign-not-open"
    template = N_("{campaign} is not open on {on}")
    campaign: str
    on: str


@define(kw_only=True, eq=False)
class AlreadyEnrolled(Refused):
    """A county is enrolled in a programme once at a time."""

    code = "already-enrolled"
    template = N_("{county} is {standing} in the {programme} programme since {since}")
    county: str
    programme: str
    standing: str
    since: str


@define(kw_only=True, eq=False)
class WrongStanding(Refused):
    """A county is named or loses its candidacy as a candidate, and is delisted as a named one."""

    code = "wrong-standing"
    template = N_("{county} stands as {standing} in the {programme} programme on {on}, not as {expected}")
    county: str
    programme: str
    on: str
    standing: str
    expected: str


@define(kw_only=True, eq=False)
class NoPlan(Refused):
    """Nothing to hand in or carry out: no plan was issued by then."""

    code = "no-plan"
    template = N_("{county} has no plan on {on}")
    county: str
    on: str


@define(kw_only=True, eq=False)
class PlanAlreadySubmitted(Refused):
    """A plan is handed in once."""

    code = "plan-already-submitted"
    template = N_("the plan of {county} was handed in on {since}")
    county: str
    since: str


@define(kw_only=True, eq=False)
class UnknownItem(Refused):
    """A plan has no item of that number."""

    code = "unknown-item"
    template = N_("the plan of {county} has no item {item}; it has {items}")
    county: str
    item: int
    items: int


@define(kw_only=True, eq=False)
class MeasureAlreadyCompleted(Refused):
    """A measure is completed once."""

    code = "measure-already-completed"
    template = N_("item {item} of the plan of {county} is done since {since}")
    county: str
    item: int
    since: str


@define(kw_only=True, eq=False)
class PairingAlreadyAssigned(Refused):
    """A pairing is assigned once; an adjustment is an end and a new pairing."""

    code = "pairing-already-assigned"
    template = N_("{pairing} is assigned since {since}")
    pairing: str
    since: str


@define(kw_only=True, eq=False)
class PairingNotOpen(Refused):
    """A pairing takes facts from its assignment to its end."""

    code = "pairing-not-open"
    template = N_("{pairing} is not assigned on {on}, or ended")
    pairing: str
    on: str


@define(kw_only=True, eq=False)
class ProblemAlreadyIdentified(Refused):
    """An id of a problem is used once in a pairing."""

    code = "problem-already-identified"
    template = N_("{pairing} has an issue {item} already")
    pairing: str
    item: str


@define(kw_only=True, eq=False)
class ProblemNotOpen(Refused):
    """Nothing to resolve: the problem is not known, or solved."""

    code = "problem-not-open"
    template = N_("{pairing} has no open issue {item}")
    pairing: str
    item: str


@define(kw_only=True, eq=False)
class AlreadyExemplary(Refused):
    """A county is an example once at a time."""

    code = "already-exemplary"
    template = N_("{county} is an example of {campaign} already")
    campaign: str
    county: str


@define(kw_only=True, eq=False)
class NotExemplary(Refused):
    """A county that is no example cannot be withdrawn."""

    code = "not-exemplary"
    template = N_("{county} is no example of {campaign} on {on}")
    campaign: str
    county: str
    on: str


@define(kw_only=True, eq=False)
class QuotaReached(Refused):
    """There are as many examples as the policy allows (rule 8 of the notice)."""

    code = "quota-reached"
    template = N_("{campaign} has its {quota} examples already")
    campaign: str
    quota: int


@define(kw_only=True, eq=False)
class UnknownMilestone(Refused):
    """The policy of the day asks for no summary of that name."""

    code = "unknown-milestone"
    template = N_("{campaign} asks for no summary {milestone}; it asks for {known}")
    campaign: str
    milestone: str
    known: tuple[str, ...]


@define(kw_only=True, eq=False)
class DifficultyAlreadyReported(Refused):
    """An id of a difficulty is used once in a campaign."""

    code = "difficulty-already-reported"
    template = N_("{campaign} has a difficulty {item} already")
    campaign: str
    item: str


@define(kw_only=True, eq=False)
class DifficultyNotOpen(Refused):
    """Nothing to answer: the difficulty is not known, or answered."""

    code = "difficulty-not-open"
    template = N_("{campaign} has no open difficulty {item}")
    campaign: str
    item: str


@define(kw_only=True, eq=False)
class OutOfProvince(Refused):
    """A division lies outside the province of the campaign."""

    code = "out-of-province"
    template = N_("{field}: {division} {name} does not lie in {province}")
    field: str
    division: str
    name: str
    province: str


@define(kw_only=True, eq=False)
class NoScore(Refused):
    """The policy has no weights, so there is no score."""

    code = "no-score"
    template = N_("the policy {policy} has no table [score], so nothing says what counts for how much")
    policy: str


@define(kw_only=True, eq=False)
class UnknownGate(Refused):
    """The policy of the day has no gate of that name."""

    code = "unknown-gate"
    template = N_("the policy has no gate {gate}; it has {known}")
    gate: str
    known: tuple[str, ...]


@define(kw_only=True, eq=False)
class GateNotDue(Refused):
    """A gate's decisions are recorded on its date or later."""

    code = "gate-not-due"
    template = N_("gate {gate} is due on {due}, after {on}")
    gate: str
    due: str
    on: str


@define(kw_only=True, eq=False)
class InTheFuture(Refused):
    """A fact cannot become true after the day on which it is recorded."""

    code = "in-the-future"
    template = N_("on {on} lies after today, {today}")
    on: str
    today: str


@define(kw_only=True, eq=False)
class ContradictsLaterFact(Refused):
    """A late entry would contradict a fact that is recorded for a later day."""

    code = "contradicts-later-fact"
    template = N_("it contradicts {fact}: {because}")
    fact: str
    because: DualcertError


@define(kw_only=True, eq=False)
class RestedOn(Refused):
    """A fact cannot be retracted while others rest on it."""

    code = "rested-on"
    template = N_("{fact} cannot go: {by} rest on it")
    fact: str
    by: tuple[str, ...]


@define(kw_only=True, eq=False)
class AlreadyRetracted(Refused):
    """A fact is retracted once."""

    code = "already-retracted"
    template = N_("{fact} was retracted by {by}")
    fact: str
    by: str


@define(kw_only=True, eq=False)
class RetractionIsFinal(Refused):
    """A retraction cannot be retracted: enter the fact again."""

    code = "retraction-is-final"
    template = N_("{fact} is a retraction; enter the retracted fact again instead")
    fact: str


@define(kw_only=True, eq=False)
class WrongReplacement(Refused):
    """A correction's replacement must be a command for the same stream, with its own date."""

    code = "wrong-replacement"
    template = N_("the replacement is {found}, not a command for {stream}")
    stream: str
    found: str


@define(kw_only=True, eq=False)
class CommandIdReused(Refused):
    """A command id was used before for another command."""

    code = "command-id-reused"
    template = N_("command_id {command_id} stands at {fact} for another command")
    command_id: str
    fact: str


@define(kw_only=True, eq=False)
class Conflict(Refused):
    """Others kept writing the same stream; nothing was recorded."""

    code = "conflict"
    template = N_("{stream} was written by others {attempts} times meanwhile; try again")
    stream: str
    attempts: int


@define(kw_only=True, eq=False)
class ClockBehindLog(Refused):
    """This machine's clock is behind the newest fact."""

    code = "clock-behind-log"
    template = N_("the clock says {now}, the newest fact was recorded at {newest}: set the clock")
    now: str
    newest: str


@define(kw_only=True, eq=False)
class BadRoster(Refused):
    """A spreadsheet cannot be read as a roster."""

    code = "bad-roster"
    template = N_("{file}: {problem}")
    file: str
    problem: str


# --- what a roster's row can have wrong with it ----------------------------------------------------


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


# --- what is worth a look and never refused ---------------------------------------------------------


@define(kw_only=True, eq=False)
class Remark(DualcertError):
    """Something odd that was recorded all the same; never raised."""

    code = "remark"


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


# --- configuration -------------------------------------------------------------------------------


@define(kw_only=True, eq=False)
class BadConfiguration(DualcertError):
    """What the program was told to work with is wrong."""

    code = "bad-configuration"
    template = N_("{problem}")
    problem: str


@define(kw_only=True, eq=False)
class BadPolicy(BadConfiguration):
    """A policy breaks the rules for policies; `place` is the path of the key."""

    code = "bad-policy"
    template = N_("policy, {place}: {problem}")
    place: str


# --- the store -----------------------------------------------------------------------------------


@define(kw_only=True, eq=False)
class StoreUnusable(DualcertError):
    """The store cannot be used; `store` is its URL without a password."""

    code = "store-unusable"
    template = N_("{store}: {problem}")
    store: str
    problem: str = ""


@define(kw_only=True, eq=False)
class BadStoreUrl(StoreUnusable):
    """A URL that names no kind of store."""

    code = "bad-store-url"
    template = N_("{store} is not a store: {problem}")


@define(kw_only=True, eq=False)
class StoreMissing(StoreUnusable):
    """There is no store; only `init` makes one."""

    code = "store-missing"
    template = N_("there is no store {store}; make one with 'dualcert init'")


@define(kw_only=True, eq=False)
class StoreExists(StoreUnusable):
    """There is a store already."""

    code = "store-exists"
    template = N_("there is a store {store} already; nothing was touched")


@define(kw_only=True, eq=False)
class StoreEmpty(StoreUnusable):
    """A file or table without an opening fact: a failed copy, or a creation cut off."""

    code = "store-empty"
    template = N_("{store} has no opening fact: did a copy or an 'init' fail? Remove it or restore it")


@define(kw_only=True, eq=False)
class StoreForeign(StoreUnusable):
    """Somebody else's file or table."""

    code = "store-foreign"
    template = N_("{store} is not a dualcert store: {problem}")


@define(kw_only=True, eq=False)
class StoreDamaged(StoreUnusable):
    """The bytes of the store cannot be read."""

    code = "store-damaged"
    template = N_("{store} is damaged ({problem}): restore a backup")


@define(kw_only=True, eq=False)
class StoreBusy(StoreUnusable):
    """Another process keeps the store locked."""

    code = "store-busy"
    template = N_("{store} is locked by another process ({problem}); try again")


@define(kw_only=True, eq=False)
class StoreReadOnly(StoreUnusable):
    """The store can be read and not written."""

    code = "store-read-only"
    template = N_("{store} is read-only; nothing was recorded")


@define(kw_only=True, eq=False)
class StoreNotDurable(StoreUnusable):
    """The database will not promise that an acknowledged fact is on disk."""

    code = "store-not-durable"
    template = N_("{store} does not keep what it acknowledges: {problem}")


@define(kw_only=True, eq=False)
class WrittenByNewer(StoreUnusable):
    """A fact or a log of a newer dualcert."""

    code = "written-by-newer"
    template = N_("{name} was written by a newer dualcert; upgrade this one")
    name: str


@define(kw_only=True, eq=False)
class UnknownFactName(StoreUnusable):
    """A stored name that is on no list; it is never imported or guessed."""

    code = "unknown-fact-name"
    template = N_("{fact} has the unknown name {name}")
    fact: str
    name: str
