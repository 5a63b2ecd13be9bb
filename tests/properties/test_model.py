"""All commands against a naive model: equal answers for any as-of and known-at, and no unreadable history.

The model shares no code with the library's reading: it keeps what was accepted in a list, and to answer
walks the facts that were known and stood, one day's answer at a time, with the rules as `domain.md` words
them.
"""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
from attrs import define, field, frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dualcert import Registry
from dualcert.domain import commands as c
from dualcert.domain.decider import aggregate_of
from dualcert.errors import NoCampaign, Refused
from dualcert.policy import load_policy
from dualcert.projections.due import findings
from dualcert.testing import Clock
from dualcert.values.terms import Meeting, Scheme
from strategies import (
    CAMPAIGN,
    CAMPAIGN_DAYS,
    CITY,
    COUNTY,
    DAYS,
    LABS,
    PAIRINGS,
    REGISTERED,
    amendments,
    corrections,
    of_campaigns,
    of_counties,
    of_pairings,
    others,
    retractions,
)

ASKED = sorted({day + timedelta(days=shift) for day in [*DAYS, *CAMPAIGN_DAYS] for shift in (-1, 0, 1)})

OWED = {"cycle-missing", "summary-missing", "difficulty-open", "plan-missing", "uncovered"}
"""Findings about what a campaign asks for."""

FIRST = (c.RegisterLab, c.CancelCertificate, c.RevokeCertificate, c.ReleaseLab)
"""What comes before the other facts of its day; everything else comes in the order below."""
ORDER = (
    *FIRST,
    c.GrantCertificate, c.RenewCertificate, c.SuspendCertificate, c.ReinstateCertificate,
    c.DesignateLab, c.EnrolCounty, c.NameCounty, c.DelistCounty, c.CancelCandidacy,
    c.IssuePlan, c.SubmitPlan, c.CompleteMeasure,
    c.AssignPairing, c.RecordVisit, c.IdentifyProblem, c.ResolveProblem, c.ReportProgress, c.EndPairing,
    c.OpenCampaign, c.AmendPolicy, c.WithdrawExemplar, c.SelectExemplar,
)  # fmt: skip


@frozen
class Fact:
    """A command that was accepted, at a position of the log, as a version of its stream."""

    position: int
    version: int
    command: c.Command


