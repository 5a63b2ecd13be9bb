"""The duties, their states and the score against a naive model, for any day and as known at any position."""

from __future__ import annotations

from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dualcert.projections.duties import duties
from dualcert.projections.scores import scores
from dualcert.projections.situation import Situation
from histories import history, some_day
from naive import Naive

KEYS = {
    "meeting": lambda more: (more["month"], more["meetings"][0].value),
    "bulletin": lambda more: more["month"],
    "summary": lambda more: more["milestone"],
    "gate": lambda more: more["gate"],
    "measure": lambda more: more["item"],
    "cover": lambda more: more["pairing_kind"].value,
    "problem": lambda more: more["problem"],
    "renewal": lambda more: more["scheme"].value,
    "rectification": lambda more: more["scheme"].value,
    "next-step": lambda more: more["scheme"].value,
}
"""Kind of duty -> by what those of one subject differ."""


def naive_of(view):
    """Return the naive model of what a view knows."""
    streams = [stream for stream in view.streams.by_id if stream != "log-1" and view.entries(stream)]
    from dualcert.projections.histories import history as rows_of

    rows = [row.to_dict() for stream in streams for row in rows_of(view, stream)]
    cities = [each.code for each in view.divisions.within("140000", "city")]
    return Naive(rows, cities, [stream for stream in streams if stream.startswith("county-")])


def told(duty):
    """Return a duty as the model has it."""
    key = KEYS[duty.kind](duty.more) if duty.kind in KEYS else None
    return (duty.kind.value, duty.campaign, duty.subject, key, duty.owed_from, duty.due, duty.state.value)


@settings(phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 2**40))
def test_duties_and_scores_are_those_of_a_naive_model(seed):
    books, random = history(seed), Random(seed)
    head = books.catch_up()
    for _ in range(3):
        day, known = some_day(random), random.randint(2, head)
        view = books.view(known)
        naive = naive_of(view)
        found = {told(duty) for each in Situation.all_open(view, day) for duty in duties(each)}
        expected = naive.duties(day)
        assert found == expected, (day, known, sorted(map(str, found - expected)), sorted(map(str, expected - found)))
        leading = naive.leading(naive.campaigns(day), day)
        assert view.in_force(day).campaign == leading
        if not naive.closed(leading, day):
            rows = {row.division: row for row in scores(view, day).rows}
            for city, parts in naive.scores(leading, day).items():
                row = rows[city]
                assert (row.exact is None) == (parts is None)
                if parts:
                    assert {c.name: (c.part, c.whole) for c in row.components} == parts, (day, known, city)
    books.close()
