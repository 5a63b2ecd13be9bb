"""Commands about dispatches: plan messages, send them, list their states, record a person's decision."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.names import named
from dualcert.cli.output import local, note, print_answer, print_csv, print_json, print_lines, print_table
from dualcert.cli.shell import (
    Input,
    MomentType,
    Shell,
    ShellCommand,
    ShellGroup,
    accept_clock,
    asked,
    configured,
    entered,
    formatted,
    option,
    pass_shell,
    plugged,
)

if TYPE_CHECKING:
    from dualcert.fold import KnownAt
    from dualcert.registry import Registry
    from dualcert.reporting.reporters import Language
    from dualcert.reporting.sending import Sender, Sent

NO, REFUSED, FAILED, WAITING = 1, 3, 5, 6
"""Exit statuses: a check that says no, a refusal, a plugin that failed, a message that waits for a person."""
DISPATCH_ID = re.compile(r"dispatch-[0-9a-f]{32}(?![0-9a-f])")

STATES = ("planned", "sending", "delivered", "failed", "refused", "unknown", "abandoned")

WAITS = {
    "no-address": N_("waits: the recipient has no address"),
    "unreadable": N_("waits: the recipient cannot be read"),
    "no-content": N_("waits: the outbox has no message"),
    "no-channel": N_("waits: its channel is not set up"),
    "no-more": N_("waits: it failed too often"),
    "later": N_("waits: it is tried again later"),
    "nothing-to-do": N_("nothing is sent in this state"),
}
"""Why a dispatch was not taken."""


dispatch = ShellGroup(
    "dispatch",
    examples=("dualcert dispatch list",),
    help=N_(
        "Messages of reporters: planned once, sent at most once, every unknown delivery listed.\n\n"
        "Replaying, copying and reporting send nothing; only 'dispatch send' does."
    ),
)


@dispatch.command(
    cls=ShellCommand,
    examples=("dualcert dispatch plan --channel folder --dry-run",),
    help=N_(
        "Plan the messages of reporters; without a NAME those of all reporters that are due.\n\n"
        "Planning the same again records nothing: a message is identified by reporter, key, recipient and channel."
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME]…")
@option(
    "--channel",
    metavar="NAME",
    help=N_("By which channel; default that of the reporter, or of [dispatch], in the configuration."),
)
@option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
        help=N_("The language of the messages."))  # fmt: skip
@option("--dry-run", is_flag=True, help=N_("Show what would be recorded, and record nothing."))
@option("--isolate", is_flag=True, help=N_("Run each reporter in a process of its own."))
@accept_clock
@asked
@configured
@plugged
@entered
@formatted
@pass_shell
def plan(  # noqa: PLR0913, PLR0917  it has as many options
    shell: Shell,
    names: tuple[str, ...],
    channel: str | None,
    language: Language,
    dry_run: bool,  # noqa: FBT001  click's signature
    isolate: bool,  # noqa: FBT001
    accept_clock: bool,  # noqa: FBT001
    as_of: date,
    known_at: KnownAt,
    config: Path | None,
    by: str,
    format_: str,
) -> int:
    """Plan, and print what was planned."""
    from dualcert.cli.reports import loaded, print_broken, print_failed
    from dualcert.reporting.outbox import Outbox
    from dualcert.reporting.planning import plan_dispatches
    from dualcert.reporting.quiet import nothing_on_stdout
    from dualcert.reporting.requests import new_request

    plugins = loaded(config)
    with shell.open(accept_clock=accept_clock) as registry, Outbox.open(registry.store) as outbox, nothing_on_stdout():
        request, _views = new_request(registry, as_of, known_at=known_at, language=language)
        done = plan_dispatches(
            registry, outbox, plugins, request, channel, names, by=by, dry_run=dry_run, isolate=isolate
        )
    rows = [
        {"reporter": p.rendered.reporter, "planned": len(p.new), "known": p.known, "dispatches": list(p.new)}
        for p in done
    ]
    if not print_answer(format_, {"rows": rows}):
        headers = (N_("reporter"), N_("planned"), N_("known"))
        print_table(headers, [[r["reporter"], r["planned"], r["known"]] for r in rows], numbers=[1, 2])
    erased = sum(p.erased for p in done)
    if erased:
        note(_("{n} messages to people who were erased are not planned").format(n=erased))
    for one in done:
        if one.unsuited:
            template = _(
                "{n} messages of {reporter} are not planned: {channel} is for groups and they are for people, or the other way round"
            )
            note(template.format(n=one.unsuited, reporter=one.rendered.reporter, channel=one.channel))
    return max(print_failed([p.rendered for p in done]), 0 if names else print_broken(plugins))


@dispatch.command(
    "list",
    cls=ShellCommand,
    examples=(
        "dualcert dispatch list",
        "dualcert dispatch list --state unknown",
    ),
    help=N_("List the dispatches with their states; those that wait for a person first."),
)
@option("--state", type=click.Choice(STATES), multiple=True, help=N_("Only these; may be given several times."))
@option("--known-at", type=MomentType(), help=N_("Use only what was known then."))
@formatted
@pass_shell
def list_(shell: Shell, state: tuple[str, ...], known_at: KnownAt, format_: str) -> None:
    from dualcert.projections.dispatches import dispatch_statuses
    from dualcert.values.terms import DispatchState

    wanted = frozenset(DispatchState(each) for each in state) or None
    with shell.open() as registry:
        view = registry.view(known_at)
        now = datetime.now(UTC) if known_at is None else view.known_at
        rows = [row.to_dict() for row in dispatch_statuses(view, wanted, now)]
    order = {each: n for n, each in enumerate(("unknown", "refused", "failed", "sending", "planned"))}
    rows.sort(key=lambda row: order.get(row["state"], len(order)))
    if print_answer(format_, {"rows": rows}):
        return
    with named(registry.store) as names:
        lines = [[r["dispatch"], _(r["state"]), r["attempts"], r["reporter"], r["key"], names(r["recipient"]), r["channel"],
                  local(r["changed_at"]), r["detail"]] for r in rows]  # fmt: skip
    headers = (N_("dispatch id"), N_("state"), N_("attempts"), N_("reporter"), N_("key"), N_("recipient"), N_("channel"),
               N_("changed"), N_("detail"))  # fmt: skip
    print_table(headers, lines, numbers=[2])


@dispatch.command(
    cls=ShellCommand,
    examples=("dualcert dispatch send",),
    help=N_(
        "Send the messages that are due, each at most once.\n\n"
        "An attempt is recorded before its connection opens, its outcome afterwards. If the connection breaks after "
        "the message went out, the outcome is unknown: 'dispatch list' shows it, and it is never sent again without "
        "'dispatch retry'. A copy or restored store sends nothing until 'dispatch resume'. The exit status is 6 where "
        "a message waits for a person: 'dispatch check' lists them."
    ),
)
@click.argument("ids", nargs=-1, metavar="[DISPATCH]…")
@option("--yes", is_flag=True, help=N_("Do not ask."))
@accept_clock
@configured
@plugged
@entered
@formatted
@pass_shell
def send(
    shell: Shell,
    ids: tuple[str, ...],
    yes: bool,  # noqa: FBT001  click's signature
    accept_clock: bool,  # noqa: FBT001
    config: Path | None,
    by: str,
    format_: str,
) -> int:
    """Ask for confirmation, send, and print the outcomes."""
    from dualcert.projections.dispatches import dispatch_statuses
    from dualcert.values.terms import DispatchState

    waiting, only = frozenset({DispatchState.PLANNED, DispatchState.FAILED}), frozenset(ids) or None
    with _deciding(shell, config, by, accept_clock=accept_clock) as sender:
        view = sender.registry.view()
        count = sum(1 for row in dispatch_statuses(view, waiting) if not only or row.dispatch in only)
        _confirm(_("Send up to {n} messages?").format(n=count), yes=yes or not count)
        done = []
        try:
            for sent in sender.send(only):
                done.append(sent)
                _print_trouble(sent)
        finally:
            _print_rows(format_, done)
        return _left(sender, only, done)


def _print_trouble(sent: Sent) -> None:
    """Name a channel that failed, or that cannot be had."""
    from dualcert.cli.reports import print_place

    if sent.trouble:
        note(f"{sent.trouble.code}: {sent.channel}: {sent.trouble.detail}")
        print_place(sent.trouble)


def _left(sender: Sender, only: frozenset[str] | None, done: list[Sent]) -> int:
    """Say what is not done, and return the exit status: a timer hears of what waits for a person."""
    for error in dict.fromkeys(f"{e.code}: {e.render(_)}" for e in (sent.refusal for sent in done) if e):
        note(error)
    again = sender.next_try()
    if again:
        note(_("what failed is tried again from {time}").format(time=local(again.isoformat())))
    waiting = sum(1 for _each in sender.waiting(only))
    if waiting:
        note(_("{n} dispatches wait for a person: 'dispatch check' lists them").format(n=waiting))
        return WAITING
    return FAILED if any(sent.trouble for sent in done) else 0


@dispatch.command(
    cls=ShellCommand,
    examples=("dualcert dispatch check",),
    help=N_(
        "List the dispatches that wait for a person, with the reason; exit status 1 if there are any.\n\n"
        "For monitoring: nothing is sent or recorded. A store that may not send from here is told, too."
    ),
)
@configured
@plugged
@formatted
@pass_shell
def check(shell: Shell, config: Path | None, format_: str) -> int:
    from dualcert.errors import SendingOff

    with _deciding(shell, config, "system", accept_clock=False) as sender:
        rows = list(sender.waiting())
        status = NO if rows else 0
        try:
            sender.quarantine.check(sender.registry.store, sender.registry.view)
        except SendingOff as refusal:
            note(f"{refusal.code}: {refusal.render(_)}")
            status = NO
    _print_rows(format_, rows)
    return status


def _print_rows(format_: str, sent: list[Sent]) -> None:
    rows = [{"dispatch": s.dispatch, "state": s.state.value, "waits": s.waits, "detail": s.detail} for s in sent]
    match format_:
        case "json":
            print_json({"rows": rows})
        case "jsonl":
            print_lines(rows)
        case "csv":
            print_csv(rows)
        case _:
            lines = [[s.dispatch, _(WAITS[s.waits]) if s.waits else _(s.state.value), s.detail] for s in sent]
            print_table((N_("dispatch id"), N_("state"), N_("detail")), lines)


def several(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its dispatches: ids as arguments, or the text of a file that has them."""
    command = option("--from", "file", type=Input(), metavar="FILE",
                     help=N_("A text with the ids of dispatches, such as a mail server's log; - is standard input."))(command)  # fmt: skip
    decorated: Callable[..., Any] = click.argument("ids", nargs=-1, metavar="[DISPATCH]…")(command)
    return decorated