@define
class Model:
    """What was accepted, and what was taken back when."""

    facts: list[Fact] = field(factory=list)
    gone: dict[tuple[str, int], int] = field(factory=dict)
    """(stream, version) -> the position of its retraction."""

    def accept(self, command, facts):
        """Note what the books recorded for *command*."""
        if isinstance(command, c.StreamCommand):
            self.gone[command.stream, command.version] = facts[0].position
        if isinstance(command, c.CorrectFact):
            self.facts.append(Fact(facts[1].position, facts[1].version, command.replacement))
        elif not isinstance(command, c.RetractFact):
            self.facts.append(Fact(facts[0].position, facts[0].version, command))

    def walk(self, stream, day, known):
        """Return the commands of *stream* that were known, stood and had happened by *day* (None: ever), in order."""
        stood = [
            f
            for f in self.facts
            if f.command.stream == stream
            and f.position <= known
            and (day is None or f.command.on <= day)
            and self.gone.get((stream, f.version), known + 1) > known
        ]
        rank = {kind: n for n, kind in enumerate(ORDER)}
        return [
            f.command for f in sorted(stood, key=lambda f: (f.command.on, rank.get(type(f.command), 99), f.version))
        ]

    def active(self, lab, day, known):
        """Return whether a lab is registered and not closed."""
        kinds = [type(command) for command in self.walk(lab, day, known)]
        return c.RegisterLab in kinds and c.CloseLab not in kinds

    def valid(self, lab, scheme, day, known):
        """Return whether a certificate is valid on a day: covered by a period, not suspended, not ended."""
        periods, suspended, ended = [], False, True
        for command in self.walk(lab, day, known):
            if getattr(command, "scheme", None) is not scheme:
                continue
            match command:
                case c.GrantCertificate():
                    suspended, ended = False, False
                    periods.append(command)
                case c.RenewCertificate() if not ended:
                    periods.append(command)
                case c.SuspendCertificate():
                    suspended = True
                case c.ReinstateCertificate():
                    suspended = False
                case c.CancelCertificate() | c.RevokeCertificate():
                    periods, suspended, ended = [], False, True
        return not suspended and any(p.granted_on <= day <= p.valid_until for p in periods)

    def county(self, day, known):
        """Return labs, passing, standings, plan of the county."""
        labs, standings, plan = set(), {}, None
        for command in self.walk(COUNTY, day, known):
            match command:
                case c.DesignateLab():
                    labs.add(command.lab)
                case c.ReleaseLab():
                    labs.discard(command.lab)
                case c.EnrolCounty():
                    standings[command.programme.value] = (command.batch, command.standing.value)
                case c.NameCounty() | c.DelistCounty() | c.CancelCandidacy():
                    word = {c.NameCounty: "named", c.DelistCounty: "delisted", c.CancelCandidacy: "candidacy-cancelled"}
                    programme = command.programme.value
                    standings[programme] = (standings[programme][0], word[type(command)])
                case c.IssuePlan():
                    plan = {"items": len(command.items), "submitted": None, "done": set()}
                case c.SubmitPlan() if plan:  # between a correction's two facts there is none
                    plan["submitted"] = command.on
                case c.CompleteMeasure() if plan:
                    plan["done"].add(command.item)
        labs = sorted(lab for lab in labs if self.active(lab, day, known))
        dual = [all(self.valid(lab, scheme, day, known) for scheme in Scheme) for lab in labs]
        return labs, all(dual) if labs else None, standings, plan

    def pairing(self, pairing, day, known):
        """Return whether a pairing is active, how often it was visited, what is unsolved; None before it began."""
        active, visits, problems = None, 0, set()
        for command in self.walk(pairing, day, known):
            match command:
                case c.AssignPairing():
                    active = True
                case c.EndPairing():
                    active = False
                case c.RecordVisit():
                    visits += 1
                case c.IdentifyProblem():
                    problems.add(command.problem)
                case c.ResolveProblem():
                    problems.discard(command.problem)
        return None if active is None else (active, visits, sorted(problems))

    def campaign(self, day, known):
        """Return target, examples, meetings, summaries and open difficulties."""
        examples, meetings, summaries, difficulties = set(), set(), set(), set()
        for command in self.walk(CAMPAIGN, day, known):
            match command:
                case c.SelectExemplar():
                    examples.add(command.county)
                case c.WithdrawExemplar():
                    examples.discard(command.county)
                case c.HoldMeeting():
                    meetings.add((command.city, command.kind, command.month))
                case c.SubmitSummary():
                    summaries.add((command.city, command.milestone))
                case c.ReportDifficulty():
                    difficulties.add(command.item)
                case c.AnswerDifficulty():
                    difficulties.discard(command.item)
        return sorted(examples), meetings, summaries, difficulties

    def closed(self, day, known):
        """Return whether the campaign is closed: nothing is owed any more."""
        return any(isinstance(command, c.CloseCampaign) for command in self.walk(CAMPAIGN, day, known))

    def percent(self, day, known):
        """Return the target of the policy in force; before the first, that of the first; None where there is none."""
        rules = [c.OpenCampaign, c.AmendPolicy]
        policies = [command for command in self.walk(CAMPAIGN, None, known) if type(command) in rules]
        by_then = [command for command in policies if command.on <= day]
        return (by_then or policies[:1])[-1].policy.target.percent if policies else None


