"""A service over the books: it records what it is told, answers figures, and sends reminders in the background.

    DUALCERT_STORE=books.db uvicorn --factory service:create_app

The registry is shared by all requests; its answers are frozen. Who enters a fact is told by the gateway in
front of the service, which knows who is logged in.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse

from dualcert import (
    AlreadyExists,
    BadConfiguration,
    BadValue,
    Conflict,
    DualcertError,
    Forbidden,
    KnownAt,
    NotFound,
    Plugins,
    Registry,
    Sender,
    StoreUnusable,
    Unavailable,
    check_configured,
    load_configuration,
    load_plugins,
    new_request,
    parse,
    parse_moment,
    plan_dispatches,
    sender_of,
    shown,
)

log = logging.getLogger("service")

STATUS: tuple[tuple[type[DualcertError], int], ...] = (
    (Conflict, 409),
    (NotFound, 404),
    (AlreadyExists, 409),
    (Forbidden, 403),
    (Unavailable, 503),
    (BadConfiguration, 400),
    (DualcertError, 422),
)
"""What a refusal is in HTTP; the first that fits. Its code, message and facts are in the body, but of what is unavailable
only the code: its facts name places of this machine."""


def create_app(store: str | None = None, config: Path | None = None, every: float = 60.0) -> FastAPI:
    """Return the service for the store at this URL or path, by default $DUALCERT_STORE.

    `config` is a dualcert.toml; where it names a channel, messages are planned and sent `every` so many seconds.
    """
    place = store or os.environ["DUALCERT_STORE"]

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        plugins = load_plugins(load_configuration(config))
        check_configured(plugins)
        with Registry.open(place) as registry:
            registry.catch_up()
            app.state.registry = registry
            post = PostOffice(registry, place, plugins, every)
            post.start()
            try:
                yield
            finally:
                post.stop()

    app = FastAPI(title="dualcert", lifespan=lifespan)
    app.add_exception_handler(DualcertError, _refused)
    app.post("/commands")(record)
    app.get("/ratio")(ratio)
    app.get("/due")(due)
    app.get("/labs/{lab}")(lab_status)
    app.get("/streams/{stream}")(history)
    app.get("/dispatches")(dispatches)
    return app


def _refused(_: Request, error: Exception) -> JSONResponse:
    """Answer a refusal with its code, its sentence and its facts."""
    assert isinstance(error, DualcertError)
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    told = {} if isinstance(error, StoreUnusable) else {"message": str(error), **error.facts()}
    return JSONResponse({"error": {"code": error.code, **told}}, status)


def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


def _moment(known_at: str | None = None) -> KnownAt:
    """Read `known_at` as the shell does: `@15`, a date (its end), or a time; all that is known where it is left out."""
    if known_at is None:
        return None
    moment = parse_moment(known_at)
    if moment is None:
        raise BadValue(field="known_at", value=shown(known_at), expected="@POSITION, a date or a time")
    return moment


Shared = Annotated[Registry, Depends(_registry)]
Moment = Annotated[KnownAt, Depends(_moment)]


def record(command: dict[str, Any], registry: Shared, x_person: Annotated[str, Header()]) -> JSONResponse:
    """Record one command, as `dualcert apply` takes them; 201 where it is new, 200 where it stood already."""
    receipt = registry.execute(parse({**command, "by": x_person}))
    body = {
        "recorded": receipt.recorded,
        "facts": [f"{fact.stream}@{fact.version}" for fact in receipt.facts],
        "remarks": [{"code": remark.code, "message": str(remark)} for remark in receipt.remarks],
    }
    return JSONResponse(body, 201 if receipt.recorded else 200)


def ratio(
    registry: Shared,
    known_at: Moment,
    by: Literal["province", "city", "county", "level"] = "province",
    as_of: date | None = None,
) -> dict[str, Any]:
    """Answer the campaign's figures."""
    return registry.ratio(by, as_of=as_of, known_at=known_at).to_dict()


def due(registry: Shared, known_at: Moment, as_of: date | None = None, within: int | None = None) -> dict[str, Any]:
    """Answer what needs attention."""
    return registry.due(as_of=as_of, known_at=known_at, within=within).to_dict()


def lab_status(lab: str, registry: Shared, known_at: Moment, as_of: date | None = None) -> dict[str, Any]:
    """Answer where a lab stands."""
    table = registry.status(lab, as_of=as_of, known_at=known_at).to_dict()
    return {**table.pop("rows")[0], **table}


def history(stream: str, registry: Shared, known_at: Moment) -> list[dict[str, Any]]:
    """Answer the facts of one stream."""
    return [row.to_dict() for row in registry.history(stream, known_at=known_at)]


def dispatches(registry: Shared) -> list[dict[str, Any]]:
    """Answer what was sent to whom, and what came of it."""
    return [row.to_dict() for row in registry.books().dispatches()]


class PostOffice(threading.Thread):
    """Plans and sends until it is stopped. Any number may run on one store: a message goes out once."""

    def __init__(self, registry: Registry, store: str, plugins: Plugins, every: float) -> None:
        super().__init__(name="post-office", daemon=True)
        self.registry, self.store, self.plugins, self.every = registry, store, plugins, every
        self.stopped = threading.Event()

    def run(self) -> None:
        """Go round; what goes wrong in one round is told, and the next one comes all the same."""
        channel = self.plugins.configuration.dispatch.channel
        while channel and not self.stopped.is_set():
            try:
                with sender_of(self.registry, self.plugins, by="post-office") as sender:
                    for told in self.round(sender, channel):
                        log.info(told)
            except DualcertError as refusal:
                log.warning("%s: %s", refusal.code, refusal)
            except Exception:
                log.exception("a round of the post office failed")
            self.stopped.wait(self.every)

    def round(self, sender: Sender, channel: str) -> Iterator[str]:
        """Plan what has come up today, send what is due, and yield what came of it."""
        request, _views = new_request(self.registry, self.registry.today())
        for planned in plan_dispatches(self.registry, sender.outbox, self.plugins, request, channel, by="post-office"):
            trouble = planned.rendered.trouble
            if trouble:
                yield f"{trouble.code}: {planned.rendered.reporter}: {trouble.detail}"
        for sent in sender.send():
            yield f"{sent.dispatch}: {sent.waits or sent.state.value}"
            if self.stopped.is_set():
                return

    def stop(self) -> None:
        """Finish the message that is under way, and end."""
        self.stopped.set()
        if self.is_alive():
            self.join(timeout=60)
