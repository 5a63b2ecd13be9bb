"""The contracts of channels and of commands catch what they promise, and let pass what is right."""

from __future__ import annotations

import sys
from typing import Any

import click
import pytest
from attrs import define, field, frozen

from dualcert.reporting import Document, Secret, delivered, failed
from dualcert.testing.channels import ChannelContract, CommandContract


@frozen
class Config:
    url: str = "http://127.0.0.1:9/"
    token: Secret = field(factory=lambda: Secret("s3cret-word"))


@define
class Hook:
    """A channel that says what it is told."""

    say: Any = lambda envelope: failed("no connection")
    shown: Any = None
    name: str = "hook"
    summary: str = "for a test"
    Config: type[Any] = Config
    to_groups: bool = False

    def deliver(self, envelope):
        return self.say(envelope)

    def preview(self, envelope):
        return self.shown or Document("hook.md", "text/markdown", envelope.message.text.encode())


def contract(channel, config=Config()):
    made = ChannelContract()
    made.channel, made.config = channel, config
    return made


def fails(made):
    """Return the promises that are not kept."""
    found = []
    for name in dir(ChannelContract):
        if name.startswith("test_") and "start_up" not in name:
            try:
                getattr(made, name)()
            except Exception:  # noqa: BLE001  a channel may raise anything
                found.append(name)
    return found


@pytest.mark.parametrize(
    "channel", [Hook(), Hook(to_groups=True), Hook(say=lambda envelope: delivered("250 queued as 7"))]
)
def test_a_sound_channel_passes(channel):
    assert fails(contract(channel)) == []


def loud(envelope):
    sys.stdout.write("sent")
    return delivered()


RECEIPT, NOBODY, HOSTILE = (
    "test_it_returns_what_came_of_it_and_prints_nothing", "test_its_receipt_names_nobody", "test_hostile_names_do_not_break_it",
)  # fmt: skip


@pytest.mark.parametrize(("say", "test"), [
    (lambda envelope: 1 / 0, RECEIPT),
    (lambda envelope: None, RECEIPT),
    (lambda envelope: delivered(7), RECEIPT),
    (loud, RECEIPT),
    (lambda envelope: failed(f"550 {envelope.address} unknown"), NOBODY),
    (lambda envelope: failed(f"550 {envelope.name}"), NOBODY),
    (lambda envelope: failed(f"POST /?token={envelope.config.token.reveal()}"), NOBODY),
    (lambda envelope: delivered(int("<" in envelope.message.text) or "ok"), HOSTILE),
])  # fmt: skip
def test_what_a_channel_says_is_caught(say, test):
    assert test in fails(contract(Hook(say=say)))


def test_what_a_preview_shows_is_caught():
    told = Document("hook.md", "text/markdown", b"POST /?token=s3cret-word")

    assert fails(contract(Hook(shown=told))) == ["test_it_shows_a_message_in_its_own_form"]


def test_a_secret_that_would_be_written_into_the_configuration_is_caught():
    @frozen
    class Open:
        api_key: str = "x"

    made = contract(Hook(Config=Open, say=lambda _: failed("no")), Open())
    assert fails(made) == ["test_it_declares_how_it_is_set_up"]


@click.command("greet", help="Greet.")
def greet():
    pass


@click.command("greet", context_settings={"ignore_unknown_options": True})
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def silent(rest):
    pass


class TestGreet(CommandContract):
    command = greet


def test_a_command_that_says_nothing_and_takes_anything_is_caught():
    made = CommandContract()
    made.command = silent

    for test in (made.test_it_has_a_name_and_a_help, made.test_it_refuses_an_option_that_it_does_not_know):
        with pytest.raises(AssertionError):
            test()
