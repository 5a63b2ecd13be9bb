"""Commands that run reporters: report list, report check, report run."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.figures import print_basis
from dualcert.cli.language import N_, _, chosen
from dualcert.cli.output import note, print_answer, print_table
from dualcert.cli.shell import (
    Shell,
    ShellCommand,
    ShellGroup,
    asked,
    campaigned,
    configured,
    force,
    formatted,
    option,
    pass_shell,
    plugged,
)

if TYPE_CHECKING:
    from dualcert.fold import KnownAt
    from dualcert.projections.books import Books
    from dualcert.reporting.configuration import Configuration
    from dualcert.reporting.plugins import Plugins, Trouble
    from dualcert.reporting.rendering import Rendered
    from dualcert.reporting.reporters import Language, Request

REFUSED, FAILED = 3, 5
"""The exit statuses where the books refused a question, and where a plugin failed."""


report = ShellGroup(
    "report",
    examples=("dualcert report list",),
    help=N_("Reporters: documents and messages that plugins make from the books. Nothing is sent."),
)


@report.command(
    "list",
    cls=ShellCommand,
    examples=("dualcert report list",),
    help=N_("The reporters that are installed and allowed."),
)
@configured
@plugged
@formatted
def list_(config: Path | None, format_: str) -> int:
    plugins = loaded(config)
    rows = [
        {
            "reporter": name,
            "plugin": plugin.distribution,
            "triggers": list(reporter.triggers),
            "summary": reporter.summary,
        }
        for name in plugins.reporters
        for plugin, reporter in [plugins.reporter(name)]
    ]
    if not print_answer(format_, {"rows": rows}):
        headers = (N_("reporter"), N_("plugin"), N_("when"), N_("what"))
        print_table(headers, [[r["reporter"], r["plugin"], ", ".join(r["triggers"]), r["summary"]] for r in rows])
    return print_broken(plugins)


@report.command(
    "check",
    cls=ShellCommand,
    examples=(
        "dualcert report check",
        "dualcert report check bulletin ledger",
    ),
    help=N_(
        "What is still missing before papers go out.\n\n"
        "Reporters say what is not configured, or not on this machine: an issuer, a number, a font. Without a NAME all are asked. "
        "With --file the files are compared with the bulletins that were recorded with "
        "'record issue-bulletin --file'. Exit status 1 if something is missing, or a file is none of them."
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME]…")
@option("--file", "papers", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
        help=N_("A file: say which issued bulletin it is; may be given several times."))  # fmt: skip
@asked
@campaigned
@configured
@plugged
@formatted
@pass_shell
def check(
    shell: Shell,
    names: tuple[str, ...],
    papers: tuple[Path, ...],
    as_of: date,
    known_at: KnownAt,
    campaign: str | None,
    config: Path | None,
    format_: str,
) -> int:
    """List what is missing, or which bulletins the files are."""
    from dualcert.reporting.requests import new_request

    if papers and names:
        raise click.UsageError(_("--file stands alone: files are compared, reporters are asked"))
    with shell.open() as registry:
        request, books = new_request(registry, as_of, known_at=known_at, campaign=campaign)
        if papers:
            return _print_issued(papers, request, books, format_)
    plugins = loaded(config)
    return max(_print_missing(plugins, names, request, format_), 0 if names else print_broken(plugins))


def _print_missing(plugins: Plugins, names: tuple[str, ...], request: Request, format_: str) -> int:
    """Print what each reporter remarks; return 1 if something is missing, 5 if one failed."""
    from dualcert.reporting.rendering import Rendered, remarked

    rows: list[dict[str, Any]] = []
    failed: list[Rendered] = []
    for name in dict.fromkeys(names) or plugins.reporters:
        plugin, _reporter = plugins.reporter(name)
        lines, trouble = remarked(plugins, name, _told(request))
        rows.append({"reporter": name, "missing": list(lines)})
        failed.append(Rendered(name, plugin.distribution, trouble=trouble))
    if not print_answer(format_, {**basis(request), "rows": rows}):
        nothing = _("nothing is missing")
        print_table(
            (N_("reporter"), N_("missing")),
            [[row["reporter"], line] for row in rows for line in row["missing"] or [nothing]],
        )
    return max(print_failed(failed), int(any(row["missing"] for row in rows)))


def _print_issued(papers: tuple[Path, ...], request: Request, books: Books, format_: str) -> int:
    """Print which issued bulletin each file is; return 1 if a file is not one."""
    import hashlib

    issued = [(each.campaign, bulletin) for each in books.campaigns() for bulletin in each.bulletins]
    rows: list[dict[str, Any]] = []
    for paper in papers:
        with paper.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        found = [{"campaign": campaign, **each.to_dict()} for campaign, each in issued if each.sha256 == sha256]
        rows.append({"file": str(paper), "sha256": sha256, "bulletins": found})
    if not print_answer(format_, {**basis(request), "rows": rows}):
        unknown = [["", _("none that was issued"), "", ""]]
        headers = (N_("file"), N_("on"), N_("bulletin"), N_("number"), N_("recipients"))
        lines = [
            [row["file"], *line]
            for row in rows
            for line in [[b["on"], b["month"], b["number"] or "", " ".join(b["recipients"])] for b in row["bulletins"]]
            or unknown
        ]
        print_table(headers, lines)
        print_basis(basis(request))
    return int(any(not row["bulletins"] for row in rows))


@report.command(
    cls=ShellCommand,
    examples=(
        "dualcert report run bulletin --as-of 2023-10-31 --out october",
        "dualcert report run dashboard",
    ),
    help=N_(
        "Run reporters and write their files to a folder; without a NAME all reporters.\n\n"
        "The same question on the same log gives the same bytes. A reporter that fails is named, with exit status "
        "5, and the output of the others is written. Messages are written as their channel shows them, or as .eml files; nothing is sent. "
        "--isolate runs each in a process of its own: the only way to stop one that hangs, crashes or uses too much memory."
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME]…")
@option("--out", type=click.Path(file_okay=False, path_type=Path), default="reports", show_default=True, metavar="DIR",
        help=N_("Where the files go."))  # fmt: skip
@option("--subject", metavar="CODE|ID", help=N_("Only about this city, county or lab, if the reporter supports it."))
@option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
        help=N_("The language of the documents and messages."))  # fmt: skip
@option("--pdf", is_flag=True, help=N_("Make a PDF of every paper, too, whose reporter can."))
@option("--isolate", is_flag=True, help=N_("Run each reporter in a process of its own."))
@option("--open", "open_", is_flag=True, help=N_("Open the file that was written, or the folder of several."))
@force
@asked
@campaigned
@configured
@plugged
@formatted
@pass_shell
def run(  # noqa: PLR0913, PLR0917  it has as many options
    shell: Shell,
    names: tuple[str, ...],
    out: Path,
    subject: str | None,
    language: Language,
    pdf: bool,  # noqa: FBT001  click's signature
    isolate: bool,  # noqa: FBT001
    open_: bool,  # noqa: FBT001
    force: bool,  # noqa: FBT001
    as_of: date,
    known_at: KnownAt,
    campaign: str | None,
    config: Path | None,
    format_: str,
) -> int:
    """Run the reporters, write their files, and list them."""
    from dualcert.reporting.requests import new_request
    from dualcert.reporting.writing import previews, write_artifacts

    out = out.absolute()  # before any reporter can change the working folder
    plugins = loaded(config)
    if pdf:
        _ask_for_pdf(plugins, names)
    with shell.open() as registry:
        request, books = new_request(
            registry, as_of, known_at=known_at, subject=subject, language=language, campaign=campaign
        )
        done = rendered(plugins, list(dict.fromkeys(names)) or plugins.reporters, request, books, isolate=isolate)
    files = write_artifacts(done, out, request, replace=force, preview=previews(plugins))
    rows = [written.to_dict() for written in files]
    document = {**basis(request), "rows": rows}
    if not print_answer(format_, document):
        print_table(
            (N_("reporter"), N_("file"), N_("bytes")), [[r["reporter"], r["file"], r["bytes"]] for r in rows], [2]
        )
        print_basis(document)
    if shell.remarks:
        print_remarks(plugins, done, request)
    if open_ and files:
        click.launch(str(out / files[0].file if len(files) == 1 else out))
    return max(print_failed(done), 0 if names else print_broken(plugins))


def _ask_for_pdf(plugins: Plugins, names: tuple[str, ...]) -> None:
    """Set `pdf` for the reporters whose configuration has it; note which of those that the user named make no PDF."""
    from attrs import evolve, fields_dict

    tables = dict(plugins.configuration.reporter)
    for name in names or plugins.reporters:
        _plugin, reporter = plugins.reporter(name)
        if "pdf" in fields_dict(reporter.Config):
            tables[name] = {**tables.get(name, {}), "pdf": True}
        elif names:
            note(_("{reporter}: it makes no PDF").format(reporter=name))
    plugins.configuration = evolve(plugins.configuration, reporter=tables)


def basis(request: Request) -> dict[str, Any]:
    """Return the day, instant and position of the answers, for JSON."""
    known_at = request.known_at.isoformat() if request.known_at else None
    return {"as_of": request.as_of.isoformat(), "known_at": known_at, "position": request.position}


def loaded(config: Path | None) -> Plugins:
    """Return the plugins as the configuration allows them; raises BadConfiguration."""
    from dualcert.reporting.plugins import check_configured

    plugins = loaded_unchecked(config)
    check_configured(plugins)
    return plugins


def loaded_unchecked(config: Path | None) -> Plugins:
    """Return the plugins; tables of the configuration may be for channels that are gone, whose messages wait."""
    from dualcert.reporting.plugins import load_plugins
    from dualcert.reporting.quiet import nothing_on_stdout

    configuration = configured_here(config)
    with nothing_on_stdout():
        return load_plugins(configuration)


def configured_here(config: Path | None) -> Configuration:
    """Return the configuration, with the plugins that `--plugin` names for this run; raises BadConfiguration."""
    from attrs import evolve

    from dualcert.reporting.configuration import load_configuration

    shell = click.get_current_context().find_object(Shell)
    return evolve(load_configuration(config), files=shell.files if shell else ())


def rendered(plugins: Plugins, names: list[str], request: Request, books: Books, *, isolate: bool) -> list[Rendered]:
    """Return the output of each reporter; with *isolate*, each is run in a process of its own."""
    from dualcert.reporting.isolation import render_isolated
    from dualcert.reporting.quiet import nothing_on_stdout
    from dualcert.reporting.rendering import render

    for name in names:
        plugins.reporter(name)  # all are known before any runs
    how = render_isolated if isolate else render
    with nothing_on_stdout():
        return [how(plugins, name, request, books) for name in names]


def print_remarks(plugins: Plugins, done: list[Rendered], request: Request) -> None:
    """Print on stderr, in the language of the shell, what reporters remark about the files that they made."""
    from dualcert.reporting.rendering import remarks_of

    asked = _told(request)
    for one in done:
        for remark in remarks_of(plugins, one.reporter, asked) if one.artifacts else ():
            note(f"{one.reporter}: {remark}")


def _told(request: Request) -> Request:
    """Return the request in the language of the shell, in which remarks are made."""
    from attrs import evolve

    return evolve(request, language="zh" if chosen() == "zh" else "en", translate=_)


def print_failed(done: list[Rendered]) -> int:
    """Name on stderr the reporters that failed or printed; return the exit status.

    A question that the books refused is no fault of a plugin: the status is that of the refusal.
    """
    for one in done:
        if one.trouble:
            refusal = one.trouble.refusal
            detail = refusal.render(_) if refusal else one.trouble.detail
            note(f"{one.trouble.code}: {one.reporter} ({one.distribution}): {detail}")
            print_place(one.trouble)
        elif one.printed:
            template = _(
                "{reporter} ({distribution}) printed {n} characters: reporters return artifacts and print nothing"
            )
            note(template.format(reporter=one.reporter, distribution=one.distribution, n=one.printed))
    troubles = [one.trouble for one in done if one.trouble]
    if all(trouble.refused for trouble in troubles):
        return REFUSED if troubles else 0
    return FAILED


def print_place(trouble: Trouble) -> None:
    """With `--debug`, show the place in the plugin's code."""
    shell = click.get_current_context().find_object(Shell)
    if shell and shell.debug and trouble.traceback:
        note(trouble.traceback)


def print_broken(plugins: Plugins) -> int:
    """Name on stderr the plugins that are broken, and the names that several give; return the exit status."""
    from dualcert.errors import NameContested

    for plugin in plugins.broken:
        for trouble in plugin.troubles:
            note(f"{trouble.code}: {plugin.distribution} {plugin.version}: {trouble.detail}")
            print_place(trouble)
    for contested, givers in plugins.contested.items():
        kind, _dot, name = contested.partition(".")
        error = NameContested(kind=kind, name=name, plugins=givers)
        note(f"{error.code}: {error.render(_)}")
    return FAILED if plugins.broken or plugins.contested else 0
