"""What all commands share: the chosen store, options, types of parameters, translated help."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.helping import Formatter
from dualcert.cli.language import N_, _
from dualcert.cli.overriding import override
from dualcert.cli.words import explained

if TYPE_CHECKING:
    from dualcert.domain.commands import Command
    from dualcert.fold import KnownAt
    from dualcert.projections.view import View
    from dualcert.registry import Registry
    from dualcert.rights import Granted
    from dualcert.values.terms import Right

DEFAULT_STORE = "dualcert.db"
FORMATS = ("table", "json", "jsonl", "csv")
SENTENCE_END = re.compile(r"[;；。]|\. ")
METAVAR = re.compile(r"[A-Z]+( \[ARGS\])?")
"""Matches the metavars of a usage line, without brackets and dots."""


class Shell:
    """The options that were given before the command, and the registries that the command opened."""

    def __init__(self, *, remarks: bool = True) -> None:
        self.store = DEFAULT_STORE
        self.debug = False
        self.remarks = remarks
        """Whether reporters' remarks are printed; a demonstration's papers go to nobody."""
        self.files: tuple[str, ...] = ()
        """Plugins that are files, named for this run with `--plugin`."""
        self.opened: list[Registry] = []

    @property
    def recorded(self) -> int:
        """How many facts this command recorded so far."""
        return sum(registry.recorded for registry in self.opened)

    def open(self, **how: Any) -> AbstractContextManager[Registry]:
        """Return the registry of the chosen store; it is kept, because freeing it fact by fact takes time."""
        from dualcert.registry import Registry

        registry = Registry.open(self.store, **how)
        self.opened.append(registry.acting(_GivenRights(registry)))
        return self.opened[-1]

    @staticmethod
    def check(registry: Registry, person: str, right: Right) -> None:
        """Raise NotPermitted where rights are on and *person* lacks *right*."""
        from dualcert.rights import Rights

        with Rights.open(registry.store) as rights:
            rights.principal(person).check(right)


class _GivenRights:
    """Admits commands by the rights that are given beside the store, which are read at the first command."""

    def __init__(self, registry: Registry) -> None:
        self._store = registry.store

    @cached_property
    def _given(self) -> Sequence[Granted]:
        from dualcert.rights import Rights

        with Rights.open(self._store) as rights:
            return rights.all()

    def admit(self, command: Command, view: View) -> Command:
        """Return *command*; raises NotPermitted if whoever it is by lacks the right that it needs."""
        if not self._given:
            return command
        from dualcert.rights import principal_of

        return principal_of(command.by, self._given).admit(command, view)


class _Translated:
    """Help that is translated when it is shown, not when the module is imported."""

    _help: str | None

    @property
    def help(self) -> str | None:
        return _(self._help) if self._help else self._help

    @help.setter
    def help(self, text: str | None) -> None:
        self._help = text


class ShellContext(click.Context):
    """A context whose help is written by Formatter."""

    formatter_class = Formatter


class ShellCommand(_Translated, click.Command):
    """A command whose help is in the reader's language and ends with examples: lines that work when they are copied."""

    context_class = ShellContext

    def __init__(self, *named: Any, examples: Sequence[str] = (), **how: Any) -> None:
        super().__init__(*named, **how)
        self.examples = examples

    @override
    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found:  # click translates it once, into the language of that moment
            found.help = _("Show this message and exit.")
        return found

    @override
    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help, up to a semicolon, and never a part of it."""
        paragraph = " ".join((self.help or "").partition("\n\n")[0].split())
        return SENTENCE_END.split(paragraph)[0].removesuffix(".")

    @override
    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [METAVAR.sub(lambda found: _(found[0]), piece) for piece in super().collect_usage_pieces(ctx)]

    @override
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section(_("Examples")):
                formatter.write("".join(f"  {line}\n" for line in self.examples))
        if self.epilog:
            formatter.write_paragraph()
            formatter.write_text(_(self.epilog))


class ShellGroup(ShellCommand, click.Group):
    """A group whose help is in the reader's language."""

    command_class = ShellCommand

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


class Option(_Translated, click.Option):
    """An option whose help and metavar are in the reader's language; its help explains the codes that it takes."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that it takes, if no others are possible."""
        return tuple(self.type.choices) if isinstance(self.type, click.Choice) else ()

    @override
    def make_metavar(self, ctx: click.Context) -> str:
        return _(super().make_metavar(ctx))

    @override
    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        words = [explained(code) for code in self.codes]
        in_metavar = self.metavar is None or "|" in self.metavar
        if record is None or not words or (in_metavar and words == list(self.codes)):
            return record
        return record[0], _("{help}  [one of: {codes}]").format(help=record[1], codes=_(", ").join(words))


