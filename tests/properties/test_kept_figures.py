"""Figures that were kept beside a log never change an answer: whatever became of them, or of the log, it is the fold's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import get_args

import msgspec
import pytest
from attrs import evolve
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dualcert import Registry, figures, fold
from dualcert.errors import DualcertError
from dualcert.figures import FiguresKeeper
from dualcert.fold import LogFold
from dualcert.projections.calendar import Calendars, difference
from dualcert.projections.kept_figures import KeptFigures
from dualcert.projections.ratios import Split, ratios
from dualcert.store import figures_file
from dualcert.store.log import create_log
from dualcert.store.url import parse_url
from histories import FIRST, NOW, SECOND, history, some_command, some_day, some_policy

few = settings(phases=[Phase.explicit, Phase.generate], max_examples=max(6, settings().max_examples // 10))
"""500 trials each at length."""
seeds = st.integers(0, 2**40)
LONG_AGO = NOW - timedelta(days=1)


class Place:
    """Where figures are kept in these tests: in memory, as those of every log."""

    content: bytes | None = None

    def read(self, _url):
        return self.content

    def write(self, _url, content):
        self.content = content


@contextmanager
def kept(place: Place) -> Iterator[pytest.MonkeyPatch]:
    """Keep figures in *place*, however short a log is, and however much was recorded since."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold, "SHORT", -1)
        patch.setattr(fold, "MOST", 10_000)
        patch.setattr(figures, "SHARE", 0)
        patch.setattr(figures_file, "read", place.read)
        patch.setattr(figures_file, "write", place.write)
        yield patch


def cold(books):
    """A registry that has read nothing, over the same log."""
    registry = Registry(books._fold.log, clock=books._clock, divisions=books._fold.divisions)
    registry.keeps_figures_from = 1
    return registry


def keep(books, position, day):
    """Keep the figures as known at a position, by the policy of a day."""
    keeper = FiguresKeeper(LogFold(books._fold.log, books._fold.divisions), position)
    view = evolve(books.view(position), kept={Calendars: Calendars(keeper)})
    ratios(view, day)


def said(ask, *arguments, **named):
    """Return what a question answers, or how it is refused."""
    try:
        return ask(*arguments, **named)
    except DualcertError as refusal:
        return refusal.code, refusal.facts()


def asked(books, by, day, series, **known):
    """Return the figures of a day with a series, and the days of another series."""
    return (
        said(lambda: books(day, **known).ratio(by, series=series)),
        said(lambda: books(day, **known).change_days(day, day + timedelta(days=90), by)),
    )


def differing(books, random):
    """Return the questions about figures that a cold registry answers otherwise than the fold does."""
    found, head = [], books.catch_up()
    for by in get_args(Split):
        day, series = some_day(random), sorted(some_day(random) for _ in range(random.choice((0, 2, 5))))
        known = {
            "known_at": random.choice((None, random.randint(1, head), head - random.randint(1, 9), LONG_AGO)),
            "policy": some_policy(random) if random.random() < 0.3 else None,
            "campaign": random.choice((None, None, FIRST, SECOND)),
        }
        if asked(cold(books).glance, by, day, series, **known) != asked(books.books, by, day, series, **known):
            found.append((by, day, series, known))
    return found