@dispatch.command(
    cls=ShellCommand,
    examples=(
        "dualcert dispatch resolve dispatch-6d0f3a1b9c8e47d2a5b4c3d2e1f00918 --delivered --reason 收件人已确认",
        "dualcert dispatch resolve --planned-before 2023-09-01 --abandon --reason 已过时",
    ),
    help=N_(
        "Record that dispatches were delivered, or give them up.\n\n"
        "For messages whose delivery is unknown, once somebody has found out; and after a restore for those that went "
        "out since the backup, which the log takes for planned. Each is decided by itself: those that cannot be are "
        "named on stderr, with exit status 3."
    ),
)
@several
@option("--all", "every", is_flag=True, help=N_("Every dispatch that is neither delivered nor abandoned."))
@option(
    "--planned-before",
    type=MomentType(),
    help=N_("Of these, those that were planned before this time, day or position."),
)
@option("--delivered", is_flag=True, help=N_("They were delivered."))
@option("--abandon", is_flag=True, help=N_("They will not be sent any more."))
@option("--reason", required=True, help=N_("How you know, or why."))
@option("--yes", is_flag=True, help=N_("Do not ask, with --all or --planned-before."))
@accept_clock
@configured
@plugged
@entered
@pass_shell
def resolve(  # noqa: PLR0913, PLR0917  it has as many options
    shell: Shell,
    ids: tuple[str, ...],
    file: IO[bytes] | None,
    every: bool,  # noqa: FBT001  click's signature
    planned_before: KnownAt,
    delivered: bool,  # noqa: FBT001
    abandon: bool,  # noqa: FBT001
    reason: str,
    yes: bool,  # noqa: FBT001
    accept_clock: bool,  # noqa: FBT001
    config: Path | None,
    by: str,
) -> int:
    """Record a person's decision about dispatches."""
    if delivered == abandon:
        raise click.UsageError(_("give --delivered or --abandon, and not both; 'dispatch retry' sends it again"))
    named = _named_in(ids, file)
    wide = every or planned_before is not None
    if bool(named) == wide:
        raise click.UsageError(_("name dispatches, or give --from, --all or --planned-before"))
    with _deciding(shell, config, by, accept_clock=accept_clock) as sender:
        if wide:
            named = _open(sender.registry, planned_before)
            asked = _("Record {n} dispatches as delivered?") if delivered else _("Abandon {n} dispatches?")
            _confirm(asked.format(n=len(named)), yes=yes or not named)
        return _decide(sender, named, "delivered" if delivered else "abandon", reason)


