"""The three laws of every answer: as-of, evidence, sum; over random histories, with every question, export and reporter.

Each is shown to catch a build in which it is broken on purpose.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random

from attrs import evolve
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dualcert.domain.entry import FactRetracted
from dualcert.domain.pairing import Pairing
from dualcert.errors import UnknownGate
from dualcert.projections.books import Books
from dualcert.projections.due import findings
from dualcert.projections.situation import Situation
from dualcert.projections.streams import Streams
from dualcert.projections.view import View
from dualcert.reporting.configuration import Configuration
from dualcert.reporting.plugins import load_plugins
from dualcert.reporting.rendering import render
from dualcert.reporting.requests import request_of
from dualcert.roster.kinds import KINDS
from histories import history, some_day

MOST = settings().max_examples
"""6 in `make test`, 5,000 in `make soak`; an example of a law asks every question."""
few = settings(phases=[Phase.explicit, Phase.generate], max_examples=max(4, MOST // 3))
fewer = settings(few, max_examples=max(2, MOST // 6))
seeds = st.integers(0, 2**40)


def without(view, dropped):
    """Return a view of the same facts but for those that are *dropped*, with their positions and versions."""
    streams = Streams()
    for stream in view.streams.by_id:
        kept = [entry for entry in view.entries(stream) if not dropped(entry)]
        if kept:
            streams.by_id[stream] = kept
            streams._kinds.setdefault(stream.partition("-")[0], []).append(stream)
    streams.position = view.position
    return View(streams, view.divisions, view.position, view.known_at, assumed=view.assumed, asked=view.asked)


# --- the as-of law


def answers(view, day):
    """Return everything that can be asked about a day, as JSON."""
    books = Books(view, day)
    yield "due", [each.to_dict() for each in books.due().rows]
    yield "agenda", [each.to_dict() for each in books.agenda().rows]
    for by in ("province", "city", "county", "level"):
        yield f"ratio {by}", books.ratio(by, explain=True, series=[day - timedelta(days=40)]).to_dict()
    for of in ("city", "county"):
        yield f"score {of}", books.score(of).to_dict()
    for kind in ("lab", "county", "pairing", "campaign"):
        yield f"status {kind}", books.status(kind=kind).to_dict()
    for gate in sorted({gate.name for each in Situation.all_open(view, day) for gate in each.policy.gate}):
        yield f"risk {gate}", books.risk(gate).to_dict()
    for kind in KINDS.values():
        yield f"export {kind.name}", list(kind.rows(view, day))


def risk(books, gate):
    """Return the answer; that no campaign with this gate is open any more is one, too."""
    try:
        return books.risk(gate).to_dict()
    except UnknownGate as refused:
        return refused.facts()


def differing(view, day):
    """Return the questions whose answer about *day* changes without the facts of later days; retractions stay."""
    then = without(view, lambda entry: entry.on > day and type(entry.fact) is not FactRetracted)
    return [
        name for (name, now), (_, before) in zip(answers(view, day), answers(then, day), strict=True) if now != before
    ]


def asked_of(seed):
    """Return a view and a day on which a campaign was opened already."""
    books, random = history(seed), Random(seed)
    day, known = some_day(random), random.randint(2, books.catch_up())
    view = books.view(known)
    opened = [each.state.opened_on for each in view.campaigns(date.max)]
    return view, max(day, *opened) if opened else day


@few
@given(seed=seeds)
def test_no_fact_of_a_later_day_changes_an_answer(seed):
    view, day = asked_of(seed)

    assert differing(view, day) == []


@fewer
@given(seed=seeds)
def test_no_fact_of_a_later_day_changes_a_document(seed):
    view, day = asked_of(seed)
    then = without(view, lambda entry: entry.on > day and type(entry.fact) is not FactRetracted)

    assert artifacts(view, day) == artifacts(then, day)


@cache
def installed():
    return load_plugins(Configuration())


def artifacts(view, day):
    """Return what every installed reporter makes of the books; the basis names the same position in both."""
    plugins, books = installed(), Books(view, day)
    request = request_of(books, {}, subject=None, language="zh")
    made = {name: render(plugins, name, request, books) for name in plugins.reporters}
    assert not [each.trouble for each in made.values() if each.trouble]
    assert any(each.artifacts for each in made.values())
    return {name: each.artifacts for name, each in made.items()}


def test_the_as_of_law_catches_a_build_that_reads_ahead(monkeypatch):
    """Broken on purpose: a pairing is active before it is assigned, a plan is in force before it is issued."""
    monkeypatch.setattr(Pairing, "active", lambda self, day: self.since is not None and self.ended_on is None)

    assert any(differing(*asked_of(seed)) for seed in range(40))


# --- the evidence law


def reproduced(view, finding, day):
    """Return whether a view of the evidence and the policies alone has the same finding.

    Of a lab or a county that the evidence names, it is known that it exists: its first fact stands beside the evidence.
    """
    named = set(finding.evidence)
    streams = {id_.partition("@")[0] for id_ in named}
    campaigns = {stream for stream in view.streams.by_id if stream.startswith(("campaign-", "log-"))}
    absent = finding.kind in ABSENT
    alone = without(view, lambda entry: not (
        entry.id in named
        or (entry.stream in campaigns and (absent or type(entry.fact).__name__ in POLICY))
        or (entry.stream in streams and type(entry.fact).__name__ in EXISTS)
    ))  # fmt: skip
    same = [each for each in findings(alone, day) if (each.kind, each.subject) == (finding.kind, finding.subject)]
    return any(
        (each.due, each.severity, each.owed_from) == (finding.due, finding.severity, finding.owed_from) for each in same
    )


POLICY = {"CampaignOpened", "PolicyAmended", "CampaignClosed", "FactRetracted"}
EXISTS = {"LabRegistered", "LabAmended", "LabClosed", "FactRetracted"}
ABSENT = {
    "cycle-missing",
    "summary-missing",
    "exemplars-missing",
    "bulletin-missing",
    "exemplar-unfit",
    "highlight-missing",
}
"""Findings of something that is not in the campaign: what is in it has to be looked at whole."""


@few
@given(seed=seeds)
def test_evidence_names_facts_that_stand_and_they_suffice(seed):
    view, day = asked_of(seed)
    for finding in findings(view, day):
        for id_ in finding.evidence:
            stream, _, version = id_.partition("@")
            entry = view.entries(stream)[int(version) - 1]
            gone = {e.fact.version for e in view.entries(stream) if type(e.fact) is FactRetracted}
            assert entry.version not in gone, (finding.kind, id_)
            assert type(entry.fact) is not FactRetracted
        if finding.evidence:
            assert reproduced(view, finding, day), (day, view.position, finding)


def test_the_evidence_law_catches_evidence_that_does_not_suffice():
    """Broken on purpose: a finding names only one of its facts."""

    def caught(seed):
        view, day = asked_of(seed)
        several = (each for each in findings(view, day) if len(each.evidence) > 2)
        return any(
            not reproduced(view, evolve(finding, evidence=finding.evidence[:1]), day)
            for finding in several
            if finding.kind in {"plan-missing", "unvisited"}
        )

    assert any(map(caught, range(15)))


# --- the sum law


def sums(books):
    """Return what does not add up: figures of rows and of the total, and points of a series."""
    day = books.as_of
    days = sorted({day - timedelta(days=n) for n in (0, 3, 40, 150)})
    for by in ("province", "city", "county", "level"):
        answer = books.ratio(by, series=days)
        for name in ("labs", "cma", "catl", "dual"):
            if sum(getattr(row, name) for row in answer.rows) != getattr(answer.total, name):
                yield by, name
        for nth, point in enumerate(answer.points):
            alone = alone_on(books, by, point.as_of)
            if (point.labs, point.dual, point.percent) != (alone.labs, alone.dual, alone.percent):
                yield by, point
            for name in ("labs", "dual"):
                if sum(getattr(row.points[nth], name) for row in answer.rows) != getattr(point, name):
                    yield by, name, point


def alone_on(books, by, day):
    """Return the total of a day, asked about alone."""
    return books.ratio(by, as_of=day).total


@few
@given(seed=seeds)
def test_rows_add_up_to_the_total_on_every_day_of_a_series(seed):
    view, day = asked_of(seed)

    assert list(sums(Books(view, day))) == []


def test_the_sum_law_catches_a_series_by_the_policy_of_one_day(monkeypatch):
    """Broken on purpose: every point by the policy of the day that is asked about (A13)."""
    policy_of = View.policy

    def caught(seed):
        view, asked = asked_of(seed)
        with monkeypatch.context() as broken:
            broken.setattr(View, "policy", lambda view, day: policy_of(view, asked))
            return any(True for _ in sums(Books(view, asked)))

    assert any(map(caught, range(60)))


def test_what_the_laws_are_tried_on_has_findings_of_every_kind():
    """The histories are worth something: every kind of finding of the duties comes up in them."""
    missing = {
        "gate",
        "plan-missing",
        "plan-late",
        "cycle-missing",
        "uncovered",
        "unvisited",
        "expiring",
        "expired",
    }
    for seed in range(25):
        missing -= {finding.kind for finding in findings(*asked_of(seed))} if missing else set()
    assert not missing
