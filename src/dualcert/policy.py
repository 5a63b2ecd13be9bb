"""A campaign's policy: every rule that the notice sets, as values read from TOML.

The form is fixed here, and the values are the campaign's: no figure of a rule is in the code. A policy is checked
when it is entered; reading the history does not check it again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from dualcert.documents import toml_of
from dualcert.errors import N_, BadPolicy, Phrase, shown
from dualcert.values.bounds import (
    between,
    each_once,
    id_of,
    in_these_years,
    none_twice,
    problems,
    some,
    tidy_text,
    tidy_text_if_any,
)
from dualcert.values.dates import days_after, months_after, months_between
from dualcert.values.ids import is_id
from dualcert.values.terms import Level, Meeting, Programme, Scheme, Standing, State
from dualcert.values.text import NAME_LIMIT, NOTE_LIMIT

POINTS = 100
"""The sum of the weights of a score."""

PLAN_WITHIN_DAYS = 30
"""Days that a county has for its plan where the policy has no `[plan] within_days`; the notice of 2023 has none."""

LONGEST = 10 * 12
"""Months that a campaign may run."""

Consequence = Literal["delist-county", "cancel-candidacy"]
"""The command by which a county loses its standing."""

LOSES: Mapping[str, Consequence] = {"named": "delist-county", "candidate": "cancel-candidacy"}
"""Standing -> how it is lost."""


def _can_be_lost(standing: Standing) -> str | None:
    return None if standing.value in LOSES else N_("only candidates and named counties have a standing to lose")


def _fits(consequence: Mapping[str, Consequence]) -> str | None:
    fits = all(LOSES[standing] == lost for standing, lost in consequence.items())
    return None if fits else N_("a named county is delisted, a candidate's candidacy is cancelled")


def _of_a_province(code: str) -> str | None:
    fits = is_id("division", code) and code.endswith("0000")
    return None if fits else Phrase(N_("{code!r} is no province's code"), code=code)


Title = Annotated[str, tidy_text(NAME_LIMIT)]
Note = Annotated[str, tidy_text_if_any(NOTE_LIMIT)]
Key = Annotated[str, id_of("item", N_("small letters, digits and single hyphens only"))]
Day = Annotated[date, in_these_years]
Percent = Annotated[int, between(1, 100)]
Weight = Annotated[int, between(0, POINTS)]
Count = Annotated[int, between(1, 9_999)]
DayCount = Annotated[int, between(1, 3_660)]
"""Ten years: a longer one is a slip."""
Years = Annotated[int, between(1, 99)]
Months = Annotated[int, between(1, 240)]
DayOfMonth = Annotated[int, between(1, 28)]
"""One that every month has."""


class PolicyTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the policy file; `source` is the sentence of the notice that it comes from.

    A key that was added after the first facts were stored is UNSET where a policy leaves it out: it is then not
    stored either, so that the bytes of a policy stay what they were.
    """

    source: Note | None = None


class ReminderTable(PolicyTable, frozen=True, kw_only=True):
    """A table of dated duties; `remind_days` says how many days ahead they are pressing, else `[reminders]` does."""

    remind_days: Annotated[tuple[DayCount, ...], none_twice] | UnsetType = UNSET


class Target(PolicyTable, frozen=True, kw_only=True):
    """Which labs are counted, and the percentage that is the target (rule 1)."""

    percent: Percent
    basis: Annotated[tuple[Level, ...], each_once]
    suspended_counts: bool = False
    pending_renewal_counts: bool = False
    county_passes: Literal["all", "any"] = "all"


