"""What a new plugin of each kind begins with: its module, its test, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from attrs import frozen


@frozen
class PluginKind:
    """The templates of a kind of plugin."""

    module: Template
    test: Template
    what: str
    """What it is, in a sentence without a full stop."""
    use: str
    """The rows of the README about its use, in which $name stands for its name."""


DOCUMENT = PluginKind(
    module=Template('''\
"""A reporter that writes the cities' figures as a page of plain text."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from dualcert.reporting import Document, Reporter, Request, Books, hookimpl

TITLES = {"zh": "各市双认证情况", "en": "Dual certification by city"}


@frozen
class Config:
    """The reporter's configuration, [reporter.$name] in dualcert.toml."""

    only_lacking: bool = False


class $cls:
    """The cities' figures, a line each."""

    name = "$name"
    summary = "the cities' figures as plain text"
    Config = Config
    triggers = ()  # it makes documents; messages are planned daily, monthly, or after facts of a name

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return one page."""
        figures = books.ratio("city")
        lines = [
            f"{row.name}  {row.dual}/{row.labs}  {row.percent or '-'} %"
            for row in figures.rows
            if not (request.config.only_lacking and row.met)
        ]
        text = "\\n".join([TITLES[request.language], *lines, books.basis(request.language), ""])
        yield Document(f"$name-{books.as_of}.txt", "text/plain", text.encode())


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the reporter to dualcert."""
    return [$cls()]
'''),
    test=Template('''\
"""The reporter fulfils the contract of all reporters, and writes the right figures."""

from dualcert.testing.reporters import ReporterContract

from $module import $cls, Config


class TestContract(ReporterContract):
    reporter = $cls()


def test_it_has_a_line_for_every_city(small_books):
    (page,) = $cls().render(*small_books.asked(Config()))

    assert "晋城市  3/5  60.0 %" in page.content.decode()
'''),
    what="A reporter for dualcert: the cities' figures as plain text",
    use="""\
| install | `pip install -e .`; then it is one of `dualcert report list` |
| run | `dualcert report run $name` |
| set up | `[reporter.$name]` of dualcert.toml; `dualcert plugins show $name` lists its keys |
""",
)

MESSAGE = PluginKind(
    module=Template('''\
"""A reporter that writes to each responsible person, once a week, what is due."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from dualcert.reporting import Books, Message, Reporter, Request, hookimpl

SUBJECTS = {"zh": "双认证待办（{week}）", "en": "Dual certification, due in week {week}"}


@frozen
class Config:
    """The reporter's configuration, [reporter.$name] in dualcert.toml."""

    days: int = 30
    """How far ahead it looks."""


class $cls:
    """A message a week to each person who has something to do."""

    name = "$name"
    summary = "a weekly message to each responsible person"
    Config = Config
    triggers = ("daily",)  # with the week in the key: planned on the week's first day, known on the others

    def render(self, request: Request, books: Books) -> Iterable[Message]:
        """Return a message to each person; the same key to the same person is the same message for ever."""
        year, number, _ = books.as_of.isocalendar()
        week = f"{year}-W{number:02}"
        due: dict[str, list[str]] = {}
        for finding in books.agenda(within=request.config.days).rows:
            if finding.responsible and finding.responsible in request.names:  # others are offices
                due.setdefault(finding.responsible, []).append(f"- {request.said(finding, books)}")
        for person, lines in sorted(due.items()):
            text = "\\n".join([request.name(person), "", *lines, "", books.basis(request.language)])
            yield Message(key=week, to=person, subject=SUBJECTS[request.language].format(week=week), text=text)


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the reporter to dualcert."""
    return [$cls()]
'''),
    test=Template('''\
"""The reporter fulfils the contract of all reporters, and writes to the right people once a week."""

from datetime import date

from dualcert.testing.reporters import ReporterContract

from $module import $cls, Config


class TestContract(ReporterContract):
    reporter = $cls()


def test_who_has_something_to_do_gets_one_message_a_week(small_books):
    weeks = [
        {(each.to, each.key) for each in $cls().render(*small_books.asked(Config(), as_of=day))}
        for day in (date(2023, 10, 9), date(2023, 10, 10))
    ]

    assert weeks[0] == weeks[1]
    assert {key for _person, key in weeks[0]} == {"2023-W41"}
'''),
    what="A reporter for dualcert: a weekly message to each responsible person",
    use="""\