def trial(seed):
    """Return the questions that are answered otherwise with figures that were kept at a random position."""
    random = Random(seed)
    books, place = history(seed), Place()
    head = books.catch_up()
    with kept(place):
        keep(books, random.randint(head // 2, head), some_day(random))
        return differing(books, random)


@few
@given(seed=seeds)
def test_what_was_kept_at_any_position_gives_what_the_fold_gives(seed):
    assert trial(seed) == []


@pytest.mark.parametrize("broken", ["overlooks the labs that changed", "forgets what they added", "reads too far"])
def test_a_broken_keeper_is_caught(broken, monkeypatch):
    match broken:
        case "overlooks the labs that changed":
            monkeypatch.setattr(FiguresKeeper, "_labs_between", lambda *_: set())
        case "forgets what they added":
            monkeypatch.setattr(figures, "difference", lambda _, after: difference((), after))
        case _:
            changed = FiguresKeeper._changed
            monkeypatch.setattr(
                FiguresKeeper,
                "_changed",
                lambda self, courses, view, *by: changed(self, courses, self.fold.glance(), *by),
            )

    assert any(trial(seed) for seed in range(20))


@pytest.fixture(scope="module")
def sample():
    """Books, and figures that were kept at the position that is five facts behind their head."""
    books, place = history(7), Place()
    with kept(place):
        keep(books, books.catch_up() - 5, some_day(Random(7)))
    assert place.content
    return books, place.content


def used(books, content):
    """Return whether kept figures are used, and the questions that are answered otherwise than by the fold."""
    place, finds = Place(), []
    place.content = content
    find = FiguresKeeper.find

    def watched(self, *asked):
        finds.append(find(self, *asked))
        return finds[-1]

    with kept(place) as patch:
        patch.setattr(FiguresKeeper, "find", watched)
        patch.setattr(place, "write", lambda *_: None)
        patch.setattr(figures_file, "write", lambda *_: None)
        day = some_day(Random(7))
        alike = cold(books).ratio("city", as_of=day) == books.books(day).ratio("city")
    return any(finds), alike


def test_sound_figures_are_used(sample):
    assert used(*sample) == (True, True)


@few
@given(data=st.data())
def test_figures_of_which_a_byte_was_changed_are_not_used(sample, data):
    books, content = sample
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytes([content[place] ^ data.draw(st.integers(1, 255))])

    assert used(books, content[:place] + changed + content[place + 1 :]) == (False, True)


@few
@given(data=st.data())
def test_figures_that_were_cut_or_written_half_are_not_used(sample, data):
    books, content = sample
    assert used(books, content[: data.draw(st.integers(0, len(content) - 1))]) == (False, True)


@pytest.mark.parametrize("form", [[], {}, {"basis": 1, "parts": []}, "figures"])
def test_figures_of_another_form_are_not_used(sample, form):
    content = msgspec.msgpack.encode(form)

    assert used(sample[0], sha256(content).digest() + content) == (False, True)


@few
@given(other=st.fixed_dictionaries({}, optional={
    "made_by": st.sampled_from(["0.0.9/1", "0.1.0/0", ""]),
    "store": st.text(alphabet="0123456789abcdef", min_size=32, max_size=32),
    "guarded": st.integers(0, 2**31),
    "position": st.integers(-2**31, 2**31),
    "row": st.binary(max_size=40),
}))  # fmt: skip
def test_figures_of_another_program_store_position_or_row_are_not_used(sample, other):
    books, content = sample
    figures_ = KeptFigures.from_bytes(content)
    basis = figures_.basis
    fields = {name: getattr(basis, name) for name in basis.__struct_fields__}
    changed = {**fields, **other}

    assert used(books, evolve(figures_, basis=type(basis)(**changed)).to_bytes()) == (changed == fields, True)


def rewritten(books, cut, random):
    """Return books of the same store that are the same up to *cut*, and then others."""
    fold_ = books._fold
    rows = [row for _, page in fold_.log.rows(fold.Bookmark()) for row in page][:cut]
    log = create_log(parse_url(":memory:"), lambda new: new.fill([rows]))
    other = Registry(log, clock=books._clock, divisions=fold_.divisions)
    asked = 0
    while asked < 40 and other.catch_up() < books.catch_up() + 3:
        asked += 1
        command = said(some_command, random)
        if not isinstance(command, tuple):
            said(other.execute, command)
    return other


@few
@given(seed=seeds)
def test_figures_of_a_log_that_was_cut_and_went_on_otherwise_are_not_used(sample, seed):
    books, content = sample
    random = Random(seed)
    kept_at = KeptFigures.from_bytes(content).basis.position
    other = rewritten(books, random.randint(kept_at - 30, kept_at + 2), random)
    place = Place()
    place.content = content
    with kept(place):
        assert differing(other, random) == []
