"""Planning: the messages of reporters become dispatches, each once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import frozen

from dualcert.domain.commands import PlanDispatch, dispatch_id
from dualcert.errors import DispatchAlreadyPlanned, PersonErased
from dualcert.people import Directory
from dualcert.projections.books import Books
from dualcert.projections.view import View
from dualcert.registry import Registry
from dualcert.reporting.artifacts import Message
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.plugins import Plugins
from dualcert.reporting.rendering import Rendered, render
from dualcert.reporting.reporters import Reporter, Request
from dualcert.values.dates import month_of


@frozen
class PlannedDispatches:
    """The outcome of planning one reporter's messages: the new ids, and the number of messages that were planned before.

    `erased` is the number of messages to erased people, which are not planned.
    """

    rendered: Rendered
    new: tuple[str, ...] = ()
    known: int = 0
    erased: int = 0


def plan_dispatches(
    registry: Registry,
    outbox: Outbox,
    plugins: Plugins,
    request: Request,
    channel: str,
    names: Iterable[str] = (),
    *,
    by: str = "system",
    dry_run: bool = False,
) -> list[PlannedDispatches]:
    """Plan the messages of the reporters *names*, or of all whose triggers apply, and return the outcomes.

    A message's bytes are frozen and kept before its dispatch is recorded; a second plan of the same
    reporter, key, recipient and channel records nothing. With *dry_run* nothing is kept or recorded.
    Raises UnknownReporter, UnknownChannel, BadConfiguration.
    """
    plugins.channel(channel)
    view = registry.view(request.position)
    chosen = list(names) or [name for name in plugins.reporters if _triggered(plugins, name, view, request.as_of)]
    return [
        _planned(registry, outbox, render(plugins, name, request, Books(view, request.as_of)), request, channel,
                 by=by, dry_run=dry_run)
        for name in chosen
    ]  # fmt: skip


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


def _planned(
    registry: Registry,
    outbox: Outbox,
    rendered: Rendered,
    request: Request,
    channel: str,
    *,
    by: str,
    dry_run: bool,
) -> PlannedDispatches:
    new, known, erased = [], 0, 0
    for message in rendered.artifacts:
        if not isinstance(message, Message):
            continue
        id_ = dispatch_id(rendered.reporter, message.key, message.to, channel)
        if registry.view().dispatch(id_).planned:
            known += 1
            continue
        try:
            if dry_run or _record(registry, outbox, rendered.reporter, id_, message, request, channel, by):
                new.append(id_)
            else:
                known += 1
        except PersonErased:
            erased += 1
    return PlannedDispatches(rendered, tuple(new), known, erased)


def _record(
    registry: Registry,
    outbox: Outbox,
    reporter: str,
    id_: str,
    message: Message,
    request: Request,
    channel: str,
    by: str,
) -> bool:
    """Keep the message and record its dispatch; return False if another planner did so meanwhile.

    Erasing a person changes the directory first and then the outbox; this function stores the message first and then
    reads the directory. So if the recipient is erased meanwhile, one of the two notices it. Raises PersonErased.
    """
    if _is_erased(registry, message.to):
        raise PersonErased(person=message.to, erased_on="")
    sha256 = outbox.put(id_, message)
    if _is_erased(registry, message.to):
        outbox.erase([id_])
        raise PersonErased(person=message.to, erased_on="")
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
        by=by,
    )
    try:
        return registry.execute(command).recorded
    except DispatchAlreadyPlanned:
        return False


def _is_erased(registry: Registry, person: str) -> bool:
    with Directory.open(registry.store) as directory:
        found = directory.find(person)
    return found is not None and found.erased_on is not None