class Books(RuleBasedStateMachine):
    """The registry and the model side by side."""

    def __init__(self):
        super().__init__()
        self.clock = Clock()
        self.books = Registry.open(":memory:", policy="shanxi-2023", clock=self.clock)
        self.model = Model()
        self.read = {}
        policy = load_policy("shanxi-2023")
        opening = c.OpenCampaign(campaign=CAMPAIGN, policy=policy, on=policy.from_)
        self.model.facts.append(Fact(2, 1, opening))
        for command in REGISTERED:
            self.enter(command)

    def enter(self, command):
        """Enter *command* in both, unless the books refuse it."""
        try:
            receipt = self.books.execute(command)
        except Refused:
            return
        if receipt.recorded:
            self.model.accept(command, receipt.facts)

    @rule(command=others)
    def about_a_certificate(self, command):
        self.enter(command)

    @rule(command=amendments)
    def about_a_lab(self, command):
        self.enter(command)

    @rule(command=of_counties)
    def about_the_county(self, command):
        self.enter(command)

    @rule(command=of_pairings)
    def about_a_pairing(self, command):
        self.enter(command)

    @rule(command=of_campaigns)
    def about_the_campaign(self, command):
        self.enter(command)

    @rule(command=st.one_of(retractions, corrections))
    def mending(self, command):
        self.enter(command)

    @rule(day=st.sampled_from([day for day in CAMPAIGN_DAYS if day.month > 9]))
    def the_gate_is_applied(self, day):
        try:
            receipts = self.books.apply_gate("standing", on=day)
        except Refused:  # a decision that a later fact contradicts, or no campaign
            return
        for receipt in receipts:
            self.model.accept(receipt.command, receipt.facts)
        assert not self.books.apply_gate("standing", on=day)

    @rule(seconds=st.sampled_from([1, 86_400]))
    def time_passes(self, seconds):
        self.clock.tick(seconds)

    @rule(data=st.data())
    def asked_for_any_day_as_known_at_any_time_both_answer_alike(self, data):
        day = data.draw(st.sampled_from(ASKED))
        known = data.draw(st.integers(2, self.books.catch_up()))
        self.agree(day, known)

    def agree(self, day, known):
        """Assert that books and model give the same answers."""
        view, model = self.books.view(known), self.model
        if model.percent(day, known) is None:  # the opening was taken back
            with pytest.raises(NoCampaign):
                self.books.due(as_of=day, known_at=known)
            return
        for lab in LABS:
            found = view.find_lab(lab)
            assert bool(found and found.active(day)) == model.active(lab, day, known)
            for scheme in Scheme:
                assert bool(found and found.timeline(scheme).valid(day)) == model.valid(lab, scheme, day, known)
        self.agree_on_the_county(day, known)
        for pairing in PAIRINGS:
            read = view.pairing(pairing)
            expected = model.pairing(pairing, day, known)
            if expected is None:
                assert read.since is None or read.since > day
                continue
            (row,) = self.books.status(pairing, as_of=day, known_at=known).rows
            assert (row.ended_on is None, row.visits, sorted(row.open_problems)) == expected
        self.agree_on_the_campaign(day, known)

    def agree_on_the_county(self, day, known):
        (row,) = self.books.status(COUNTY, as_of=day, known_at=known).rows
        labs, passes, standings, plan = self.model.county(day, known)
        assert (list(row.labs), row.passes) == (labs, passes)
        assert {p.programme.value: (p.batch, p.standing.value) for p in row.programmes} == standings
        assert (row.plan is None) == (plan is None)
        if plan:
            done = set(range(1, row.plan.items + 1)) - set(row.plan.open_items)
            assert (row.plan.items, row.plan.submitted_on, done) == (plan["items"], plan["submitted"], plan["done"])

    def agree_on_the_campaign(self, day, known):
        view = self.books.view(known)
        examples, meetings, summaries, difficulties = self.model.campaign(day, known)
        (row,) = self.books.status(CAMPAIGN, as_of=day, known_at=known).rows
        assert view.policy(day).target.percent == self.model.percent(day, known)
        assert list(row.exemplars) == examples
        found = findings(view, day)
        if self.model.closed(day, known):
            assert {f.kind for f in found}.isdisjoint(OWED)
            return
        missing = {
            (f.subject, kind, f.more["month"])
            for f in found
            if f.kind == "cycle-missing"
            for kind in f.more["meetings"]
        }
        owed = {(f.subject, f.more["milestone"]) for f in found if f.kind == "summary-missing"}
        rules = view.policy(day)
        months = [month for month, _ in rules.months if month <= f"{day:%Y-%m}"]
        asked = {(CITY, kind, month) for kind in Meeting for month in months}
        # The summary of the year is owed from the day after that of the half year was due.
        if not rules.from_ <= day <= rules.to:
            return  # of what is owed outside the campaign's days, tests/properties/test_duties_model.py has a model
        begun = [m for m, on in (("mid-year", date(2023, 4, 13)), ("year-end", date(2023, 7, 1))) if on <= day]
        assert {each for each in missing if each[0] == CITY} == asked - meetings
        assert {each for each in owed if each[0] == CITY} == {(CITY, m) for m in begun} - summaries
        assert {f.subject for f in found if f.kind == "difficulty-open"} == difficulties
        _, passes, _, plan = self.model.county(day, known)
        kinds = {f.kind for f in found if f.subject == COUNTY}
        assert ("plan-missing" in kinds) == (passes is False and plan is None)
        led = self.model.pairing(PAIRINGS[1], day, known)
        assert ("uncovered" in kinds) == (passes is False and not (led and led[0]))

    @invariant()
    def every_history_is_readable_and_without_complaint(self):
        view = self.books.view()
        for stream, entries in view.streams.by_id.items():
            if stream != "log-1" and self.read.get(stream) != len(entries):
                assert not aggregate_of(stream).replay(view.entries(stream)).complaints
                assert self.books.history(stream)
                self.read[stream] = len(entries)

    def teardown(self):
        head = self.books.catch_up()
        for day in ASKED[::13]:
            self.agree(day, head)
        self.books.close()


TestBooks = Books.TestCase
TestBooks.settings = (
    settings(max_examples=20_000, stateful_step_count=60)
    if os.environ.get("HYPOTHESIS_PROFILE") == "soak"
    else settings(stateful_step_count=40)
)
