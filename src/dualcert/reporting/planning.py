"""Planning: the messages of reporters become dispatches, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from attrs import frozen

from dualcert.domain.commands import PlanDispatch, dispatch_id
from dualcert.errors import N_, BadConfiguration, DispatchAlreadyPlanned, PersonErased, Phrase
from dualcert.people import Directory
from dualcert.projections.books import Books
from dualcert.projections.view import View
from dualcert.registry import Registry
from dualcert.reporting.artifacts import Message
from dualcert.reporting.channels import suits
from dualcert.reporting.isolation import render_isolated
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.plugins import Plugins, Trouble
from dualcert.reporting.rendering import Rendered, render
from dualcert.reporting.reporters import Reporter, Request
from dualcert.values.dates import month_of


@frozen
class PlannedDispatches:
    """The outcome of planning one reporter's messages: the new ids, and the number of messages that were planned before.

    Not planned are messages to `erased` people, and those that the channel does not suit (`unsuited`): one for groups
    takes no messages to people, so that no person's reminder is read by all.
    """

    rendered: Rendered
    new: tuple[str, ...] = ()
    known: int = 0
    erased: int = 0
    unsuited: int = 0
    channel: str = ""


@frozen
class DispatchPlanner:
    """How messages are planned: from which request, by which channel (None: as configured), by whom."""

    registry: Registry
    outbox: Outbox
    plugins: Plugins
    request: Request
    channel: str | None = None
    by: str = "system"
    dry_run: bool = False
    isolate: bool = False


def plan_dispatches(
    registry: Registry,
    outbox: Outbox,
    plugins: Plugins,
    request: Request,
    channel: str | None = None,
    names: Iterable[str] = (),
    *,
    by: str = "system",
    dry_run: bool = False,
    isolate: bool = False,
) -> list[PlannedDispatches]:
    """Plan the messages of the reporters *names*, or of all whose triggers apply, and return the outcomes.

    A message's bytes are frozen and kept before its dispatch is recorded; a second plan of the same
    reporter, key, recipient and channel records nothing. With *dry_run* nothing is kept or recorded; with *isolate*
    each reporter runs in a process of its own. Without *channel*, messages go by the channel of their reporter.
    Raises UnknownReporter, UnknownChannel, BadConfiguration.
    """
    planner = DispatchPlanner(registry, outbox, plugins, request, channel, by, dry_run, isolate)
    if channel is not None:
        plugins.channel(channel)
    view = registry.view(request.position)
    chosen = list(names) or [name for name in plugins.reporters if _triggered(plugins, name, view, request.as_of)]
    for name in chosen:
        plugins.reporter(name)
        if (channel or plugins.configuration.channel_of(name)) is None:
            problem = N_("choose a channel with --channel, or in [dispatch] of dualcert.toml")
            raise BadConfiguration(problem=Phrase(problem))
    return [_planned(planner, name, Books(view, request.as_of)) for name in chosen]


def _triggered(plugins: Plugins, name: str, view: View, day: date) -> bool:
    """Return whether a reporter's messages are to be planned: daily, first in a month, or after a fact of its names."""
    _, reporter = plugins.reporter(name)
    books = Books(view, day)
    return any(_has_come(trigger, reporter, books) for trigger in reporter.triggers)


def _has_come(trigger: str, reporter: Reporter, books: Books) -> bool:
    last = books.last_planned(reporter.name)
    if trigger == "daily":
        return True
    if trigger == "monthly":
        return last is None or month_of(last.as_of) < month_of(books.as_of)
    return any(last is None or row.position > last.position for row in books.facts(trigger))


def _planned(planner: DispatchPlanner, reporter: str, books: Books) -> PlannedDispatches:
    """Plan the messages of one reporter; if its channel cannot be had, that costs only its own."""
    plugins = planner.plugins
    name = planner.channel or plugins.configuration.channel_of(reporter)
    assert name is not None
    try:
        channel = plugins.channel(name)
    except BadConfiguration as refusal:
        trouble = Trouble(refusal.code, str(refusal), refused=True, refusal=refusal)
        return PlannedDispatches(Rendered(reporter, plugins.reporter(reporter)[0].distribution, trouble=trouble))
    rendered = (render_isolated if planner.isolate else render)(plugins, reporter, planner.request, books)
    counts: Counter[str] = Counter()
    new = []
    for message in rendered.artifacts:
        if not isinstance(message, Message):
            continue
        id_ = dispatch_id(reporter, message.key, message.to, name)
        outcome = _outcome(planner, reporter, id_, message, name) if suits(channel, message.to) else "unsuited"
        counts[outcome] += 1
        if outcome == "new":
            new.append(id_)
    return PlannedDispatches(rendered, tuple(new), counts["known"], counts["erased"], counts["unsuited"], name)


def _outcome(planner: DispatchPlanner, reporter: str, id_: str, message: Message, channel: str) -> str:
    """Plan a message, and return what it is: new, known or erased."""
    if planner.registry.view().dispatch(id_).planned:
        return "known"
    try:
        return "new" if planner.dry_run or _record(planner, reporter, id_, message, channel) else "known"
    except PersonErased:
        return "erased"


def _record(planner: DispatchPlanner, reporter: str, id_: str, message: Message, channel: str) -> bool:
    """Keep the message and record its dispatch; return False if another planner did so meanwhile.

    Erasing a person changes the directory first and then the outbox; this function stores the message first and then
    reads the directory. So if the recipient is erased meanwhile, one of the two notices it. Raises PersonErased.
    """
    registry, outbox, request = planner.registry, planner.outbox, planner.request
    with Directory.open(registry.store) as directory:
        _refuse_erased(directory, message.to)
        sha256 = outbox.put(id_, message)
        try:
            _refuse_erased(directory, message.to)
        except PersonErased:
            outbox.erase([id_])
            raise
    command = PlanDispatch(
        dispatch=id_,
        reporter=reporter,
        key=message.key,
        recipient=message.to,
        channel=channel,
        sha256=sha256,
        as_of=request.as_of,
        position=request.position,
        on=registry.today(),
        by=planner.by,
    )
    with suppress(DispatchAlreadyPlanned):
        if registry.execute(command).recorded:
            return True
    # If another planner's dispatch is settled already, nobody else removes the message that was kept here.
    outbox.drop(id_, lambda: registry.view().dispatch(id_).settled)
    return False


def _refuse_erased(directory: Directory, person: str) -> None:
    """Raise PersonErased if a person was erased."""
    found = directory.entry(person)
    if found and found.erased_on:
        raise PersonErased(person=person, erased_on=found.erased_on.isoformat())