| install | `pip install -e .`; then it is one of `dualcert report list` |
| look | `dualcert report run $name` writes its messages to files |
| send | `dualcert dispatch plan $name`, then `dualcert dispatch send --yes` |
| set up | `[reporter.$name]` of dualcert.toml; `dualcert plugins show $name` lists its keys |
""",
)

CHANNEL = PluginKind(
    module=Template('''\
"""A channel that posts each message as JSON to a server."""

from __future__ import annotations

import json
from collections.abc import Iterable

from attrs import field, frozen
from attrs.validators import gt

from dualcert.reporting import Channel, DeliveryReceipt, Envelope, Secret, delivered, failed, hookimpl, refused, unknown

BUSY = frozenset({408, 425, 429, 503})
"""Answers of a server that has not taken the message, and may take it later."""


@frozen(kw_only=True)
class Config:
    """The channel's configuration, [channel.$name] in dualcert.toml."""

    url: Secret
    """The server's address: url = { env = "NAME" }."""
    seconds: float = field(default=20.0, validator=gt(0))
    """The time limit of an answer; less than `lease_seconds` of [dispatch]."""


class $cls:
    """Posts each message to the server."""

    name = "$name"
    summary = "messages as JSON to a server"
    Config = Config

    def deliver(self, envelope: Envelope) -> DeliveryReceipt:
        """Post one message; the dispatch's id lets the server tell a second copy."""
        import http.client
        from urllib.parse import urlsplit

        url = urlsplit(envelope.config.url.reveal())
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=envelope.config.seconds)
        message = envelope.message
        body = json.dumps({"to": envelope.address, "subject": message.subject, "text": message.text})
        headers = {"Content-Type": "application/json", "Idempotency-Key": envelope.dispatch}
        try:
            connection.connect()
        except OSError as error:
            return failed(f"no connection: {type(error).__name__}")
        try:
            connection.request("POST", url.path or "/", body.encode(), headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return unknown(f"the connection broke after the message went out: {type(error).__name__}")
        finally:
            connection.close()
        return receipt_of(status)


def receipt_of(status: int) -> DeliveryReceipt:
    """Return what an answer means; after an error of the server nobody knows whether it took the message."""
    if 200 <= status < 300:
        return delivered(str(status))
    if status in BUSY:
        return failed(str(status))
    return refused(str(status)) if 400 <= status < 500 else unknown(str(status))


@hookimpl
def dualcert_channels() -> Iterable[Channel]:
    """Give the channel to dualcert."""
    return [$cls()]
'''),
    test=Template('''\
"""The channel fulfils the contract of all channels, and says what came of a message."""

import pytest

from dualcert.reporting import Secret, delivered, failed, refused, unknown
from dualcert.testing.channels import ChannelContract

from $module import $cls, Config, receipt_of


class TestContract(ChannelContract):
    channel = $cls()
    config = Config(url=Secret("http://127.0.0.1:9/s3cret-word"), seconds=1)  # nobody listens there


@pytest.mark.parametrize(
    ("status", "outcome"), [(204, delivered), (429, failed), (410, refused), (500, unknown)]
)
def test_an_answer_is_taken_for_what_it_means(status, outcome):
    assert receipt_of(status) == outcome(str(status))
'''),
    what="A channel for dualcert: messages as JSON to a server",
    use="""\
| install | `pip install -e .`; then `dualcert plugins list` has it |
| set up | `[channel.$name]` of dualcert.toml with `url = { env = "NAME" }`; `dualcert plugins show $name` lists its keys |
| send | `dualcert dispatch plan --channel $name`, then `dualcert dispatch send --yes` |
""",
)

COMMAND = PluginKind(
    module=Template('''\
"""A command that counts the labs in the books."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from dualcert.reporting import hookimpl


@click.command("$name", help="Count the labs in the books.")
@click.pass_obj
def count(shell: Any) -> None:
    """Print the number of labs; `shell.store` is the store that was chosen."""
    from dualcert import Registry

    with Registry.open(shell.store) as registry:
        click.echo(registry.ratio("province").total.labs)


@hookimpl
def dualcert_commands() -> Iterable[Any]:
    """Give the command to dualcert."""
    return [count]
'''),
    test=Template('''\
"""The command fulfils the contract of all commands, and counts right."""

from types import SimpleNamespace

from click.testing import CliRunner

from dualcert.testing.channels import CommandContract

from $module import count


class TestContract(CommandContract):
    command = count


def test_it_counts_the_labs(example_year):
    ran = CliRunner().invoke(count, obj=SimpleNamespace(store=example_year.store))

    assert (ran.exit_code, int(ran.output)) == (0, example_year.registry.ratio("province").total.labs)
'''),
    what="A command for dualcert: it counts the labs",
    use="""\
| install | `pip install -e .`; then it is one of `dualcert plugins run` |
| run | `dualcert plugins run $name` |
""",
)

KINDS: Mapping[str, PluginKind] = {"document": DOCUMENT, "message": MESSAGE, "channel": CHANNEL, "command": COMMAND}
"""The kinds by their names; the first is made by default."""
