"""The program: its commands, and what its end means to the one who called it."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from typing import Any

import click

from dualcert.cli import language
from dualcert.cli.language import N_, _
from dualcert.cli.shell import DEFAULT_STORE, Group, Shell, option
from dualcert.errors import BadConfiguration, DualcertError, FileUnwritable, StoreUnusable

USAGE, REFUSED, STORE, BUG, INTERRUPTED = 2, 3, 4, 70, 130


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"dualcert {version('dualcert')}")
        ctx.exit()


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_(
        "Books of the dual certification (双认证) of food-testing labs: record facts, then ask for any day, "
        "as known at any time.\n\n"
        "Begin with 'dualcert demo', or make a store with 'dualcert init --policy shanxi-2023' and fill it with "
        "'dualcert import ROSTER.xlsx'."
    ),
    epilog=N_("0 · 1 check: no · 2 usage, configuration · 3 refused · 4 store · 5 plugin · 130 interrupted"),
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
    """Keep what was said before the command."""
    ctx.obj.store, ctx.obj.debug = store, debug


def _add_commands() -> None:
    from dualcert.cli import (
        asking,
        copying,
        demo,
        dispatches,
        due,
        people,
        plugins,
        record,
        recording,
        replaying,
        reports,
        rosters,
    )

    for command in (
        demo.demo,
        recording.init,
        rosters.import_,
        recording.apply,
        record.record,
        asking.status,
        asking.ratio,
        due.due,
        due.gate,
        due.score,
        asking.history,
        replaying.replay,
        rosters.export,
        copying.copy,
        people.people,
        reports.report,
        dispatches.dispatch,
        plugins.plugins,
    ):
        dualcert.add_command(command)


def run(arguments: list[str] | None = None, shell: Shell | None = None) -> int:  # noqa: PLR0911  one return for each way to end
    """Run the program on *arguments* and return its exit status; never raises without `--debug`."""
    asked = sys.argv[1:] if arguments is None else arguments
    language.choose(_language_in(asked))
    _add_commands()
    _speak_utf8()
    try:
        status: Any = dualcert.main(args=asked, prog_name="dualcert", standalone_mode=False, obj=shell or Shell())
        return status if isinstance(status, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(_("interrupted"), err=True)
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        return _told(asked, "bad-usage", _usage(error), {}, USAGE)
    except DualcertError as error:
        if "--debug" in asked:
            raise
        return _told(asked, error.code, error.render(_), error.facts(), status_of(error))
    except SystemExit:  # so click ends where the reader of a pipe has had enough, as `head` has
        return 0
    except Exception as error:
        if "--debug" in asked:
            raise
        message = _("a fault of dualcert: {error}; run again with --debug and report it").format(error=repr(error))
        return _told(asked, "internal-error", message, {}, BUG)


def _language_in(asked: list[str]) -> str | None:
    """Return the language that is asked for, before click reads the options: it words its own at once."""
    for word, value in pairwise([*asked, ""]):
        chosen = value if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and chosen in language.LANGUAGES:
            return chosen
    return None


def _usage(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "dualcert"
    return _("{message} (see '{command} --help')").format(message=message, command=path)


def status_of(error: DualcertError) -> int:
    """Return the exit status of *error*."""
    if isinstance(error, BadConfiguration):
        return USAGE
    return STORE if isinstance(error, StoreUnusable | FileUnwritable) else REFUSED


def _told(asked: list[str], code: str, message: str, facts: dict[str, Any], status: int) -> int:
    """Say an error on one line of stderr: `code: message`, or one JSON object where JSON was asked for."""
    if "--format=json" in asked or ("--format", "json") in pairwise(asked):
        error = {"code": code, "message": message, **facts}
        click.echo(json.dumps({"error": error}, ensure_ascii=False), err=True)
    else:
        click.echo(f"{code}: {' '.join(message.split())}", err=True)
    return status


def _speak_utf8() -> None:
    """Write UTF-8 whatever the locale: names are Chinese."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
