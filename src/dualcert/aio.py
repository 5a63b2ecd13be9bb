"""The registry for asyncio: the same members, awaited; the work is done in threads of the registry's own.

>>> import asyncio
>>> from dualcert import aio
>>> async def main():
...     async with await aio.Registry.create(":memory:", policy="shanxi-2023") as registry:
...         return await registry.ratio("city", as_of="2023-09-30")
>>> asyncio.run(main())["140500"].labs
0

Every call is that of `dualcert.Registry`, with its arguments, answers and refusals. A task that is cancelled stops waiting;
what its thread has begun goes on, so a command may be recorded all the same: give it a `command_id`, and send it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from copy import copy
from functools import partial, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from dualcert import registry
from dualcert.domain.entry import AnyEntry
from dualcert.policy import Policy
from dualcert.recording import Clock, Guard
from dualcert.registry import TICK, utc_now

__all__ = ["Registry"]

P = ParamSpec("P")
R = TypeVar("R")

AT_ONCE = 500
"""Facts that a follower is handed at once."""
THREADS = 8
"""Threads of one registry: one records at a time, the others answer."""


def _awaited(
    method: Callable[Concatenate[registry.Registry, P], R],
) -> Callable[Concatenate[Registry, P], Coroutine[Any, Any, R]]:
    """Return the method for asyncio that runs *method* in a thread."""

    @wraps(method)
    async def run(self: Registry, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self.run(partial(method, self.sync, *args, **kwargs))

    return run


def _pages(facts: Iterator[AnyEntry | None]) -> list[AnyEntry] | None:
    """Return the next facts, at most AT_ONCE: an empty list if there are no more for now, None if the log is closed."""
    found: list[AnyEntry] = []
    for fact in facts:
        if fact is None:
            return found
        found.append(fact)
        if len(found) == AT_ONCE:
            return found
    return found or None


class _Threads:
    """The threads of one registry, shared by all that act on it for somebody; `pool` is None once it is closed."""

    def __init__(self) -> None:
        self.pool: ThreadPoolExecutor | None = ThreadPoolExecutor(THREADS, thread_name_prefix="dualcert")
        self._followers: set[asyncio.Event] = set()

    @contextmanager
    def followed(self) -> Iterator[asyncio.Event]:
        """Yield an event that is set when the registry is closed."""
        closed = asyncio.Event()
        self._followers.add(closed)
        try:
            yield closed
        finally:
            self._followers.discard(closed)

    def close(self) -> None:
        """End the threads, and wake who follows; whoever asks now is told that the registry was closed."""
        pool, self.pool = self.pool, None
        if pool:
            pool.shutdown(wait=False)
        for closed in self._followers:
            closed.set()


class Registry:
    """The books of one store for asyncio; closes as an asynchronous context manager. `sync` is the registry itself."""

    def __init__(self, sync: registry.Registry) -> None:
        self.sync = sync
        self._threads = _Threads()

    @classmethod
    async def open(cls, url: str | Path, *, clock: Clock = utc_now, accept_clock: bool = False) -> Self:
        """Open a store; see `dualcert.Registry.open`."""
        return cls(await asyncio.to_thread(registry.Registry.open, url, clock=clock, accept_clock=accept_clock))

    @classmethod
    async def create(
        cls,
        url: str | Path,
        *,
        policy: Policy | str | Path,
        by: str = "system",
        clock: Clock = utc_now,
        accept_clock: bool = False,
    ) -> Self:
        """Make a store; see `dualcert.Registry.create`."""
        make = partial(registry.Registry.create, url, policy=policy, by=by, clock=clock, accept_clock=accept_clock)
        return cls(await asyncio.to_thread(make))

    async def run(self, question: Callable[[], R]) -> R:
        """Return what *question* returns, run in a thread of this registry: for questions to `Books` that take long."""
        context = copy_context()  # the span that the caller is in
        return await asyncio.get_running_loop().run_in_executor(self._threads.pool, context.run, question)

    def acting(self, guard: Guard) -> Self:
        """Return these books as they are recorded for somebody; see `dualcert.Registry.acting`."""
        books = copy(self)
        books.sync = self.sync.acting(guard)
        return books

    execute = _awaited(registry.Registry.execute)
    execute_many = _awaited(registry.Registry.execute_many)
    apply_gate = _awaited(registry.Registry.apply_gate)
    undo = _awaited(registry.Registry.undo)
    catch_up = _awaited(registry.Registry.catch_up)
    books = _awaited(registry.Registry.books)
    glance = _awaited(registry.Registry.glance)
    view = _awaited(registry.Registry.view)
    status = _awaited(registry.Registry.status)
    ratio = _awaited(registry.Registry.ratio)
    due = _awaited(registry.Registry.due)
    agenda = _awaited(registry.Registry.agenda)
    score = _awaited(registry.Registry.score)
    history = _awaited(registry.Registry.history)
    checkpoint = _awaited(registry.Registry.checkpoint)
    facts = _awaited(registry.Registry.facts)
    rehearsal = _awaited(registry.Registry.rehearsal)
    check_clock = _awaited(registry.Registry.check_clock)
    replay = _awaited(registry.Registry.replay)

    async def follow(self, after: int = 0, *, every: float = TICK) -> AsyncIterator[AnyEntry]:
        """Yield the facts after position *after*, then wait for more; it ends when the task is cancelled or all is closed."""
        facts = await self.run(partial(self.sync._following, after))  # noqa: SLF001  it is the same registry
        with self._threads.followed() as closed:
            while (found := await self.run(partial(_pages, facts))) is not None:
                for fact in found:
                    yield fact
                if not found:  # no thread is held while nothing comes
                    with suppress(TimeoutError):
                        await asyncio.wait_for(closed.wait(), every)

    async def close(self) -> None:
        """Close the store when nobody reads it, and end the threads."""
        await asyncio.to_thread(self.sync.close)
        self._threads.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
