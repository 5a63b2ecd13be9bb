"""What a row claims of its certificates (是否双认证, 有, √, 有效, 过期), compared with the row and the books together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime

import attrs
from attrs import define, field, frozen

from dualcert.domain.commands import Command, CorrectFact
from dualcert.domain.entry import AnyEntry, Entry, FactRetracted
from dualcert.domain.lab import LAB, Lab
from dualcert.domain.timeline import Timeline
from dualcert.errors import ClaimContradicted, ClaimUndated, DualContradicted, Refused
from dualcert.policy import Target
from dualcert.projections.certificates import counting
from dualcert.projections.labs import lacking
from dualcert.roster.kinds.lab_columns import yes_or_no
from dualcert.roster.kinds.lab_life import CALLED_IN_SHEETS, Life, Told
from dualcert.roster.kinds.lab_rows import Certificate, LabRow
from dualcert.roster.kinds.lab_sheet import sheets_day
from dualcert.roster.planning import Planner
from dualcert.values.days import ONE_DAY
from dualcert.values.terms import SCHEMES, State

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant of recording of what is not recorded: no state depends on it."""
COMPARED = (Life.HELD, Life.LACKED, Life.VALID, Life.EXPIRED, Life.RENEWED)

Holds = Callable[[date], bool]
"""Whether a claim is true on a day."""


@frozen
class Claim:
    """What a cell claims: the words, on which days it is so, of which timelines, and the refusal where it is not.

    `positive` is a claim that something is there, which may be older than its running out.
    """

    field: str
    stated: str
    holds: Holds
    timelines: tuple[Timeline, ...]
    contradicted: Refused
    positive: bool

    def run_out(self, day: date) -> bool:
        """Return whether it is only by their dates that the certificates are not valid on *day*."""
        return self.positive and all(t.state(day) in (State.VALID, State.EXPIRED) for t in self.timelines)


