from __future__ import annotations

from datetime import date

import pytest
from attrs import define, frozen
from post import Line, message

from dualcert.domain.commands import CancelCandidacy, EnrolCounty
from dualcert.errors import BadConfiguration, UnknownChannel, UnknownReporter
from dualcert.reporting import Document, NoConfig
from dualcert.reporting.configuration import Configuration, DispatchConfig
from dualcert.reporting.planning import plan_dispatches
from dualcert.reporting.requests import new_request


def test_a_plan_turns_messages_into_dispatches(post):
    (planned,) = post.plan("a", "b")

    assert (len(planned.new), planned.known, post.states) == (2, 0, ["planned", "planned"])


def test_planning_again_records_nothing(post):
    post.plan("a", "b")
    before = post.facts

    (planned,) = post.plan()

    assert (planned.new, planned.known, post.facts) == ((), 2, before)


def test_a_message_of_a_known_key_is_the_same_message_whatever_it_says(post):
    post.plan("a")
    post.messages[:] = [message("a", text="other words")]

    (planned,) = post.plan()

    assert (planned.new, planned.known) == ((), 1)
    post.send()
    assert [envelope.message.text for envelope in post.line.taken] == ["站"]


def test_of_two_messages_of_one_key_to_one_person_none_is_planned(post):
    """One of the two would be lost without a word, so the reporter is named."""
    post.messages[:] = [message("a", text="first"), message("a", text="second"), message("a", to="person-2")]

    (planned,) = post.plan()

    assert (planned.new, planned.known) == ((), 0)
    assert planned.rendered.trouble.code == "plugin-contract"
    assert "two messages with the key a to person-1" in planned.rendered.trouble.detail


def test_another_recipient_is_another_dispatch(post):
    post.messages[:] = [message("a"), message("a", to="person-2")]

    assert len(post.plan()[0].new) == 2


def test_documents_are_not_sent(post):
    post.messages[:] = [Document("a.txt", "text/plain", b"")]

    assert post.plan()[0].new == ()


def test_a_dry_run_keeps_and_records_nothing(post):
    before = post.facts

    (planned,) = post.plan("a", dry_run=True)

    assert (len(planned.new), post.facts) == (1, before)
    assert post.outbox.get(planned.new[0], "0" * 64) is None


def test_the_fact_says_what_the_message_was_made_from(post):
    head = post.facts
    ((id_,),) = (planned.new for planned in post.plan("a"))

    (row,) = post.registry.history(id_)
    assert (row.data.as_of, row.data.position, row.data.recipient) == (date(2023, 9, 1), head, "person-1")
    assert post.outbox.get(id_, row.data.sha256) == message("a")


def test_unknown_names_are_refused_before_anything_is_made(post):
    before = post.facts
    with pytest.raises(UnknownReporter):
        post.plan("a", names=("writr",))
    request, _ = new_request(post.registry, date(2023, 9, 1))
    with pytest.raises(UnknownChannel):
        plan_dispatches(post.registry, post.outbox, post.plugins, request, "phone", ("writer",))
    assert post.facts == before


def test_a_daily_reporter_is_asked_every_time(post):
    post.plan("a")

    assert [planned.rendered.reporter for planned in post.plan(names=())] == ["writer"]


def test_a_monthly_reporter_is_asked_once_a_month(post):
    post.triggers = ("monthly",)

    assert len(post.plan("a", as_of=date(2023, 8, 31), names=())) == 1
    assert len(post.plan(as_of=date(2023, 8, 31), names=())) == 0
    assert len(post.plan(as_of=date(2023, 9, 1), names=())) == 1


def test_a_reporter_of_facts_is_asked_when_there_are_new_ones(post):
    post.triggers = ("county.candidacy-cancelled",)
    county = "county-140525"
    assert post.plan("a", names=()) == []

    post.registry.execute(
        EnrolCounty(county=county, programme="national", batch=2, standing="candidate", on="2020-01-01")
    )
    assert post.plan(names=()) == []
    post.registry.execute(CancelCandidacy(county=county, programme="national", reason="到期未通过", on="2023-10-08"))

    assert len(post.plan(names=())) == 1
    assert post.plan(names=()) == []


# which channel


def office_with(post, **channels):
    """The plugins of the office with more channels and a configuration."""
    plugins = post.plugins
    plugins.plugins[0].channels.update(channels)
    return plugins


def planned(post, plugins, channel=None, **how):
    request, _ = new_request(post.registry, date(2023, 9, 1))
    return plan_dispatches(post.registry, post.outbox, plugins, request, channel, ["writer"], **how)


def channels_of(post):
    return sorted(state.planned.channel for _, state in post.registry.view().dispatches())


def test_a_reporters_own_channel_goes_before_that_of_all(post):
    post.messages.append(message("a"))
    plugins = office_with(post, other=Line(name="other"))
    plugins.configuration = Configuration(
        dispatch=DispatchConfig(channel="line"), reporter={"writer": {"channel": "other"}}
    )

    planned(post, plugins)
    assert channels_of(post) == ["other"]
    planned(post, plugins, "line")
    assert channels_of(post) == ["line", "other"]


def test_a_reporters_channel_that_is_gone_costs_its_own_messages_only(post):
    post.messages.append(message("a"))
    plugins = office_with(post)
    plugins.configuration = Configuration(reporter={"writer": {"channel": "gone"}})

    (one,) = planned(post, plugins)

    assert (one.new, one.rendered.trouble.code, one.rendered.trouble.refused) == ((), "unknown-channel", True)


def test_the_key_channel_is_the_hosts_unless_the_reporter_has_one(post):
    @frozen
    class Config:
        channel: str = "none"

    configuration = Configuration(reporter={"writer": {"channel": "other"}})

    assert configuration.of_reporter("writer", NoConfig) == NoConfig()
    assert configuration.of_reporter("writer", Config).channel == "other"


def test_without_any_channel_nothing_is_planned(post):
    post.messages.append(message("a"))

    with pytest.raises(BadConfiguration, match="choose a channel"):
        planned(post, office_with(post))


@define
class Chat(Line):
    name: str = "chat"
    to_groups: bool = True


def test_a_channel_for_groups_needs_no_address_and_takes_nobodys_own_messages(post):
    """A group is no person with an invented address; and no person's reminder is read by all."""
    chat = Chat()
    post.messages[:] = [message("a"), message("a", to="group-officers")]
    plugins = office_with(post, chat=chat)

    (one,) = planned(post, plugins, "chat")
    (other,) = planned(post, plugins, "line")
    sent = list(post.sender(plugins=plugins).send())

    assert [(each.unsuited, len(each.new)) for each in (one, other)] == [(1, 1), (1, 1)]
    assert {each.state.value for each in sent} == {"delivered"}
    assert [(each.message.to, each.address, each.name) for each in chat.taken] == [("group-officers", "", None)]
    assert [each.message.to for each in post.line.taken] == ["person-1"]
