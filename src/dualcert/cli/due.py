"""Commands about the campaign's rules: due, gate, score."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import click

from dualcert.cli.figures import print_basis
from dualcert.cli.language import N_, _
from dualcert.cli.names import PersonText, named
from dualcert.cli.output import print_answer, print_csv, print_json, print_lines, print_table
from dualcert.cli.shell import (
    DayType,
    MomentType,
    Shell,
    ShellCommand,
    ShellGroup,
    accept_clock,
    asked,
    assumed,
    campaigned,
    entered,
    formatted,
    option,
    pass_shell,
)
from dualcert.values.terms import FindingKind

if TYPE_CHECKING:
    from dualcert.domain.receipt import Receipt
    from dualcert.fold import KnownAt
    from dualcert.projections.finding import Finding


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert due --within 30",
        "dualcert due --as-of 2023-10-31 --kind plan-missing --explain",
    ),
    help=N_(
        "What needs attention on a day: gates, plans, meetings, summaries, pairings, certificates, difficulties, "
        "and facts that contradict each other.\n\n"
        "Most urgent first. --explain, or 'evidence' in JSON, lists the facts behind each finding."
    ),
)
@option("--as-of", "--on", "as_of", type=DayType(), default="today", show_default=True,
        help=N_("The day that the question is about."))  # fmt: skip
@option("--known-at", type=MomentType(),
        help=N_("Use only what was known then: a time, a date (its end), or a log position; default: everything."))  # fmt: skip
@option(
    "--within",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help=N_("Only findings that are due within this many days, or overdue."),
)
@option(
    "--kind",
    type=click.Choice([kind.value for kind in FindingKind]),
    multiple=True,
    metavar="KIND",
    help=N_("Only findings of this kind; may be given several times."),
)
@option("--division", metavar="CODE", help=N_("Only those in this division, by its code."))
@option("--explain", is_flag=True, help=N_("List the facts behind each finding."))
@assumed
@campaigned
@formatted
@pass_shell
def due(
    shell: Shell,
    as_of: date,
    known_at: KnownAt,
    within: int | None,
    kind: tuple[str, ...],
    division: str | None,
    explain: bool,  # noqa: FBT001  click's signature
    policy: str | None,
    campaign: str | None,
    format_: str,
) -> None:
    """Ask and print."""
    from attrs import evolve

    with shell.open() as registry:
        books = registry.books(as_of, known_at, policy=policy, campaign=campaign)
        answer = books.due(within=within, division=division)
    answer = evolve(answer, rows=tuple(row for row in answer.rows if not kind or row.kind in kind))
    with named(registry.store) as names:
        if format_ != "table":
            print_answer(format_, answer.to_dict(_, names))
            return
        lines = [_finding_line(row, names, explain=explain) for row in answer.rows]
    headers = [
        N_("severity"),
        N_("due"),
        N_("days"),
        N_("kind"),
        N_("code"),
        N_("what"),
        *([N_("evidence")] if explain else []),
    ]
    print_table(headers, lines, numbers=[2])
    kinds = Counter(row.kind for row in answer.rows)
    click.echo(_("findings: {n}").format(n=len(answer.rows)))
    if kinds:
        click.echo(_(", ").join(f"{_(k)} {n}" for k, n in sorted(kinds.items())))
    print_basis(evolve(answer, rows=()).to_dict())


def _finding_line(row: Finding, names: PersonText, *, explain: bool) -> list[Any]:
    line = [_(row.severity.value), row.due, row.days_left, _(row.kind), row.division, row.message(_, names)]
    return [*line, " ".join(row.evidence)] if explain else line


@click.group(
    cls=ShellGroup,
    examples=("dualcert gate apply standing --dry-run",),
    help=N_("The campaign's deadlines, after which counties lose their standing."),
)
def gate() -> None:
    """Hold the commands."""


@gate.command(
    "apply",
    cls=ShellCommand,
    examples=(
        "dualcert gate apply standing --dry-run",
        "dualcert gate apply standing --source 晋农发〔2023〕8号",
    ),
    help=N_(
        "Record the decisions of a gate, each with its evidence.\n\n"
        "NAME is the gate's name in the policy. The gate is judged as of its own date with all that is known now; each "
        "decision names the facts that it depends on and the position of the log that was read. A county with a "
        "decision gets no second one, so a second run records nothing. A wrong decision is undone with 'record "
        "retract-fact' or 'record correct-fact'."
    ),
)
@click.argument("name")
@option("--on", type=DayType(), default="today", show_default=True, help=N_("The day of the decisions."))
@option("--source", default="", metavar="TEXT", help=N_("The document of the decision."))
@option("--dry-run", is_flag=True, help=N_("Show what would be recorded, and record nothing."))
@accept_clock
@campaigned
@entered
@formatted
@pass_shell
def gate_apply(
    shell: Shell,
    name: str,
    on: date,
    source: str,
    dry_run: bool,  # noqa: FBT001  click's signature
    accept_clock: bool,  # noqa: FBT001
    campaign: str | None,
    by: str,
    format_: str,
) -> None:
    """Judge, record, and print the decisions."""
    with shell.open(accept_clock=accept_clock) as registry:
        receipts = registry.apply_gate(name, on=on, by=by, source=source, dry_run=dry_run, campaign=campaign)
        position = registry.catch_up()
        names = {r.command.stream: registry.view().divisions.name_of(r.command.stream[-6:]) for r in receipts}
    rows = [_decision(receipt, names) for receipt in receipts]
    recorded = 0 if dry_run else len(rows)
    match format_:
        case "json":
            document = {"gate": name, "on": on.isoformat(), "dry_run": dry_run, "recorded": recorded}
            print_json({**document, "position": position, "rows": rows})
        case "jsonl":
            print_lines(rows)
        case "csv":
            print_csv(rows)
        case _:
            headers = (N_("county id"), N_("name"), N_("programme"), N_("decision"), N_("evidence"))
            print_table(headers, [_decision_line(row) for row in rows])
            template = _("{n} would be recorded") if dry_run else _("{n} recorded")
            click.echo(template.format(n=len(rows)))


def _decision(receipt: Receipt, names: dict[str, str]) -> dict[str, Any]:
    command: Any = receipt.command
    return {
        "county": command.county,
        "name": names[command.county],
        "programme": command.programme.value,
        "decision": "delist-county" if type(command).__name__ == "DelistCounty" else "cancel-candidacy",
        "facts": [fact.id for fact in receipt.facts] if receipt.recorded else [],
        "evidence": list(command.evidence),
        "position": command.position,
    }


def _decision_line(row: dict[str, Any]) -> list[Any]:
    return [row["county"], row["name"], _(row["programme"]), _(row["decision"]), " ".join(row["evidence"])]


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert score --as-of 2023-12-31",
        "dualcert score --of county",
    ),
    help=N_(
        "Rank the cities by the policy's weights, each component shown.\n\n"
        "With --of county, the counties that pass: the candidates for exemplary counties. A component is the share of what "
        "was owed that was done in time, times its weight. Where nothing was owed, it is left out, and the others are scaled "
        "up. A unit without a counted lab has neither score nor place."
    ),
)
@option("--of", type=click.Choice(["city", "county"]), default="city", show_default=True, help=N_("What is ranked."))
@asked
@assumed
@campaigned
@formatted
@pass_shell
def score(
    shell: Shell,
    of: Literal["city", "county"],
    as_of: date,
    known_at: KnownAt,
    policy: str | None,
    campaign: str | None,
    format_: str,
) -> None:
    """Ask and print."""
    with shell.open() as registry:
        document = registry.score(of, as_of=as_of, known_at=known_at, policy=policy, campaign=campaign).to_dict()
    if print_answer(format_, document):
        return
    rows = document["rows"]
    parts = [f"{_(c['name'])} {c['weight']}" for c in rows[0]["components"]] if rows else []
    headers = [N_("place"), N_("code"), N_("name"), N_("score"), *parts]
    more = [N_("since"), N_("example")] if of == "county" else []
    print_table([*headers, *more], [_score_line(row) for row in rows], numbers=[0, 3, *range(4, 4 + len(parts))])
    print_basis(document)


def _score_line(row: dict[str, Any]) -> list[Any]:
    nothing = _("no data")
    parts = [f"{c['points']} ({c['part']}/{c['whole']})" if c["whole"] else nothing for c in row["components"]]
    more = [row["dual_since"], row["selected"]] if "selected" in row else []
    return [row["place"], row["division"], row["name"], row["score"] or nothing, *parts, *more]
