"""Commands about plugins: what is installed, what is broken, a new one, and the commands that plugins give."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_answer, print_table
from dualcert.cli.shell import Shell, ShellCommand, ShellGroup, configured, formatted, option, pass_shell

plugins = ShellGroup(
    "plugins", help=N_("Plugins: distributions that give reporters, channels or commands. --help loads none of them.")
)


@plugins.command("list", cls=ShellCommand, help=N_("The plugins that are installed, and what each gives."))
@configured
@formatted
def list_(config: Path | None, format_: str) -> int:
    from dualcert.cli.reports import loaded, print_broken

    found = loaded(config)
    rows = [
        {
            "plugin": plugin.distribution,
            "version": plugin.version,
            "state": _state(plugin),
            "reporters": list(plugin.reporters),
            "channels": list(plugin.channels),
            "commands": list(plugin.commands),
        }
        for plugin in found.plugins
    ]
    if not print_answer(format_, {"rows": rows}):
        headers = (N_("plugin"), N_("version"), N_("state"), N_("reporters"), N_("channels"), N_("commands"))
        lines = [[p.distribution, p.version, _(_state(p)), *(", ".join(each) for each in (p.reporters, p.channels, p.commands))]
                 for p in found.plugins]  # fmt: skip
        print_table(headers, lines)
    return print_broken(found)


STATES = (N_("not allowed"), N_("broken"), N_("loaded"))


def _state(plugin: object) -> str:
    from dualcert.reporting.plugins import Plugin

    assert isinstance(plugin, Plugin)
    if not plugin.allowed:
        return "not allowed"
    return "broken" if plugin.troubles else "loaded"


@plugins.command(
    cls=ShellCommand,
    help=N_(
        "Load every plugin and report what is wrong; exit status 1 if anything is.\n\n"
        "It checks the import, the hooks' signatures, the contracts of reporters and channels, and the configuration. "
        "With --debug the place in the plugin's code is shown."
    ),
)
@configured
@pass_shell
def doctor(shell: Shell, config: Path | None) -> int:
    """Load, and print what was found."""
    from dualcert.errors import BadConfiguration
    from dualcert.reporting.configuration import load_configuration
    from dualcert.reporting.plugins import check_configured, load_plugins

    found = load_plugins(load_configuration(config))
    wrong = 0
    for plugin in found.plugins:
        click.echo(f"{plugin.distribution} {plugin.version}: {_(_state(plugin))}")
        for trouble in plugin.troubles:
            wrong = 1
            click.echo(f"  {trouble.code}: {trouble.detail}")
            if shell.debug and trouble.traceback:
                click.echo(trouble.traceback)
        for kind in ("reporters", "channels"):
            for name, given in getattr(plugin, kind).items():
                try:
                    configuration = found.configuration
                    of = configuration.of_reporter if kind == "reporters" else configuration.of_channel
                    of(name, given.Config)
                except BadConfiguration as refused:
                    wrong = 1
                    click.echo(f"  {refused.code}: {refused.render(_)}")
    try:
        check_configured(found)
    except BadConfiguration as refused:
        wrong = 1
        click.echo(f"{refused.code}: {refused.render(_)}")
    return wrong


@plugins.command(
    cls=ShellCommand,
    help=N_(
        "Make a working plugin with its test in a new folder NAME.\n\n"
        "NAME is small letters, digits and hyphens; the distribution is called dualcert-NAME."
    ),
)
@click.argument("name")
@option("--dir", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
        help=N_("Where; default ./dualcert-NAME."))  # fmt: skip
def new(name: str, folder: Path | None) -> None:
    """Write the files."""
    from dualcert.reporting.scaffold import write_plugin

    place = folder or Path(f"dualcert-{name.removeprefix('dualcert-')}")
    for file in write_plugin(name.removeprefix("dualcert-"), place):
        note(str(file))
    note(_("next: cd {folder} && pip install -e '.[test]' && pytest").format(folder=place))


@plugins.command(
    "run",
    cls=ShellCommand,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    help=N_("Run a command of a plugin; without NAME, list these commands."),
)
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENT]…")
@pass_shell
def run(shell: Shell, name: str | None, arguments: tuple[str, ...]) -> int:
    """Hand over to the plugin's command; it gets the shell, whose `store` is the one that was chosen."""
    from dualcert.cli.reports import loaded, print_broken

    found = loaded(None)
    commands = {each: command for plugin in found.plugins for each, command in plugin.commands.items()}
    if name is None or name not in commands:
        print_table(
            (N_("command"), N_("what")), [[each, c.get_short_help_str()] for each, c in sorted(commands.items())]
        )
        if name is not None:
            raise click.UsageError(_("no plugin gives a command {name}").format(name=name))
        return print_broken(found)
    done = commands[name].main(
        args=list(arguments), prog_name=f"dualcert plugins run {name}", standalone_mode=False, obj=shell
    )
    sys.stdout.flush()
    return done if isinstance(done, int) else 0
