"""The program: its commands, how it runs them, and its exit statuses."""

from __future__ import annotations

import sys
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli import language
from dualcert.cli.language import N_, _
from dualcert.cli.overriding import override
from dualcert.cli.shell import DEFAULT_STORE, Shell, ShellGroup, option

if TYPE_CHECKING:
    from dualcert.errors import DualcertError

USAGE, REFUSED, STORE, PLUGIN, BUG, INTERRUPTED = 2, 3, 4, 5, 70, 130


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"dualcert {version('dualcert')}")
        ctx.exit()


COMMANDS = {
    "demo": "demo.demo",
    "init": "recording.init",
    "import": "rosters.import_",
    "apply": "recording.apply",
    "record": "record.record",
    "undo": "undoing.undo",
    "status": "figures.status",
    "ratio": "figures.ratio",
    "due": "due.due",
    "agenda": "agenda.agenda",
    "risk": "agenda.risk",
    "plans": "agenda.plans",
    "gate": "due.gate",
    "score": "due.score",
    "history": "figures.history",
    "replay": "replaying.replay",
    "export": "rosters.export",
    "copy": "copying.copy",
    "backup": "copying.backup",
    "restore": "copying.restore",
    "verify": "integrity.verify",
    "seal": "integrity.seal",
    "prove": "integrity.prove",
    "doctor": "doctor.doctor",
    "people": "people.people",
    "report": "reports.report",
    "dispatch": "dispatches.dispatch",
    "plugins": "plugins.plugins",
}
"""The commands in the order of the help, and where each is: its module is imported when it is asked for."""


class Program(ShellGroup):
    """The program: a command's module is imported when it is run, and all of them for the list of the help."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _command(cmd_name) if cmd_name in COMMANDS else None


def _command(name: str) -> click.Command:
    module, _dot, attribute = COMMANDS[name].partition(".")
    found: click.Command = getattr(import_module(f"dualcert.cli.{module}"), attribute)
    return found


@click.group(
    cls=Program,
    examples=(
        "dualcert demo --out .",
        "dualcert --store demo.db ratio --by city --as-of 2023-09-30",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_(
        "Books of the dual certification (双认证) of food-testing labs: record facts, then ask for any day, "
        "as known at any time.\n\n"
        "Begin with 'dualcert demo', or make a store with 'dualcert init --policy shanxi-2023' and fill it with "
        "'dualcert import ROSTER.xlsx'."
    ),
    epilog=N_(
        "0 · 1 check: no · 2 usage, configuration · 3 refused · 4 store · 5 plugin · 6 a message waits for a person · 130 interrupted"
    ),
)
@option("--store", envvar="DUALCERT_STORE", default=DEFAULT_STORE, show_default=True, metavar="URL|PATH",
        help=N_("The store: a path, sqlite:///PATH or postgresql://…; also $DUALCERT_STORE."))  # fmt: skip
@option("--lang", type=click.Choice(["zh", "en"]), expose_value=False,
        help=N_("The language of messages; default that of the environment."))  # fmt: skip
@option("--debug", is_flag=True, help=N_("Show where an error came from."))
@option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
        help=N_("Show the version and exit."))  # fmt: skip
@click.pass_context
def dualcert(ctx: click.Context, store: str, debug: bool) -> None:  # noqa: FBT001  click's signature
    """Keep the options that were given before the command."""
    ctx.obj.store, ctx.obj.debug = store, debug


def _add_commands() -> None:
    """Import every command, for those who look at all of them."""
    for name in COMMANDS:
        dualcert.add_command(_command(name))


def run(arguments: list[str] | None = None, shell: Shell | None = None) -> int:
    """Run the program on *arguments* and return its exit status; with `--debug` the place of an error is shown, too."""
    asked, shell = sys.argv[1:] if arguments is None else arguments, shell or Shell()
    try:
        return _run(asked, shell)
    except (KeyboardInterrupt, click.Abort):
        template = (
            _("interrupted; {n} facts were recorded") if shell.recorded else _("interrupted; nothing was recorded")
        )
        click.echo(template.format(n=shell.recorded), err=True)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  a fault of ours is said to be one
        _show_place(asked, error)
        return _failed(asked, shell, error)


def _failed(asked: list[str], shell: Shell, error: Exception) -> int:
    """Report an error and return the exit status."""
    from dualcert.errors import DualcertError, SystemFailed

    if isinstance(error, OSError):
        error = SystemFailed(problem=str(error))
    if isinstance(error, DualcertError):
        return _report(asked, shell, error.code, error.render(_), error.facts(), status_of(error))
    message = _("a fault of dualcert: {error}; run again with --debug and report it").format(error=repr(error))
    return _report(asked, shell, "internal-error", message, {}, BUG)


def _run(asked: list[str], shell: Shell) -> int:
    language.choose(_language_in(asked))
    try:
        status: Any = dualcert.main(args=asked, prog_name="dualcert", standalone_mode=False, obj=shell)
    except click.exceptions.Exit as end:
        status = end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        return _report(asked, shell, "bad-usage", _usage(error), {}, USAGE)
    except SystemExit:  # click ends like this when the reader of a pipe closes it, as `head` does
        return 0
    sys.stdout.flush()
    return status if isinstance(status, int) else 0


def _language_in(asked: list[str]) -> str | None:
    """Return the language of `--lang`, read before click parses the options: click translates its own texts at once."""
    for argument, value in pairwise([*asked, ""]):
        chosen = value if argument == "--lang" else argument.removeprefix("--lang=")
        if argument.startswith("--lang") and chosen in language.LANGUAGES:
            return chosen
    return None


def _usage(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "dualcert"
    return _("{message} (see '{command} --help')").format(message=message, command=path)


def status_of(error: DualcertError) -> int:
    """Return the exit status of *error*."""
    from dualcert.errors import BadConfiguration, FileUnwritable, OutputLost, PluginFailed, StoreUnusable, SystemFailed

    if isinstance(error, PluginFailed):
        return PLUGIN
    if isinstance(error, BadConfiguration):
        return USAGE
    return STORE if isinstance(error, StoreUnusable | FileUnwritable | OutputLost | SystemFailed) else REFUSED


def _show_place(asked: list[str], error: BaseException) -> None:
    """Show with `--debug` where an error came from, without the secrets of the configuration."""
    if "--debug" in asked:
        import traceback

        click.echo(_without_secrets("".join(traceback.format_exception(error))), err=True, nl=False)


def _without_secrets(text: str) -> str:
    secrets = sys.modules.get("dualcert.reporting.secrets")  # not loaded: no secret was looked up
    return secrets.without_secrets(text) if secrets else text


def _report(asked: list[str], shell: Shell, code: str, message: str, facts: dict[str, Any], status: int) -> int:
    """Print an error on one line of stderr: `code: message`, or one JSON object if JSON was asked for.

    The line has the number of facts that were recorded before the error. Secrets of the configuration are removed from it.
    """
    message = _without_secrets(message)
    import json

    if "--format=json" in asked or ("--format", "json") in pairwise(asked):
        recorded = {"recorded": shell.recorded} if shell.recorded else {}
        error = {"code": code, "message": message, **facts, **recorded}
        click.echo(json.dumps({"error": error}, ensure_ascii=False), err=True)
    else:
        before = _("; {n} facts were recorded before that").format(n=shell.recorded) if shell.recorded else ""
        click.echo(f"{code}: {' '.join(message.split())}{before}", err=True)
    return status
