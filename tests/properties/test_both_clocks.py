"""The steps of both clocks sum to what `ratio` answers, for every day as known at the end of every day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from attrs import define
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dualcert.domain.commands import RegisterLab, RetractFact
from dualcert.errors import NoCampaign
from dualcert.projections import both_clocks
from dualcert.testing import Clock
from histories import NOW, history, some_day

few = settings(phases=[Phase.explicit, Phase.generate], max_examples=max(8, settings().max_examples // 3))
FIRST, LAST = date(2022, 11, 20), date(2024, 3, 20)


def rule_on(steps, day, known):
    """Return the rule of a day as known at the end of another: the last of the newest set of rules."""
    newest = max((rule.known_on for rule in steps.rules if rule.known_on <= known), default=None)
    return max((rule for rule in steps.rules if rule.known_on == newest and rule.on <= day),
               key=lambda rule: rule.on, default=None)  # fmt: skip


def summed(books, steps, day, known):
    """Return target and figures by city, as a page sums them; None before a campaign is known."""
    rule = rule_on(steps, day, known)
    if rule is None:
        return None
    sums = {}
    for step in steps.rows:
        if step.rules == rule.rules and step.on <= day and step.known_on <= known:
            unit = sums.setdefault(books.city_of(step.division), Counter())
            unit.update(labs=step.labs, cma=step.cma, catl=step.catl, dual=step.dual)
    return rule.target_percent, {unit: dict(counts) for unit, counts in sums.items() if counts["labs"]}


def answered(registry, day, known):
    """Return the same as `ratio` answers it."""
    try:
        ratios = registry.books(day, known).ratio("city")
    except NoCampaign:
        return None
    rows = {r.division: {"labs": r.labs, "cma": r.cma, "catl": r.catl, "dual": r.dual} for r in ratios.rows if r.labs}
    return ratios.target_percent, rows


@define
class Ticking(Clock):
    """A clock that moves on by hours whenever it is read."""

    def __call__(self):
        self.now += timedelta(hours=5)
        return self.now


def differing(seed):
    random, registry = Random(seed), history(seed, clock=Ticking(NOW))
    last = random.choice((LAST, LAST, max(some_day(random), FIRST)))
    books = registry.books(last)
    steps = books.figure_steps(FIRST, last)
    days = sorted({step.known_on for step in steps.rows} or {FIRST})
    pairs = [
        (min(some_day(random), last), random.choice(days) + timedelta(days=random.choice((-1, 0, 1))))
        for _ in range(12)
    ]
    return [pair for pair in pairs if summed(books, steps, *pair) != answered(registry, *pair)]


@few
@given(seed=st.integers(0, 2**40))
def test_the_steps_sum_to_what_ratio_answers(seed):
    assert differing(seed) == []


@pytest.mark.parametrize("last", [date(2023, 5, 31), LAST])
def test_a_lab_whose_registration_was_retracted_adds_nothing(books, last):
    wrong = RegisterLab(lab="lab-140525-1", name="误录站", level="county", division="140525", on="2019-01-01")
    (fact,) = books.execute(wrong).facts
    books.execute(RetractFact(stream=fact.stream, version=fact.version, reason="误录", on="2023-06-01"))

    steps = books.books(last).figure_steps(FIRST, last).rows

    assert not any(step.labs for step in steps)


@pytest.mark.parametrize("broken", ["_days_of", "_recorded"])
def test_steps_that_are_wrong_are_caught(broken, monkeypatch):
    real = getattr(both_clocks, broken)
    monkeypatch.setattr(both_clocks, broken, lambda *asked: real(*asked)[-1:])

    assert any(differing(seed) for seed in range(20))