class Concerned(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The counties that a gate concerns: a county must match all keys of one table, and one of several tables."""

    standing: Annotated[Standing, _can_be_lost] | None = None
    programme: Programme | None = None
    batch: Count | None = None

    def covers(self, standing: Standing, programme: Programme, batch: int) -> bool:
        """Return whether a county with this standing is concerned."""
        mine = (self.standing, self.programme, self.batch)
        return all(a is None or a == b for a, b in zip(mine, (standing, programme, batch), strict=True))


class Gate(ReminderTable, frozen=True, kw_only=True):
    """A deadline and the consequence for counties that fail it (rules 2 and 3); `title` is what officials call it."""

    name: Key
    title: Title | None = None
    on: Day
    inclusive: bool = True
    applies: Annotated[tuple[Concerned, ...], some, none_twice]
    except_: Annotated[tuple[Concerned, ...], none_twice] = msgspec.field(default=(), name="except")
    consequence: Annotated[dict[Literal["candidate", "named"], Consequence], _fits] = {}

    @property
    def last_day(self) -> date:
        """The last day that counts: the gate's own, or the day before if it is not inclusive."""
        return self.on if self.inclusive else days_after(self.on, -1)

    def concerns(self, standing: Standing, programme: Programme, batch: int) -> bool:
        """Return whether the gate judges a county with this standing; a more specific gate takes precedence."""
        county = (standing, programme, batch)
        return any(c.covers(*county) for c in self.applies) and not any(c.covers(*county) for c in self.except_)

    def follows(self, standing: Standing) -> Consequence | None:
        """Return the consequence for a county of that standing that did not pass, or None."""
        return next((command for whom, command in self.consequence.items() if whom == standing.value), None)


class PlanRule(ReminderTable, frozen=True, kw_only=True):
    """The tackling plans (rule 4); a county has `within_days` from the day on which it owes one, and at least until *due*."""

    due: Day
    issuer: Title
    within_days: DayCount | UnsetType = UNSET

    @property
    def days(self) -> int:
        """How many days a county has that begins to owe a plan later than the others."""
        return self.within_days or PLAN_WITHIN_DAYS


class Cycle(ReminderTable, frozen=True, kw_only=True):
    """The meetings of every month: those of every city, and those that the province holds itself (rule 9)."""

    monthly: Annotated[tuple[Meeting, ...], each_once]
    province: Annotated[tuple[Meeting, ...], each_once] | UnsetType = UNSET


class Bulletin(ReminderTable, frozen=True, kw_only=True):
    """The bulletin of a month (rule 7): issued by `due_day` of the month after it, in whose name, and to whom."""

    due_day: DayOfMonth
    issuer: Title | None = None
    recipients: Annotated[tuple[Title, ...], none_twice] = ()


class Summary(ReminderTable, frozen=True, kw_only=True):
    """A summary that every city submits (rule 10); `title` is what officials call it."""

    name: Key
    title: Title | None = None
    due: Day


class Exemplars(PolicyTable, frozen=True, kw_only=True):
    """The exemplary counties (rule 8)."""

    quota: Count


class PairingRule(ReminderTable, frozen=True, kw_only=True):
    """How often a paired county or lab is visited, and how soon the rest of the support is due (rule 5)."""

    visit_every_days: DayCount
    report_every_days: DayCount | UnsetType = UNSET
    within_days: DayCount | UnsetType = UNSET
    """In which somebody without a supporter gets one; UNSET: at no date."""
    resolve_within_days: DayCount | UnsetType = UNSET
    """In which a problem is resolved; UNSET: at no date."""


class Difficulties(ReminderTable, frozen=True, kw_only=True):
    """In how many days a difficulty of a city is answered (rule 11)."""

    answer_within_days: DayCount


class Highlights(ReminderTable, frozen=True, kw_only=True):
    """Until when every city has reported a highlight (rule 11)."""

    due: Day


class Stages(ReminderTable, frozen=True, kw_only=True):
    """In how many days the next step follows on an accepted application, a passed assessment, an approval."""

    accepted: DayCount | None = None
    assessed: DayCount | None = None
    approved: DayCount | None = None

    def within(self, state: State) -> int | None:
        """Return in how many days the next step follows on an application in that state; None: at no date."""
        return {State.APPLIED: self.accepted, State.ASSESSED: self.assessed, State.APPROVED: self.approved}[state]


class ProgrammeRule(PolicyTable, frozen=True, kw_only=True):
    """For how many years a delisted county is not enrolled again."""

    bar_years: Years


class TargetStage(PolicyTable, frozen=True, kw_only=True):
    """A target on the way: the percentage by a day, of all labs that are counted or of those of one level."""

    by: Day
    percent: Percent
    level: Level | None = None


class Reminders(PolicyTable, frozen=True, kw_only=True):
    """How many days ahead of expiry reminders go out."""

    expiring_days: Annotated[tuple[DayCount, ...], none_twice]


class ScoreRule(PolicyTable, frozen=True, kw_only=True):
    """The weights of a city's score, in points of 100 (rule 6)."""

    ratio: Weight = 0
    plans: Weight = 0
    cycle: Weight = 0
    visits: Weight = 0
    summaries: Weight = 0

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

    months: Months


class CertificateRule(PolicyTable, frozen=True, kw_only=True):
    """For how many years a scheme's certificates are granted, and when to apply for renewal."""

    scheme: Scheme
    from_: Day = msgspec.field(name="from")
    years: Annotated[tuple[Years, ...], each_once]
    apply_before_days: DayCount


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rules of one campaign.

    `percent` is in hundredths of the labs counted, days are calendar days, dates are civil dates of
    Asia/Shanghai and inclusive unless a gate says otherwise.
    """

    name: Key
    title: Title
    province: Annotated[str, _of_a_province]
    from_: Day = msgspec.field(name="from")
    to: Day
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
    in_force_from: Day | UnsetType = UNSET
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
        place = path.replace("[...]", "").removeprefix("`key` in ").strip("`").removeprefix("$").removeprefix(".")
        raise BadPolicy(place=place or "top", problem=_worded(problem)) from None
    for place, problem in (*problems(policy), *_contradictions(policy)):
        raise BadPolicy(place=place, problem=problem)
    return policy


def judged(policy: Policy) -> Policy:
    """Return *policy* if it is one that a file could hold; raises BadPolicy otherwise."""
    return policy_of(msgspec.to_builtins(policy))


_PROBLEMS = (
    (r"Object missing required field `(?P<key>.+)`", N_("{key} is missing")),
    (r"Object contains unknown field `(?P<key>.+)`", N_("there is no key {key}")),
    (r"Expected `(?P<wanted>.+)`, got `(?P<found>.+)`", N_("it is {found}, not {wanted}")),
    (r"Invalid enum value (?P<value>.+)", N_("{value} is not an allowed value")),
)
"""The library's wording of a problem, and ours."""


def _worded(problem: str) -> str:
    for form, template in _PROBLEMS:
        found = re.fullmatch(form, problem)
        if found:
            return Phrase(template, **found.groupdict())
    return problem


def parse_policy(text: str, place: str = "file") -> Policy:
    """Return the policy of a text in TOML, which stands at *place*.

    Raises:
        BadPolicy: it is not TOML, or not a policy.
    """
    try:
        document = toml_of(text)
    except ValueError as error:
        raise BadPolicy(place=place, problem=str(error)) from None
    return policy_of(document)


def load_policy(source: Policy | str | Path) -> Policy:
    """Return the policy of a shipped name (`shanxi-2023`) or of a file, or a policy that is one already.

    Raises:
        BadPolicy: there is no such policy or file, or it is not a policy.

    >>> load_policy("shanxi-2023").target.percent
    85
    """
    if isinstance(source, Policy):
        return judged(source)
    shipped = shipped_policies()
    if str(source) in shipped:
        return parse_policy((_shipped() / f"{source}.toml").read_text(encoding="utf-8"))
    try:
        return parse_policy(Path(source).read_text(encoding="utf-8-sig"), str(source))
    except FileNotFoundError:
        problem = Phrase(N_("no such file, nor a policy that ships ({known})"), known=", ".join(shipped))
        raise BadPolicy(place=str(source), problem=problem) from None
    except UnicodeDecodeError:
        raise BadPolicy(place=str(source), problem=N_("the file is not in UTF-8")) from None
    except OSError as error:
        raise BadPolicy(place=str(source), problem=error.strerror or type(error).__name__) from None
    except ValueError:  # no file has a name with NUL in it, or with half a character
        raise BadPolicy(place=shown(str(source)), problem=N_("it names no file")) from None


def shipped_policies() -> tuple[str, ...]:
    """Return the names of the policies that ship with dualcert."""
    return tuple(sorted(path.stem for path in _shipped().glob("*.toml")))


def _shipped() -> Path:
    return Path(__file__).parent / "data" / "policies"


def _contradictions(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield place and problem of values that cannot be in one policy, each of which another could have."""
    if policy.to < policy.from_:
        yield "to", Phrase(N_("{to} is before from {first}"), to=policy.to, first=policy.from_)
    if policy.to > months_after(policy.from_, LONGEST):
        yield "to", Phrase(N_("a campaign runs for at most {years} years"), years=LONGEST // 12)
    if not is_id("campaign", policy.campaign):
        yield "name", N_("is too long")
    if policy.in_force_from and not policy.from_ <= policy.in_force_from <= policy.to:
        yield "in_force_from", _OUTSIDE
    yield from _repeated("gate", (gate.name for gate in policy.gate))
    yield from _repeated("summary", (summary.name for summary in policy.summary))
    yield from _repeated("certificate_rule", ((rule.scheme.value, rule.from_) for rule in policy.certificate_rule))
    total = sum(policy.score.weights.values()) if policy.score else POINTS
    if total != POINTS:
        yield "score", Phrase(N_("the weights add up to {total}, not {points}"), total=total, points=POINTS)
    yield from _impossible_stages(policy)


_OUTSIDE = N_("is not within the campaign's from and to")


def _repeated(place: str, names: Iterable[Hashable]) -> Iterator[tuple[str, str]]:
    for name, count in Counter(names).items():
        if count > 1:
            written_out = " ".join(map(str, name)) if isinstance(name, tuple) else name
            yield place, Phrase(N_("{name!r} is given {count} times"), name=written_out, count=count)


def _impossible_stages(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield the stages outside the campaign, of a level that is not counted, and those that fall short of an earlier one."""
    stages = policy.target_stage or ()
    yield from _repeated("target_stage", ((s.level.value if s.level else "", s.by) for s in stages))
    for nth, stage in enumerate(stages):
        if not policy.from_ <= stage.by <= policy.to:
            yield f"target_stage[{nth}].by", _OUTSIDE
        if stage.level and stage.level not in policy.target.basis:
            yield f"target_stage[{nth}].level", N_("is not a level that is counted")
        earlier = [s.percent for s in stages if s.level is stage.level and s.by < stage.by]
        if stage.percent < max(earlier, default=0):
            yield f"target_stage[{nth}].percent", N_("is less than that of an earlier day")
        if stage.level is None and stage.percent > policy.target.percent:
            yield f"target_stage[{nth}].percent", N_("is more than the target")
