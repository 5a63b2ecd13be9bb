"""All aggregates have one shape, and each fact and command is listed once, whole."""

from __future__ import annotations

import attrs
import pytest

import dualcert
from dualcert.domain import commands as c
from dualcert.domain.commands import dispatch
from dualcert.domain.decider import AGGREGATES, aggregate_of
from dualcert.domain.entry import FactRetracted, LogOpened
from dualcert.domain.names import NAMES

FACTS = {name.fact for name in NAMES.values()} - {LogOpened, FactRetracted}
OWN = [each for each in (*c.COMMANDS, *dispatch.COMMANDS) if not issubclass(each, c.StreamCommand)]


@pytest.mark.parametrize("aggregate", AGGREGATES.values(), ids=AGGREGATES)
def test_every_fact_of_an_aggregate_has_an_effect_and_a_rank(aggregate):
    assert aggregate.effects.keys() == aggregate.rank.keys()
    assert aggregate.rules.keys() <= aggregate.effects.keys()
    assert {name for name, each in NAMES.items() if each.fact in aggregate.effects} == {
        name for name in NAMES if name.startswith(f"{aggregate.kind}.")
    }


def test_every_stored_fact_is_of_one_aggregate():
    of = [fact for aggregate in AGGREGATES.values() for fact in aggregate.effects]

    assert len(of) == len(set(of)) == len(FACTS)
    assert set(of) == FACTS


@pytest.mark.parametrize("command", OWN, ids=c.command_name)
def test_a_command_has_the_fields_of_its_fact_and_its_aggregate_an_effect(command):
    assert {a.name for a in attrs.fields(command.fact)} <= {a.name for a in attrs.fields(command)}
    assert command.fact in aggregate_of(f"{command.subject}-1").effects


def test_every_fact_but_a_retraction_has_one_command():
    assert sorted(each.fact.__name__ for each in OWN) == sorted(fact.__name__ for fact in FACTS)


@pytest.mark.parametrize("command", c.COMMANDS, ids=c.command_name)
def test_every_field_that_users_write_says_what_it_is(command):
    for name, field in c.field_names(command).items():
        assert field.metadata["help"].endswith((".", "]", "}", "…")), name


def test_every_command_is_a_name_of_the_package():
    assert set(dir(dualcert)) >= {command.__name__ for command in c.COMMANDS}
    assert dualcert.GrantCertificate is c.GrantCertificate
    with pytest.raises(AttributeError, match="PlanDispatch"):
        dualcert.PlanDispatch  # noqa: B018  the host issues it, users do not
