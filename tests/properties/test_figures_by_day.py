"""The calendar of figures gives what looking at every lab gives: on any day, at any position, however it grew."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import get_args

import pytest
from attrs import evolve
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dualcert.projections.calendar import Calendar, Calendars, Counts
from dualcert.projections.ratios import Split, _counted, _key, _on
from histories import history, some_day

few = settings(phases=[Phase.explicit, Phase.generate], max_examples=max(8, settings().max_examples // 3))
seeds = st.integers(0, 2**40)


def differing(seed):
    """Return the questions that a calendar, brought up to date from position to position, answers otherwise."""
    random = Random(seed)
    head = history(seed).view()
    calendars = Calendars()
    found = []
    for position in sorted(random.sample(range(1, head.position + 1), min(6, head.position))):
        view = evolve(head, position=position)
        for day in [some_day(random), some_day(random), *edges(view, random)]:
            for each in view.campaigns(day):
                for by in get_args(Split):
                    lines = calendars.lines(view, each.policy, 9, by, lambda seat, by=by, v=view: _key(v, seat, by))
                    if _on(lines, day) != given_labs(_counted(view, each.policy, day, by)):
                        found.append((position, day, by))
    return found


def given_labs(sums):
    return defaultdict(Counts, {unit: counts for unit, counts in sums.items() if counts.labs})


def edges(view, random):
    """Return days on which the figures of some lab may change, and the days before them."""
    days = {e.on for s in view.streams.of_kind("lab") for e in view.entries(s)}
    days |= {p.valid_until + timedelta(days=1) for _, lab in view.labs() for p in (*lab.cma.periods, *lab.catl.periods)
             if p.valid_until < date.max}  # fmt: skip
    chosen = random.sample(sorted(days), min(3, len(days)))
    return [*chosen, *(day - timedelta(days=1) for day in chosen)]


@few
@given(seed=seeds)
def test_a_calendar_that_grew_gives_what_looking_at_every_lab_gives(seed):
    assert differing(seed) == []


@pytest.mark.parametrize("broken", ["forgets what a lab added before", "is not brought up to date"])
def test_a_broken_calendar_is_caught(broken, monkeypatch):
    if broken == "is not brought up to date":
        update = Calendar.update
        monkeypatch.setattr(Calendar, "update", lambda self, view: self.position or update(self, view))
    else:
        replace = Calendar._replace

        def forgetting(self, lab, steps):
            self._steps.pop(lab, None)
            replace(self, lab, steps)

        monkeypatch.setattr(Calendar, "_replace", forgetting)

    assert any(differing(seed) for seed in range(20))


@few
@given(seed=seeds)
def test_between_two_days_of_a_series_of_changes_no_figure_changes(seed):
    random = Random(seed)
    books = history(seed).books(date(2023, 12, 31))
    first = some_day(random)
    last = first + timedelta(days=120)
    days = [first + timedelta(days=n) for n in range(121)]

    for by in ("province", "city"):
        changes = books.change_days(first, last, by)
        for row in books.ratio(by, series=days).rows:
            for before, point in pairwise(row.points):
                assert point.as_of in changes or (point.labs, point.dual) == (before.labs, before.dual)
