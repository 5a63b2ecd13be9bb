"""Books that read streams by name answer, refuse and record as those of the whole log; and read nothing else."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dualcert import Registry, fold
from dualcert.errors import DualcertError, StoreUnusable
from dualcert.store.log import EventLog
from dualcert.testing import Clock
from dualcert.testing.books import _commands
from histories import COUNTIES, FIRST, LABS, NOW, SECOND, history, some_command, some_day
from tampering import unguarded

few = settings(phases=[Phase.explicit, Phase.generate], max_examples=max(6, settings().max_examples // 3))
seeds = st.integers(0, 2**40)
STREAMS = (*LABS, *COUNTIES, FIRST, SECOND, "pairing-city-county-person-1-county-140522-1", "lab-140522-9", "log-1")


@pytest.fixture(autouse=True, scope="module")
def named():
    """Let every log be read by name, however short it is and however much is asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold, "SHORT", -1)
        patch.setattr(fold, "MOST", 10_000)
        yield


@pytest.fixture
def never_whole(monkeypatch):
    """Refuse to read the log from its beginning."""

    def read(*_):
        raise AssertionError("the whole log was read")

    monkeypatch.setattr(EventLog, "rows", read)


def beside(books):
    """A registry that has read nothing, over the same log."""
    return Registry(books._fold.log, clock=books._clock)


def said(ask):
    """What a question answers, or how it is refused."""
    try:
        return ask()
    except DualcertError as refusal:
        return refusal.code, refusal.facts()


def told(receipts):
    return [
        ([(fact.id, fact.position, fact.on) for fact in receipt.facts], receipt.recorded,
         [remark.code for remark in receipt.remarks], receipt.refusal and str(receipt.refusal))
        for receipt in receipts
    ]  # fmt: skip


def sound_command(random):
    """A random command whose fields are sound."""
    while True:
        with suppress(DualcertError):
            return some_command(random)


def differing(seed):
    """The questions about named streams, and the commands, of which a glance at the log makes something else."""
    random, whole = Random(seed), history(seed)
    found = []
    head = whole.catch_up()
    for stream in STREAMS:
        day, known_at = (
            some_day(random),
            random.choice((None, random.randint(0, head), head + 1, NOW, NOW - timedelta(1))),
        )
        glance = beside(whole)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(EventLog, "rows", None)
            answers = [
                said(lambda g=glance, s=stream, d=day, k=known_at: g.status(s, as_of=d, known_at=k)),
                said(lambda g=glance, s=stream, k=known_at: g.history(s, known_at=k)),
            ]
        if answers != [
            said(lambda s=stream, d=day, k=known_at: whole.status(s, as_of=d, known_at=k)),
            said(lambda s=stream, k=known_at: whole.history(s, known_at=k)),
        ]:
            found.append((stream, day, known_at))
    for _ in range(15):
        command = sound_command(random)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(EventLog, "rows", None)
            glanced = told(beside(whole).execute_many([command], accept_valid=True, dry_run=True))
        if glanced != told(whole.execute_many([command], accept_valid=True, dry_run=True)):
            found.append(command)
    return found


@few
@given(seed=seeds)
def test_a_glance_answers_and_decides_as_the_whole_log_does(seed):
    assert differing(seed) == []


@pytest.mark.parametrize("broken", ["reads beyond the position", "overlooks campaigns"])
def test_a_broken_glance_is_caught(broken, monkeypatch):
    if broken == "overlooks campaigns":
        monkeypatch.setattr(EventLog, "streams", lambda *_: [])
    else:
        monkeypatch.setattr(
            fold.NamedStreams, "count", lambda self, stream, _: len(self._holding(stream).by_id.get(stream, ()))
        )
        monkeypatch.setattr(
            fold.NamedStreams, "known", lambda self, stream, _: self._holding(stream).by_id.get(stream, ())
        )

    assert any(differing(seed) for seed in range(12))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store in a file, whose facts were recorded a minute apart."""
    path, clock = tmp_path_factory.mktemp("named") / "books.db", Clock()
    with Registry.create(path, policy="shanxi-2023", clock=clock) as registry:
        for command in _commands(str):
            clock.tick(60)
            registry.execute(command)
    return path


@pytest.fixture
def place(made, tmp_path):
    return shutil.copy(made, tmp_path / "books.db")


def test_what_is_recorded_at_a_glance_has_its_position_and_is_there(place, never_whole):
    with Registry.open(place) as one, Registry.open(place) as other:
        random, positions = Random(1), []
        for _ in range(60):
            command = sound_command(random)
            receipts = (one if len(positions) % 2 else other).execute_many([command], accept_valid=True)
            positions += [fact.position for receipt in receipts if receipt.recorded for fact in receipt.facts]
            for receipt in receipts:
                for fact in receipt.facts:
                    row = one.history(fact.stream)[fact.version - 1]
                    assert (row.position, row.data) == (fact.position, fact.fact)

    assert len(positions) > 10
    assert positions == list(range(positions[0], positions[0] + len(positions)))


def test_an_instant_is_found_among_the_facts(place, never_whole):
    with Registry.open(place) as registry:
        instant = Clock().now + timedelta(minutes=5)
        for moment in (instant, instant + timedelta(seconds=59)):
            assert registry.glance(known_at=moment).position == 2 + 5
        assert registry.glance(known_at="2020-01-01").position == 0


def test_a_question_about_more_reads_the_whole_log_once(place, monkeypatch):
    with Registry.open(place) as registry:
        glance = registry.glance("2023-09-30")
        assert glance.ratio("city") == registry.ratio("city", as_of="2023-09-30")
        assert glance.status().rows == registry.status(as_of="2023-09-30").rows
        monkeypatch.setattr(EventLog, "stream", None)
        assert registry.history("lab-140525-1")[0].version == 1


def test_whoever_asks_for_many_streams_reads_the_whole_log(place, monkeypatch):
    monkeypatch.setattr(fold, "MOST", 3)
    with Registry.open(place) as registry:
        table = registry.status(
            *(f"lab-{code}-1" for code in ("140521", "140522", "140524", "140525")), as_of="2023-09-30"
        )
        assert len(table) == 4
        assert registry._fold.position == registry.facts()


def test_a_short_log_is_read_whole(place, monkeypatch):
    monkeypatch.setattr(fold, "SHORT", 5_000)
    monkeypatch.setattr(EventLog, "stream", None)
    with Registry.open(place) as registry:
        assert registry.history("lab-140525-1")


def test_a_damaged_row_of_a_named_stream_is_told_with_the_store(place):
    with unguarded(place) as connection:
        connection.execute("UPDATE stored_events SET state = x'00' WHERE originator_id = 'lab-140525-1'")
    with Registry.open(place) as registry, pytest.raises(StoreUnusable, match=r"books\.db"):
        registry.status("lab-140525-1")


def test_where_a_row_is_missing_the_log_is_read_whole_as_ever(place):
    with unguarded(place) as connection:
        connection.execute("DELETE FROM stored_events WHERE originator_id = 'county-140521'")
    with Registry.open(place) as registry:
        row = registry.history("lab-140525-1")[0]
        assert row.position == registry.view().entries("lab-140525-1")[0].position
        assert registry._fold.position == registry.catch_up()