def option(*names: str, **how: Any) -> Callable[[Any], Any]:
    """Return click's option decorator with translated help."""
    return click.option(*names, cls=Option, **how)


class DayType(click.ParamType[date]):
    """A civil date, or `today` in Asia/Shanghai."""

    name = "DATE"

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from dualcert.values.dates import parse_date

        if isinstance(value, date):
            return value
        found = today() if value == "today" else parse_date(value)
        if found is None:
            self.fail(_("{value!r} is not a date YYYY-MM-DD, nor 'today'").format(value=value), param, ctx)
        return found


class Input(click.File):
    """A file that is read as bytes; `-` is standard input, which may be closed."""

    def __init__(self) -> None:
        super().__init__("rb")

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "-" and sys.stdin is None:
            self.fail(_("standard input is closed"), param, ctx)
        return super().convert(value, param, ctx)


class MomentType(click.ParamType["KnownAt"]):
    """A position of the log (`@15`), an instant, or a date: its end in Asia/Shanghai."""

    name = "TIME|@POSITION"

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> KnownAt:
        from dualcert.values.dates import parse_moment

        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]  # converted already
        found: KnownAt = today() if value == "today" else parse_moment(value)
        if found is None:
            expected = _("{value!r} is not a time (2023-10-08T12:00), a date or a position (@15)")
            self.fail(expected.format(value=value), param, ctx)
        return found


def today() -> date:
    """Return today's date in Asia/Shanghai; no other code reads it."""
    from dualcert.values.dates import civil_day

    return civil_day(datetime.now(UTC))


def asked(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--as-of` and `--known-at`."""
    command = option(
        "--known-at",
        type=MomentType(),
        help=N_("Use only what was known then: a time, a date (its end), or a log position; default: everything."),
    )(command)
    decorated: Callable[..., Any] = option(
        "--as-of", type=DayType(), default="today", show_default=True, help=N_("The day that the question is about.")
    )(command)
    return decorated


def assumed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--policy`, to compute under other rules."""
    decorated: Callable[..., Any] = option(
        "--policy",
        metavar="NAME|FILE",
        help=N_("Compute under this policy on every day, instead of the recorded ones. Nothing is recorded."),
    )(command)
    return decorated


def campaigned(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--campaign`."""
    decorated: Callable[..., Any] = option(
        "--campaign",
        metavar="ID",
        help=N_(
            "The campaign that the question is about, such as campaign-shanxi-2023; default: for figures the one whose days "
            "cover the day asked about, for duties every one that is not closed."
        ),
    )(command)
    return decorated


def formatted(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--format`."""
    decorated: Callable[..., Any] = option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help=N_("How the answer is printed; keys and codes are always English."),
    )(command)
    return decorated


def _checked_by(_ctx: click.Context, _param: click.Parameter, by: str) -> str:
    """Refuse a name where an id belongs, before anything is read."""
    from dualcert.errors import BadId, shown
    from dualcert.values.ids import FORMS, is_id

    if not is_id("person", by):
        raise BadId(field="by", value=shown(by), expected=FORMS["person"][1])
    return by


def entered(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that records `--by`."""
    decorated: Callable[..., Any] = option(
        "--by",
        default=lambda: os.environ.get("DUALCERT_BY") or "system",
        callback=_checked_by,
        help=N_("Who records this: an id such as person-17, not a name; default $DUALCERT_BY, else system."),
    )(command)
    return decorated


def configured(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that uses plugins `--config`."""
    decorated: Callable[..., Any] = option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=N_("The configuration file; default $DUALCERT_CONFIG, else dualcert.toml in this folder."),
    )(command)
    return decorated


def _keep_files(ctx: click.Context, _param: click.Parameter, files: tuple[str, ...]) -> None:
    ctx.ensure_object(Shell).files = files


def plugged(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that loads plugins `--plugin`; `loaded` reads the files from the shell."""
    decorated: Callable[..., Any] = option(
        "--plugin",
        type=click.Path(exists=True, dir_okay=False),
        multiple=True,
        expose_value=False,
        callback=_keep_files,
        metavar="FILE",
        help=N_("Load the plugin in this Python file, too, for this run only; may be given several times."),
    )(command)
    return decorated


accept_clock = option(
    "--accept-clock", is_flag=True, help=N_("Continue although this machine's clock is behind the newest fact.")
)

force = option("--force", is_flag=True, help=N_("Replace existing files, but never a store."))

pass_shell = click.make_pass_decorator(Shell)


def progress_bar(length: int, label: str) -> AbstractContextManager[Any]:
    """Return a progress bar on stderr; it is hidden if stderr is not a terminal."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(length=length, label=label, file=sys.stderr, width=30, hidden=hidden)