@dispatch.command(
    cls=ShellCommand,
    examples=("dualcert dispatch retry dispatch-6d0f3a1b9c8e47d2a5b4c3d2e1f00918 --reason 邮箱已更正",),
    help=N_(
        "Send dispatches again that were refused, failed too often, or whose delivery is unknown.\n\n"
        "If one was delivered after all, it arrives twice; the reason explains why that was accepted."
    ),
)
@several
@option("--reason", required=True, help=N_("Why it may go out again."))
@accept_clock
@configured
@plugged
@entered
@pass_shell
def retry(
    shell: Shell,
    ids: tuple[str, ...],
    file: IO[bytes] | None,
    reason: str,
    accept_clock: bool,  # noqa: FBT001  click's signature
    config: Path | None,
    by: str,
) -> int:
    """Record that dispatches are to be sent again."""
    named = _named_in(ids, file)
    if not named:
        raise click.UsageError(_("name dispatches, or give --from"))
    with _deciding(shell, config, by, accept_clock=accept_clock) as sender:
        return _decide(sender, named, "send-again", reason)


def _named_in(ids: tuple[str, ...], file: IO[bytes] | None) -> tuple[str, ...]:
    """Return the ids of the arguments and those in the text of *file*, each once."""
    found = DISPATCH_ID.findall(file.read().decode("utf-8", "replace")) if file else []
    return tuple(dict.fromkeys([*ids, *found]))


