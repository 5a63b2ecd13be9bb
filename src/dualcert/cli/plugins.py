"""Commands about plugins: what is installed, what is broken, a new one, and the commands that plugins give."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_answer, print_table
from dualcert.cli.shell import Shell, ShellCommand, ShellGroup, configured, formatted, option, pass_shell, plugged

if TYPE_CHECKING:
    from dualcert.reporting.plugins import Plugin, Plugins

plugins = ShellGroup(
    "plugins",
    examples=("dualcert plugins list",),
    help=N_("Plugins: distributions that give reporters, channels or commands. --help loads none of them."),
)


@plugins.command(
    "list",
    cls=ShellCommand,
    examples=("dualcert plugins list",),
    help=N_("The plugins that are installed, and what each gives."),
)
@configured
@plugged
@formatted
def list_(config: Path | None, format_: str) -> int:
    from dualcert.cli.reports import loaded, print_broken

    found = loaded(config)
    rows = [
        {
            "plugin": plugin.distribution,
            "version": plugin.version,
            "state": _state(found, plugin),
            "reporters": list(plugin.reporters),
            "channels": list(plugin.channels),
            "commands": list(plugin.commands),
        }
        for plugin in found.plugins
    ]
    if not print_answer(format_, {"rows": rows}):
        headers = (N_("plugin"), N_("version"), N_("state"), N_("reporters"), N_("channels"), N_("commands"))
        lines = [[p.distribution, p.version, _(_state(found, p)), *(", ".join(each) for each in (p.reporters, p.channels, p.commands))]
                 for p in found.plugins]  # fmt: skip
        print_table(headers, lines)
    return print_broken(found)


STATES = (N_("not allowed"), N_("off"), N_("broken"), N_("loaded"))


def _state(found: Plugins, plugin: Plugin) -> str:
    if not plugin.allowed:
        return found.configuration.plugins.standing(plugin.distribution)
    return "broken" if plugin.may_lack else "loaded"


@plugins.command(
    cls=ShellCommand,
    examples=("dualcert plugins doctor",),
    help=N_(
        "Load every plugin and report what is wrong; exit status 1 if anything is.\n\n"
        "Each is loaded in a process of its own, so that none can end or hang the doctor. It checks the import, the hooks' signatures, the contracts of reporters and channels, and the configuration. "
        "With --debug the place in the plugin's code is shown."
    ),
)
@configured
@plugged
@pass_shell
def doctor(shell: Shell, config: Path | None) -> int:
    """Load each in a process of its own, and print what was found."""
    from dualcert.cli.reports import configured_here
    from dualcert.reporting.examining import examine_plugins, wrong_in
    from dualcert.reporting.texts import one_line

    configuration, examined = configured_here(config), []
    for each in examine_plugins(configuration):
        examined.append(each)
        standing = configuration.plugins.standing(each.distribution)
        state = standing if not each.allowed else "broken" if each.broken else "loaded"
        click.echo(f"{each.distribution} {each.version}: {_(state)}")
        for trouble in each.troubles:
            click.echo(f"  {trouble.code}: {trouble.detail}")
            if shell.debug and trouble.traceback:
                click.echo(trouble.traceback)
    wrong = list(wrong_in(configuration, examined))
    for code, sentence in wrong:
        click.echo(f"{code}: {one_line(sentence)}")
    return 1 if wrong or any(each.broken for each in examined) else 0


@plugins.command(
    cls=ShellCommand,
    examples=("dualcert plugins show folder",),
    help=N_(
        "Show a reporter or channel: its plugin, when it is asked, and the keys of its table in dualcert.toml.\n\n"
        "Each key has its type and its default; one without a default has to be set."
    ),
)
@click.argument("name")
@configured
@plugged
@formatted
def show(name: str, config: Path | None, format_: str) -> int:
    from dualcert.cli.reports import loaded_unchecked
    from dualcert.reporting.described import described
    from dualcert.reporting.texts import one_line

    found = described(loaded_unchecked(config), name)
    if not print_answer(format_, found):
        click.echo(
            f"{found['kind']} {found['name']} ({found['plugin']} {found['version']}): {one_line(found['summary'])}"
        )
        if found["triggers"]:
            click.echo(_("when: {triggers}").format(triggers=", ".join(found["triggers"])))
        headers = (N_("key"), N_("type"), N_("default"))
        print_table(headers, [[row["key"], row["type"], row["default"]] for row in found["rows"]])
    return 0


@plugins.command(
    cls=ShellCommand,
    examples=("dualcert plugins new city-text",),
    help=N_(
        "Make a working plugin with its test in a new folder NAME.\n\n"
        "It is a reporter of documents or messages, a channel, or a command. "
        "NAME is small letters, digits and hyphens; the distribution is called dualcert-NAME."
    ),
)
@click.argument("name")
@option("--dir", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
        help=N_("Where; default ./dualcert-NAME."))  # fmt: skip
@option("--kind", type=click.Choice(["document", "message", "channel", "command"]), default="document", show_default=True,
        help=N_("What the plugin gives."))  # fmt: skip
def new(name: str, folder: Path | None, kind: str) -> None:
    """Write the files."""
    from dualcert.reporting.scaffold import write_plugin

    place = folder or Path(f"dualcert-{name.removeprefix('dualcert-')}")
    for file in write_plugin(name.removeprefix("dualcert-"), place, kind):
        note(str(file))
    note(_("next: cd {folder} && pip install -e '.[test]' && pytest").format(folder=place))


@plugins.command(
    "run",
    cls=ShellCommand,
    examples=("dualcert plugins run",),
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    help=N_("Run a command of a plugin; without NAME, list these commands."),
)
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENT]…")
@pass_shell
def run(shell: Shell, name: str | None, arguments: tuple[str, ...]) -> int:
    """Hand over to the plugin's command; it gets the shell, whose `store` is the one that was chosen."""
    from dualcert.cli.reports import loaded, print_broken
    from dualcert.reporting.texts import one_line

    found = loaded(None)
    if name is None:
        rows = sorted((each, command) for plugin in found.plugins for each, command in plugin.commands.items())
        print_table((N_("command"), N_("what")), [[each, one_line(c.get_short_help_str())] for each, c in rows])
        return print_broken(found)
    given = found.command(name)
    if given is None:
        raise click.UsageError(_("no plugin gives a command {name}").format(name=name))
    return _run(shell, *given, name, arguments)


