"""A history that grows command by command equals what replaying all of its entries gives, in whatever order they come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dualcert.domain.commands import DesignateLab, EnrolCounty, ReleaseLab, RetractFact, SubmitPlan
from dualcert.domain.decider import decide, history_of
from dualcert.errors import Refused

COUNTY = "county-140525"
NOW = datetime(2024, 1, 15, 4, tzinfo=UTC)

days = st.integers(0, 6).map(lambda n: date(2023, 5, 1) + timedelta(days=n))
labs = st.integers(1, 3).map("lab-140525-{}".format)
commands = st.one_of(
    st.builds(DesignateLab, county=st.just(COUNTY), lab=labs, on=days),
    st.builds(ReleaseLab, county=st.just(COUNTY), lab=labs, on=days),
    st.builds(
        EnrolCounty, county=st.just(COUNTY), programme=st.just("provincial"), batch=st.integers(1, 2),
        standing=st.sampled_from(["candidate", "named"]), on=days,
    ),
    st.builds(SubmitPlan, county=st.just(COUNTY), on=days),
    st.builds(RetractFact, stream=st.just(COUNTY), version=st.integers(1, 6), reason=st.just("误录"), on=days),
)  # fmt: skip


@given(st.lists(commands, max_size=12))
def test_a_history_that_grew_equals_one_that_was_replayed(commands):
    history = history_of(COUNTY)
    for command in commands:
        anew = history_of(COUNTY, history.entries)
        outcomes = []
        for each in (history, anew):
            try:
                decision = decide(each, command, NOW)
                outcomes.append((decision.facts, decision.new, decision.replayed))
            except Refused as refusal:
                decision = None
                outcomes.append((type(refusal), str(refusal)))
        assert outcomes[0] == outcomes[1]
        if decision and decision.new:
            history.extend(decision.facts, decision.replayed, decision.outside)
            assert history.replayed == history.aggregate.replay(history.entries)
