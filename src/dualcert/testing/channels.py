"""The contracts of a channel and of a command as tests: subclass and name what is tested.

    class TestMine(ChannelContract):
        channel = Mine()
        config = Config(url="http://127.0.0.1:9/", key=Secret("s3cret"))

A channel is tested with a configuration that leads nowhere, or to a server of the test's own: each test delivers.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import attrs

from dualcert.reporting.artifacts import Document, Message
from dualcert.reporting.channels import GROUP, Channel, DeliveryReceipt, Envelope
from dualcert.reporting.plugins import wrong_about
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.secrets import Secret
from dualcert.reporting.sending import receipt_of
from dualcert.reporting.texts import Discretion, one_line
from dualcert.reporting.timelimit import limited
from dualcert.testing.hostile import PAYLOADS
from dualcert.testing.reporters import foreign_imports
from dualcert.values.people import Person

SECONDS = 60.0
"""The longest that a delivery may take in a test; a lease is five times as long."""
SECRET_NAMES = ("password", "token", "secret", "key")
"""What fields are called that hold secrets."""


class ChannelContract:
    """The contract of every channel; name the channel and a configuration."""

    channel: ClassVar[Channel]
    config: ClassVar[Any]

    def envelope(self, name: str = "张三", text: str = "请予关注") -> Envelope:
        """Return a message to a person, or to a group where the channel is for groups."""
        groups = bool(getattr(self.channel, "to_groups", False))
        return Envelope(
            dispatch=f"dispatch-{'0' * 32}",
            message=Message(key="2023-W44", to=f"{GROUP}officers" if groups else "person-1", subject="提醒", text=text),
            address="" if groups else "zhang@example.org",
            name=None if groups else name,
            sent_at=datetime(2023, 10, 30, 1, tzinfo=UTC),
            config=self.config,
        )

    def delivered(self, envelope: Envelope) -> DeliveryReceipt:
        """Deliver, and return the receipt as the host judges it."""
        receipt, trouble = receipt_of(limited(lambda: self.channel.deliver(envelope), SECONDS))
        assert trouble is None, trouble and trouble.detail
        return receipt

    def test_it_fulfils_the_contract(self) -> None:
        """A name, a summary of one line, a Config, and deliver."""
        assert wrong_about(self.channel, Channel) is None

    def test_it_declares_how_it_is_set_up(self) -> None:
        """Its Config is a frozen attrs class, and what is called like a secret is one, so that it is named and never written."""
        config = self.channel.Config
        assert attrs.has(config)
        assert config.__setattr__ is not object.__setattr__, "Config is to be @attrs.frozen"
        for field in attrs.fields(config):
            if any(part in field.name.lower().split("_") for part in SECRET_NAMES):
                assert "Secret" in str(field.type), f"{field.name} is to be a Secret"

    def test_it_returns_what_came_of_it_and_prints_nothing(self) -> None:
        """It raises nothing, also where the other side is not there: the outcome is known to the channel alone."""
        printed = Printed()
        with quietly(printed):
            self.delivered(self.envelope())
        assert printed.beginning == ""

    def test_its_receipt_names_nobody(self) -> None:
        """The detail is recorded for ever: no address, no name, no secret in it."""
        envelope = self.envelope()
        detail = self.delivered(envelope).detail
        discretion = Discretion.about([Person("person-1", envelope.name, None, envelope.address or None)])

        assert discretion(detail) == one_line(detail)
        for value in attrs.asdict(self.config, recurse=False).values():
            assert not isinstance(value, Secret) or value.reveal() not in detail

    def test_hostile_names_do_not_break_it(self) -> None:
        """Names and notes may be hostile, and are text on every way."""
        for payload in PAYLOADS:
            self.delivered(self.envelope(name=payload, text=payload))

    def test_it_shows_a_message_in_its_own_form(self) -> None:
        """What `preview` returns, where there is one, is a document without a secret."""
        preview = getattr(self.channel, "preview", None)
        if preview is None:
            return
        shown = preview(self.envelope())
        assert type(shown) is Document
        for value in attrs.asdict(self.config, recurse=False).values():
            assert not isinstance(value, Secret) or value.reveal().encode() not in shown.content

    def test_its_module_costs_nothing_at_start_up(self) -> None:
        """What `dualcert plugins list` imports is the module and dualcert, no library for networks."""
        foreign = foreign_imports(type(self.channel).__module__)
        assert not foreign, f"import {', '.join(sorted(foreign))} inside deliver, where it is needed"


class CommandContract:
    """The contract of every command of a plugin; name the command, and arguments that it refuses."""

    command: ClassVar[Any]

    def test_it_has_a_name_and_a_help(self) -> None:
        """Both are listed by `dualcert plugins run`."""
        assert isinstance(self.command.name, str)
        assert self.command.get_short_help_str(), "say what it does"

    def test_it_shows_its_help(self) -> None:
        """`--help` ends well, and does nothing else."""
        printed = Printed()
        with quietly(printed):
            status = self.command.main(args=["--help"], prog_name=self.command.name, standalone_mode=False)
        assert status in {None, 0}
        assert self.command.name in printed.beginning

    def test_it_refuses_an_option_that_it_does_not_know(self) -> None:
        """As an error of usage, which the shell reports with exit status 2."""
        import click

        try:
            self.command.main(args=["--no-such-option"], prog_name=self.command.name, standalone_mode=False)
        except click.UsageError:
            return
        raise AssertionError("--no-such-option is to be refused")