def _open(registry: Registry, planned_before: KnownAt) -> tuple[str, ...]:
    """Return the ids of the open dispatches, or of those of them that were planned before a moment."""
    from dualcert.projections.dispatches import open_dispatches
    from dualcert.values.dates import days_after, end_of

    if planned_before is None:
        return open_dispatches(registry.view())
    day = isinstance(planned_before, date) and not isinstance(planned_before, datetime)
    then = end_of(days_after(planned_before, -1)) if day else planned_before  # type: ignore[arg-type]  # it is a date
    return open_dispatches(registry.view(), registry.view(then))


def _confirm(question: str, *, yes: bool) -> None:
    """Ask, unless the answer was given; without a terminal it has to be."""
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError(_("this needs --yes, or a terminal to ask"))
    click.confirm(question, abort=True, err=True)


@contextmanager
def _deciding(shell: Shell, config: Path | None, by: str, *, accept_clock: bool) -> Iterator[Sender]:
    from dualcert.cli.reports import loaded_unchecked
    from dualcert.reporting.sending import sender_of

    plugins = loaded_unchecked(config)
    with shell.open(accept_clock=accept_clock) as registry, sender_of(registry, plugins, by=by) as sender:
        yield sender


def _decide(sender: Sender, ids: tuple[str, ...], outcome: str, reason: str) -> int:
    """Record the decision about each dispatch, print its state, and return the exit status.

    What is refused is named, and the others are recorded; the refusal of a single one is raised.
    """
    from dualcert.errors import Refused
    from dualcert.values.terms import Resolution

    status = 0
    for id_ in ids:
        try:
            if outcome == "abandon":
                sender.abandon(id_, reason)
            else:
                sender.resolve(id_, Resolution(outcome), reason)
        except Refused as refusal:
            if len(ids) == 1:
                raise
            note(f"{refusal.code}: {refusal.render(_)}")
            status = REFUSED
        else:
            click.echo(f"{id_}: {_(sender.registry.view().dispatch(id_).state.value)}")
    return status


@dispatch.command(
    cls=ShellCommand,
    examples=("dualcert dispatch resume",),
    help=N_(
        "Let this store send from this machine: after a move, a copy, or a restore from a backup.\n\n"
        "Messages may have been sent after the backup was made: look at 'dispatch list' first, and record those with "
        "'dispatch resolve --delivered'."
    ),
)
@option("--yes", is_flag=True, help=N_("Do not ask."))
@pass_shell
def resume(shell: Shell, yes: bool) -> None:  # noqa: FBT001  click's signature
    """Remember that the store sends from this machine and path."""
    from dualcert.reporting.quarantine import Quarantine

    if not yes:
        click.confirm(_("Let {store} send from here?").format(store=shell.store), abort=True, err=True)
    with shell.open() as registry:
        Quarantine.default().remember(registry.store, registry.view())
    note(_("{store} sends from here").format(store=shell.store))
