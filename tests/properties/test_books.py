"""What must hold for every history."""

from __future__ import annotations

from datetime import date, timedelta
from functools import wraps

import pytest
from attrs import evolve
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dualcert import Registry
from dualcert.domain import commands as c
from dualcert.domain.decider import AGGREGATES, aggregate_of
from dualcert.domain.lab import LAB
from dualcert.domain.names import NAMES
from dualcert.errors import NoCampaign, Refused
from dualcert.policy import Target
from dualcert.projections.campaigns import campaign_status
from dualcert.projections.certificates import dual_days, lab_statuses
from dualcert.projections.counties import county_status
from dualcert.projections.due import findings
from dualcert.projections.labs import lacking
from dualcert.projections.pairings import pairing_statuses
from dualcert.projections.ratios import ratios
from dualcert.projections.streams import Streams, fold, merge
from dualcert.store.codec import codec
from dualcert.testing import Clock
from dualcert.values.terms import Level
from strategies import (
    CAMPAIGN,
    CAMPAIGN_DAYS,
    COUNTY,
    DAYS,
    LABS,
    REGISTERED,
    amendments,
    entries_only,
    everything,
    of_the_campaign,
    others,
)

ASKED = sorted({day + timedelta(days=shift) for day in [*DAYS, *CAMPAIGN_DAYS] for shift in (-1, 0, 1)})[::3]


def enter(commands, clock=None):
    """Return books with every command that was accepted, and those commands."""
    books = Registry.open(":memory:", policy="shanxi-2023", clock=clock or Clock())
    accepted = []
    for command in commands:
        try:
            if books.execute(command).recorded:
                accepted.append(command)
        except Refused:
            continue
    return books, accepted


def or_no_campaign(ask):
    """Have a question be answered by the refusal where the opening of the only campaign was retracted."""

    @wraps(ask)
    def asked(*arguments, **how):
        try:
            return ask(*arguments, **how)
        except NoCampaign as refused:
            return refused.code

    return asked


@or_no_campaign
def answers(view, days=ASKED):
    """Return everything that can be asked of the labs, the county and the figures, for every day."""
    return [
        (
            day,
            list(lab_statuses(view, day)),
            county_status(view, COUNTY, day),
            [row.to_dict() for row in ratios(view, day, "county", explain=True).rows],
            list(pairing_statuses(view, day)),
            unordered(campaign_status(view, CAMPAIGN, day)),
        )
        for day in days
    ]


FOUND = (date(2023, 5, 1), date(2023, 10, 1), date(2024, 1, 1))


@or_no_campaign
def found(view, *, evidence=True):
    """Return the findings of a few days; without evidence, which names facts by the order of their entering."""
    rows = [[finding.to_dict() for finding in findings(view, day)] for day in FOUND]
    return rows if evidence else [[{**row, "evidence": ()} for row in each] for each in rows]


def unordered(status):
    """Return a campaign's status without the order in which things of one day were entered."""
    return {
        name: sorted(value, key=str) if isinstance(value, list) else value for name, value in status.to_dict().items()
    }


def all_entries(books):
    view = books.view()
    return sorted((e for s in view.streams.by_id for e in view.entries(s)), key=lambda e: e.position)


@given(everything)
def test_replay_equals_live(commands):
    books, _ = enter([*REGISTERED, *commands])
    live = books.view()

    before = books.replay().digest
    again = fold(all_entries(books))

    assert books.replay().digest == before
    assert books.view().streams == live.streams == again
    assert {s: live._state(aggregate_of(s), s) for s in again.by_id if s != "log-1"} == {
        s: aggregate_of(s).replay(entries).state for s, entries in again.by_id.items() if s != "log-1"
    }


@given(everything, st.integers(0, 60))
def test_resume_folding_on_from_any_cut_equals_folding_at_once(commands, cut):
    entries = all_entries(enter([*REGISTERED, *commands])[0])
    streams = fold(entries[:cut])

    streams.extend(entries[cut:])

    assert streams == fold(entries)