@define
class ClaimChecker:
    """Compares claims on the sheet's own day, else on `--on`, else refuses what no day up to the import makes true."""

    planner: Planner
    _day: date | None = field(init=False)
    _last: date = field(init=False)
    _target: Target = field(init=False)
    _undated: set[str] = field(init=False, factory=set)
    """The columns of which it was said already that the sheet's day is missing."""

    def __attrs_post_init__(self) -> None:
        given = self.planner.on if self.planner.day_given else None
        self._day = sheets_day(self.planner.table) or given
        self._last = min(self.planner.today, self.planner.policy.to)
        self._target = self.planner.policy.target

    def check(self, lab: str, row: LabRow, commands: Sequence[Command]) -> None:
        """Compare the claims of a row with what the books will have of its lab."""
        claims = [each for each in row.told if each.life in COMPARED]
        if row.dual is None and not claims:
            return
        state = self._after(lab, commands)
        if row.dual is not None:
            self._check_dual(row, state, stated=row.dual)
        for each in claims:
            self._check(row, state, each)

    def _after(self, lab: str, commands: Sequence[Command]) -> Lab:
        """Return the state of the lab with what *commands* would add to it."""
        own = [command for command in commands if command.stream == lab]
        if not own:
            return self.planner.view.find_lab(lab) or Lab()
        entries = list(self.planner.view.entries(lab))
        for command in own:
            entries.extend(_drafts(lab, command, len(entries)))
        return LAB.replay(entries).state

    def _check_dual(self, row: LabRow, state: Lab, *, stated: bool) -> None:
        contradicted = DualContradicted(stated=yes_or_no(stated), found=yes_or_no(not stated))
        holds: Holds = lambda day: (not lacking(state, day, self._target)) is stated  # noqa: E731
        self._compare(row, Claim("dual", yes_or_no(stated), holds, (state.cma, state.catl), contradicted, stated))

    def _check(self, row: LabRow, state: Lab, told: Told) -> None:
        assert told.scheme is not None
        timeline = state.timeline(told.scheme)
        if told.general and not timeline.periods:
            known = any(state.timeline(s).periods for s in SCHEMES)
            if known or not self._of_certificates(told) or told.scheme is not SCHEMES[0]:
                return  # it is said of the certificates that there are, or 正常 of the lab
        word = CALLED_IN_SHEETS[told.life]
        stated = f"{told.scheme.value} {told.text or word}"
        contradicted = ClaimContradicted(stated=stated, found=f"{told.scheme.value} {_shown(timeline)}")
        last = told.until or (told.on if told.life is Life.EXPIRED else None)
        if last and not any(last in (p.valid_until, p.valid_until + ONE_DAY) for p in timeline.periods):
            self.planner.reader.find(row.row, told.field, contradicted)
        elif last and told.life is Life.EXPIRED:
            pass  # 2027年6月14日到期 says no more than that day
        else:
            positive = told.life in (Life.HELD, Life.VALID, Life.RENEWED)
            holds = self._holds(told, timeline, row.certificates.get(told.scheme))
            self._compare(row, Claim(told.field, stated, holds, (timeline,), contradicted, positive))

    def _of_certificates(self, told: Told) -> bool:
        """Return whether what is said of no scheme is said of certificates: 有效, and 正常 under 资质状态 or 证书状态."""
        table = self.planner.table
        header = table.headers.get(table.columns.get(told.field, -1), "")
        return "有效" in told.text or "资质" in header or "证书" in header

    def _holds(self, told: Told, timeline: Timeline, own: Certificate | None) -> Holds:
        """Return on which days a claim is so; *own* is the certificate that its row states."""
        match told.life:
            case Life.VALID if own:
                return lambda day: own.granted_on <= day <= own.valid_until and timeline.valid(day)
            case Life.VALID:
                return timeline.valid
            case Life.RENEWED:
                return timeline.held
            case Life.EXPIRED if own:
                return lambda day: own.valid_until < day
            case Life.EXPIRED:
                return lambda day: (p := timeline.period_of(day)) is not None and p.valid_until < day
        held = told.life is Life.HELD
        return lambda day: (counting(timeline, day, self._target) is not None) is held

    def _compare(self, row: LabRow, claim: Claim) -> None:
        reader, holds = self.planner.reader, claim.holds
        if self._day:
            if not holds(self._day):
                reader.find(row.row, claim.field, claim.contradicted)
            return
        begins = max([day for day, _ in row.days] + [t.on for t in row.told if t.on], default=date.min)
        last = max(begins, self._last)
        if not any(holds(day) for day in _turns(claim.timelines, begins, last)):
            reader.find(row.row, claim.field, claim.contradicted)
        elif claim.field not in self._undated and not holds(last) and not claim.run_out(last):
            self._undated.add(claim.field)
            reader.remark(row.row, claim.field, ClaimUndated(stated=claim.stated, on=last))


def _turns(timelines: Sequence[Timeline], begins: date, last: date) -> Iterator[date]:
    """Yield days from *begins* through *last*, one at least for each stretch on which nothing changes."""
    yield last
    yield begins
    for timeline in timelines:
        days = [day for p in timeline.periods for day in (p.first, p.last + ONE_DAY, p.valid_until + ONE_DAY)]
        days += [day for interval in timeline.suspensions for day in interval if day]
        days += [timeline.suspended_since] if timeline.suspended_since else []
        for day in days:
            if begins <= day <= last:
                yield day
                yield max(begins, day - ONE_DAY)


def _drafts(lab: str, command: Command, version: int) -> Iterator[AnyEntry]:
    anew = command
    if isinstance(command, CorrectFact):
        anew = command.replacement
        version += 1
        yield _entry(lab, version, command.on, FactRetracted(command.version, command.reason))
    fact = anew.fact(**{each.name: getattr(anew, each.name) for each in attrs.fields(anew.fact)})
    yield _entry(lab, version + 1, anew.on, fact)


def _entry(lab: str, version: int, on: date, fact: object) -> AnyEntry:
    return Entry(on=on, by="", source="", command_id=None, recorded_at=_NEVER, fact=fact, stream=lab, version=version)


def _shown(timeline: Timeline) -> str:
    """Return the newest certificate of a timeline with what became of it, or a dash."""
    if not timeline.periods:
        return "—"
    last = timeline.periods[-1]
    shown = f"{timeline.number_of(last, date.max)} {last.first}–{last.valid_until}"
    if not timeline.open:
        on, state = timeline.ends[-1]
        return f"{shown}, {'撤销' if state is State.REVOKED else '注销'} {on}"
    return f"{shown}, 暂停 {timeline.suspended_since}" if timeline.suspended_since else shown
