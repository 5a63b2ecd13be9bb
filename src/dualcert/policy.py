"""A campaign's policy: every rule that the notice sets, as values read from TOML.

The form is fixed here, and the values are the campaign's: no figure of a rule is in the code. A policy is checked
when it is entered; reading the history does not check it again.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from dualcert.errors import N_, BadPolicy, Phrase
from dualcert.values.dates import months_between
from dualcert.values.days import ONE_DAY
from dualcert.values.ids import is_id
from dualcert.values.terms import Level, Meeting, Programme, Scheme, Standing

POINTS = 100
"""The sum of the weights of a score."""


PLAN_WITHIN_DAYS = 30
"""Days that a county has for its plan where the policy has no `[plan] within_days`; the notice of 2023 has none."""


class PolicyTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the policy file; `source` is the sentence of the notice that it comes from.

    A key that was added after the first facts were stored is UNSET where a policy leaves it out: it is then not
    stored either, so that the bytes of a policy stay what they were.
    """

    source: str | None = None


class ReminderTable(PolicyTable, frozen=True, kw_only=True):
    """A table of dated duties; `remind_days` says how many days ahead they are pressing, else `[reminders]` does."""

    remind_days: tuple[int, ...] | UnsetType = UNSET


class Target(PolicyTable, frozen=True, kw_only=True):
    """Which labs are counted, and the percentage that is the target (rule 1)."""

    percent: int
    basis: tuple[Level, ...]
    suspended_counts: bool = False
    pending_renewal_counts: bool = False
    county_passes: Literal["all", "any"] = "all"