def _run(shell: Shell, plugin: Plugin, command: Any, name: str, arguments: tuple[str, ...]) -> int:
    """Run a plugin's command, and return its exit status; what goes wrong in it is the plugin's, not dualcert's."""
    from dualcert.cli.reports import FAILED, print_place
    from dualcert.errors import DualcertError
    from dualcert.reporting.plugins import Trouble
    from dualcert.reporting.texts import error_place, error_text

    try:
        done = command.main(
            args=list(arguments), prog_name=f"dualcert plugins run {name}", standalone_mode=False, obj=shell,
            help_option_names=["-h", "--help"],
        )  # fmt: skip
    except (KeyboardInterrupt, click.Abort, click.UsageError, click.exceptions.Exit, DualcertError):
        raise
    except click.ClickException as error:
        note(_told(error.format_message()))
        return error.exit_code
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # click ends like this when the reader of a pipe closes it
            raise
        if end.code is not None and not isinstance(end.code, int):
            note(_told(str(end.code)))
        done = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything
        trouble = Trouble("plugin-broken", error_text(error), error_place(error))
        note(f"{trouble.code}: {name} ({plugin.distribution}): {trouble.detail}")
        print_place(trouble)
        return FAILED
    sys.stdout.flush()
    return done if isinstance(done, int) else 0


def _told(text: str) -> str:
    from dualcert.reporting.plugins import SECRETS

    return SECRETS(text)