@given(everything, st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_partition_merging_the_folds_of_any_split_by_stream_equals_folding_the_whole(commands, sides):
    entries = all_entries(enter([*REGISTERED, *commands])[0])
    names = sorted({entry.stream for entry in entries})
    side_of = dict(zip(names, sides, strict=False))
    one, two, three = (fold([e for e in entries if side_of.get(e.stream, 0) == side]) for side in range(3))

    assert merge(merge(one, two), three) == merge(one, merge(two, three)) == fold(entries)
    assert merge(one, two) == merge(two, one)
    assert merge(one, Streams()) == one


def test_a_stream_on_both_sides_of_a_merge_is_an_error():
    streams = fold(all_entries(enter(REGISTERED)[0]))

    with pytest.raises(ValueError, match="both sides"):
        merge(streams, streams)


@given(everything, st.lists(st.integers(0, 1), min_size=6, max_size=6))
@example([c.RetractFact(stream=CAMPAIGN, version=1, reason="r", on=CAMPAIGN_DAYS[0])], [0] * 6)
def test_question_answers_of_merged_parts_are_those_of_the_whole(commands, sides):
    books, _ = enter([*REGISTERED, *commands])
    entries = all_entries(books)
    side_of = dict(zip(sorted({e.stream for e in entries}), sides, strict=False))
    parts = [fold([e for e in entries if side_of.get(e.stream, 0) == side]) for side in (0, 1)]

    merged = evolve(books.view(), streams=merge(*parts), states={})

    assert answers(merged, DAYS) == answers(books.view(), DAYS)
    assert found(merged) == found(books.view())


def _touches(command):
    """Return which field of which thing a command amends on which day."""
    if isinstance(command, c.AmendLab):
        return [(command.lab, f, command.on) for f in ("name", "counted") if getattr(command, f) is not None]
    if isinstance(command, c.AmendCertificate):
        return [(command.lab, command.scheme, command.on)]
    if isinstance(command, c.IssuePlan | c.AmendPolicy):
        return [(command.stream, command.on)]
    return []


@given(
    st.lists(st.one_of(amendments, others, of_the_campaign), min_size=3, max_size=14), st.randoms(use_true_random=False)
)
def test_any_two_accepted_orders_of_entering_the_same_facts_give_the_same_answers(commands, random):
    """No retractions, and no two amendments of one field on one day."""
    books, accepted = enter([*REGISTERED, *commands])
    touched = [touch for command in accepted for touch in _touches(command)]
    assume(len(touched) == len(set(touched)))
    shuffled = accepted[2:]
    random.shuffle(shuffled)

    other, entered = enter([*REGISTERED, *shuffled])
    assume(len(entered) == len(accepted))

    assert answers(other.view()) == answers(books.view())
    assert found(other.view(), evidence=False) == found(books.view(), evidence=False)


@given(everything, st.data())
def test_known_at_equals_what_was_answered_then(commands, data):
    clock = Clock()
    books = Registry.open(":memory:", policy="shanxi-2023", clock=clock)
    then = []
    for command in [*REGISTERED, *commands]:
        clock.tick(data.draw(st.sampled_from([0, 1, 86_400])))
        try:
            books.execute(command)
        except Refused:
            continue
        then.append((books.catch_up(), clock.now, answers(books.view(), DAYS[::4])))

    for position, _, answered in then:
        assert answers(books.view(position), DAYS[::4]) == answered
    last_at = {instant: answered for _, instant, answered in then}
    for instant, answered in last_at.items():
        assert answers(books.view(instant), DAYS[::4]) == answered


@given(everything)
def test_no_accepted_command_leaves_a_complaint_behind(commands):
    """What the deciders let in reads without complaint, for every stream."""
    books, _ = enter([*REGISTERED, *commands])
    view = books.view()

    for stream in view.streams.by_id:
        if stream != "log-1":
            assert not aggregate_of(stream).replay(view.entries(stream)).complaints


TARGETS = [
    Target(percent=85, basis=(Level.COUNTY,), suspended_counts=suspended, pending_renewal_counts=pending)
    for suspended in (False, True)
    for pending in (False, True)
]
"""Every setting of the switches by which a certificate counts."""


@given(entries_only)
def test_reading_is_total_whatever_order_facts_stand_in(commands):
    """A history that no decider would let in is read without an error, too."""
    entries = all_entries(enter([*REGISTERED, *commands])[0])
    lab = [e for e in entries if e.stream == LABS[0]]

    for start in range(len(lab)):
        replayed = LAB.replay(lab[start:])
        for day in DAYS:
            for target in TARGETS:
                assert (day in dual_days(replayed.state, target)) == (not lacking(replayed.state, day, target))
            replayed.state.cma.state(day)
            replayed.state.cma.application(day)


@given(everything)
def test_what_is_entered_again_is_unchanged_or_refused_and_never_recorded_twice(commands):
    books, accepted = enter([*REGISTERED, *commands])
    assume(not any(isinstance(command, c.StreamCommand) for command in accepted))
    head = books.catch_up()

    for command in accepted:
        assert books.execute(command).unchanged

    assert books.catch_up() == head


@given(everything)
def test_codec_round_trip(commands):
    for entry in all_entries(enter([*REGISTERED, *commands])[0]):
        topic, state = codec().encode(entry)

        assert codec().decode(entry.stream, entry.version, topic, state, entry.position) == entry


def test_every_kind_of_fact_has_an_aggregate_that_ranks_it():
    """A stored fact without a place in the order could not be read."""
    ranked = {fact for aggregate in AGGREGATES.values() for fact in aggregate.rank}
    stored = {name.fact for key, name in NAMES.items() if not key.startswith(("log.", "fact."))}

    assert ranked == stored