class Concerned(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The counties that a gate concerns: a county must match all keys of one table, and one of several tables."""

    standing: Standing | None = None
    programme: Programme | None = None
    batch: int | None = None

    def covers(self, standing: Standing, programme: Programme, batch: int) -> bool:
        """Return whether a county with this standing is concerned."""
        mine = (self.standing, self.programme, self.batch)
        return all(a is None or a == b for a, b in zip(mine, (standing, programme, batch), strict=True))


Consequence = Literal["delist-county", "cancel-candidacy"]
"""The command by which a county loses its standing."""


class Gate(ReminderTable, frozen=True, kw_only=True):
    """A deadline and the consequence for counties that fail it (rules 2 and 3); `title` is what officials call it."""

    name: str
    title: str | None = None
    on: date
    inclusive: bool = True
    applies: tuple[Concerned, ...]
    except_: tuple[Concerned, ...] = msgspec.field(default=(), name="except")
    consequence: dict[Literal["candidate", "named"], Consequence] = {}

    @property
    def last_day(self) -> date:
        """The last day that counts: the gate's own, or the day before if it is not inclusive."""
        return self.on if self.inclusive else self.on - ONE_DAY

    def concerns(self, standing: Standing, programme: Programme, batch: int) -> bool:
        """Return whether the gate judges a county with this standing; a more specific gate takes precedence."""
        county = (standing, programme, batch)
        return any(c.covers(*county) for c in self.applies) and not any(c.covers(*county) for c in self.except_)

    def follows(self, standing: Standing) -> Consequence | None:
        """Return the consequence for a county of that standing that did not pass, or None."""
        return next((command for whom, command in self.consequence.items() if whom == standing.value), None)


class PlanRule(ReminderTable, frozen=True, kw_only=True):
    """The tackling plans (rule 4); a county has `within_days` from the day on which it owes one, and at least until *due*."""

    due: date
    issuer: str
    within_days: int | UnsetType = UNSET

    @property
    def days(self) -> int:
        """How many days a county has that begins to owe a plan later than the others."""
        return self.within_days or PLAN_WITHIN_DAYS


class Cycle(ReminderTable, frozen=True, kw_only=True):
    """The meetings of every month: those of every city, and those that the province holds itself (rule 9)."""

    monthly: tuple[Meeting, ...]
    province: tuple[Meeting, ...] | UnsetType = UNSET


class Bulletin(ReminderTable, frozen=True, kw_only=True):
    """The bulletin of a month (rule 7): issued by `due_day` of the month after it, in whose name, and to whom."""

    due_day: int
    issuer: str | None = None
    recipients: tuple[str, ...] = ()


class Summary(ReminderTable, frozen=True, kw_only=True):
    """A summary that every city submits (rule 10); `title` is what officials call it."""

    name: str
    title: str | None = None
    due: date


class Exemplars(PolicyTable, frozen=True, kw_only=True):
    """The exemplary counties (rule 8)."""

    quota: int


class PairingRule(ReminderTable, frozen=True, kw_only=True):
    """How often a paired county or lab is visited, and how soon the rest of the support is due (rule 5)."""

    visit_every_days: int
    report_every_days: int | UnsetType = UNSET
    within_days: int | UnsetType = UNSET
    """In which somebody without a supporter gets one; UNSET: at no date."""
    resolve_within_days: int | UnsetType = UNSET
    """In which a problem is resolved; UNSET: at no date."""


class Difficulties(ReminderTable, frozen=True, kw_only=True):
    """In how many days a difficulty of a city is answered (rule 11)."""

    answer_within_days: int


class Highlights(ReminderTable, frozen=True, kw_only=True):
    """Until when every city has reported a highlight (rule 11)."""

    due: date


class Stages(ReminderTable, frozen=True, kw_only=True):
    """In how many days the next step follows on an accepted application, a passed assessment, an approval."""

    accepted: int | None = None
    assessed: int | None = None
    approved: int | None = None


class ProgrammeRule(PolicyTable, frozen=True, kw_only=True):
    """For how many years a delisted county is not enrolled again."""

    bar_years: int


class TargetStage(PolicyTable, frozen=True, kw_only=True):
    """A target on the way: the percentage by a day, of all labs that are counted or of those of one level."""

    by: date
    percent: int
    level: Level | None = None


class Reminders(PolicyTable, frozen=True, kw_only=True):
    """How many days ahead of expiry reminders go out."""

    expiring_days: tuple[int, ...]


class ScoreRule(PolicyTable, frozen=True, kw_only=True):
    """The weights of a city's score, in points of 100 (rule 6)."""

    ratio: int = 0
    plans: int = 0
    cycle: int = 0
    visits: int = 0
    summaries: int = 0

    @classmethod
    def components(cls) -> tuple[str, ...]:
        """Return the names of the components, in the order in which they are shown."""
        return tuple(name for name in cls.__struct_fields__ if name != "source")

    @property
    def weights(self) -> dict[str, int]:
        """Component -> its weight, in the order in which they are shown."""
        return {name: getattr(self, name) for name in self.components()}


class Sequential(PolicyTable, frozen=True, kw_only=True):
    """When CATL may be applied for after CMA: the months that a lab has worked by then."""

    months: int


class CertificateRule(PolicyTable, frozen=True, kw_only=True):
    """For how many years a scheme's certificates are granted, and when to apply for renewal."""

    scheme: Scheme
    from_: date = msgspec.field(name="from")
    years: tuple[int, ...]
    apply_before_days: int


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rules of one campaign.

    `percent` is in hundredths of the labs counted, days are calendar days, dates are civil dates of
    Asia/Shanghai and inclusive unless a gate says otherwise.
    """

    name: str
    title: str
    province: str
    from_: date = msgspec.field(name="from")
    to: date
    target: Target
    gate: tuple[Gate, ...] = ()
    plan: PlanRule | None = None
    cycle: Cycle | None = None
    summary: tuple[Summary, ...] = ()
    exemplars: Exemplars | None = None
    pairing: PairingRule | None = None
    reminders: Reminders | None = None
    score: ScoreRule | None = None
    sequential: Sequential | None = None
    certificate_rule: tuple[CertificateRule, ...] = ()
    bulletin: Bulletin | UnsetType = UNSET
    highlights: Highlights | UnsetType = UNSET
    difficulties: Difficulties | UnsetType = UNSET
    stages: Stages | UnsetType = UNSET
    programme: ProgrammeRule | UnsetType = UNSET
    target_stage: tuple[TargetStage, ...] | UnsetType = UNSET
    in_force_from: date | UnsetType = UNSET
    """The day from which an amendment is in force that is recorded ahead of it; UNSET: from the day of its fact."""

    @property
    def campaign(self) -> str:
        """The id of the campaign that this policy opens."""
        return f"campaign-{self.name}"

    def rule_of(self, scheme: Scheme, granted_on: date) -> CertificateRule | None:
        """Return the rule for certificates of *scheme* granted on that day, or None."""
        rules = [r for r in self.certificate_rule if r.scheme is scheme and r.from_ <= granted_on]
        return max(rules, key=lambda rule: rule.from_, default=None)

    def years_of(self, scheme: Scheme, granted_on: date) -> tuple[int, ...]:
        """Return for how many years *scheme* was granted on that day; empty if there is no rule."""
        rule = self.rule_of(scheme, granted_on)
        return rule.years if rule else ()

    @property
    def expiring_days(self) -> tuple[int, ...]:
        """How many days ahead reminders go out, by `[reminders]`."""
        return self.reminders.expiring_days if self.reminders else ()

    def pressing_days(self, table: ReminderTable | UnsetType | None) -> int:
        """Return how many days ahead a duty of *table* is pressing: its longest reminder, else the shortest of all."""
        own = table.remind_days if table else UNSET
        return max(own, default=0) if own is not UNSET else min(self.expiring_days, default=0)

    def alarming_days(self, gate: Gate) -> int:
        """Return how many days ahead a gate with a loss of standing alarms: its longest reminder, else that of all."""
        own = gate.remind_days
        return max(own if own is not UNSET else self.expiring_days, default=0)

    def target_on(self, day: date, level: Level | None = None) -> int:
        """Return the percentage to be reached next on *day*, of all counted labs or of those of one level."""
        stages = [s for s in self.target_stage or () if day <= s.by and s.level in {None, level}]
        ahead = sorted(stages, key=lambda s: (s.level is not level, s.by))
        return ahead[0].percent if ahead else self.target.percent

    @property
    def months(self) -> tuple[tuple[str, date], ...]:
        """Every month that touches the campaign, as YYYY-MM with its last day."""
        return months_between(self.from_, self.to)


def policy_of(document: dict[str, Any]) -> Policy:
    """Return the policy of a document, parsed from TOML or JSON.

    Raises:
        BadPolicy: a key is unknown or missing, or a value has a wrong type or is impossible; it names the place.
    """
    try:
        policy = msgspec.convert(document, Policy)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        place = _KEY.sub("", path.replace("[...]", "")).strip("`").removeprefix("$").removeprefix(".")
        raise BadPolicy(place=place or "top", problem=_worded(problem)) from None
    for place, problem in _impossible(policy):
        raise BadPolicy(place=place, problem=problem)
    return policy


_KEY = re.compile("^`key` in ")
_PROBLEMS = (
    (re.compile(r"Object missing required field `(?P<key>.+)`"), N_("{key} is missing")),
    (re.compile(r"Object contains unknown field `(?P<key>.+)`"), N_("there is no key {key}")),
    (re.compile(r"Expected `(?P<wanted>.+)`, got `(?P<found>.+)`"), N_("it is {found}, not {wanted}")),
    (re.compile(r"Invalid enum value (?P<value>.+)"), N_("{value} is not an allowed value")),
)
"""The library's wording of a problem, and ours."""


def _worded(problem: str) -> str:
    for form, template in _PROBLEMS:
        found = form.fullmatch(problem)
        if found:
            return Phrase(template, **found.groupdict())
    return problem


def parse_policy(text: str) -> Policy:
    """Return the policy of a text in TOML.

    Raises:
        BadPolicy: it is not TOML, or not a policy.
    """
    try:
        return policy_of(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(place="file", problem=str(error)) from None


def load_policy(source: str | Path) -> Policy:
    """Return the policy of a shipped name (`shanxi-2023`) or of a file.

    Raises:
        BadPolicy: there is no such policy or file, or it is not a policy.
    """
    shipped = shipped_policies()
    if str(source) in shipped:
        return parse_policy((_shipped() / f"{source}.toml").read_text(encoding="utf-8"))
    try:
        return parse_policy(Path(source).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        problem = Phrase(N_("no such file, nor a policy that ships ({known})"), known=", ".join(shipped))
        raise BadPolicy(place=str(source), problem=problem) from None
    except UnicodeDecodeError:
        raise BadPolicy(place=str(source), problem=N_("the file is not in UTF-8")) from None
    except OSError as error:
        raise BadPolicy(place=str(source), problem=error.strerror or type(error).__name__) from None


def shipped_policies() -> tuple[str, ...]:
    """Return the names of the policies that ship with dualcert."""
    return tuple(sorted(p.name.removesuffix(".toml") for p in _shipped().iterdir() if p.name.endswith(".toml")))


def _shipped() -> Traversable:
    return files("dualcert") / "data" / "policies"


def _impossible(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield place and problem of each value that no campaign can have."""
    yield from _impossible_top(policy)
    for table, names in (("gate", [g.name for g in policy.gate]), ("summary", [s.name for s in policy.summary])):
        for name, count in Counter(names).items():
            if count > 1:
                yield table, Phrase(N_("{name!r} is given {count} times"), name=name, count=count)
            if not is_id("item", name):
                yield table, N_("small letters, digits and single hyphens only")
    total = sum(policy.score.weights.values()) if policy.score else POINTS
    if total != POINTS:
        yield "score", Phrase(N_("the weights add up to {total}, not {points}"), total=total, points=POINTS)
    for nth, gate in enumerate(policy.gate):
        yield from _impossible_gate(f"gate[{nth}]", gate)
    if policy.cycle and len(set(policy.cycle.monthly)) < max(1, len(policy.cycle.monthly)):
        yield "cycle.monthly", N_("names each kind of meeting once, and at least one")
    yield from _too_small(policy)


def _impossible_top(policy: Policy) -> Iterator[tuple[str, str]]:
    if not is_id("item", policy.name):
        yield "name", N_("small letters, digits and single hyphens only")
    if not re.fullmatch(r"\d{2}0000", policy.province, re.ASCII):
        yield "province", Phrase(N_("{code!r} is no province's code"), code=policy.province)
    if policy.to < policy.from_:
        yield "to", Phrase(N_("{to} is before from {first}"), to=policy.to, first=policy.from_)
    if not 1 <= policy.target.percent <= 100:
        yield "target.percent", Phrase(N_("{percent} is not from 1 to 100"), percent=policy.target.percent)
    if not policy.target.basis or len(set(policy.target.basis)) < len(policy.target.basis):
        yield "target.basis", N_("names each counted level once, and at least one")


def _impossible_gate(place: str, gate: Gate) -> Iterator[tuple[str, str]]:
    if not gate.applies:
        yield f"{place}.applies", N_("names no county")
    for concerned in (*gate.applies, *gate.except_):
        if concerned.standing not in {None, Standing.CANDIDATE, Standing.NAMED}:
            yield place, N_("only candidates and named counties have a standing to lose")
    for standing, consequence in gate.consequence.items():
        if consequence != _LOSES[standing]:
            yield f"{place}.consequence", N_("a named county is delisted, a candidate's candidacy is cancelled")


_LOSES: dict[str, Consequence] = {"named": "delist-county", "candidate": "cancel-candidacy"}


def _too_small(policy: Policy) -> Iterator[tuple[str, str]]:
    counts = [
        *(("reminders.expiring_days", days) for days in (policy.reminders.expiring_days if policy.reminders else ())),
        *(("certificate_rule.years", years) for rule in policy.certificate_rule for years in rule.years),
        *(("certificate_rule.apply_before_days", rule.apply_before_days) for rule in policy.certificate_rule),
        *((f"score.{name}", 1 + weight) for name, weight in (policy.score.weights if policy.score else {}).items()),
    ]
    if policy.pairing:
        counts.append(("pairing.visit_every_days", policy.pairing.visit_every_days))
    if policy.exemplars:
        counts.append(("exemplars.quota", policy.exemplars.quota))
    for place, value in counts:
        if value < 1:
            yield place, N_("is too small")
