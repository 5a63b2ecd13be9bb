"""The application: its routes, and what they share.

The registry is shared by all requests; its answers are frozen. Who enters a fact is told by the gateway in
front of the service, which knows who is logged in.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse

from dualcert import Registry, check_configured, load_configuration, load_plugins, parse
from service.openapi import add_schemas
from service.post import PostOffice
from service.problems import add_problems, problem

Split = Literal["province", "city", "county", "level"]


def create_app(store: str | None = None, config: Path | None = None, every: float = 60.0) -> FastAPI:
    """Return the service for the store at this URL or path, by default $DUALCERT_STORE.

    `config` is a dualcert.toml, by default $DUALCERT_CONFIG or the one found here; where it names a channel, messages are
    planned and sent `every` so many seconds.
    """
    place = store or os.environ["DUALCERT_STORE"]
    named = config or (Path(os.environ["DUALCERT_CONFIG"]) if "DUALCERT_CONFIG" in os.environ else None)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        plugins = load_plugins(load_configuration(named))
        check_configured(plugins)
        with Registry.open(place) as registry:
            registry.catch_up()
            app.state.registry, app.state.post = registry, PostOffice(registry, plugins, every)
            app.state.post.start()
            try:
                yield
            finally:
                app.state.post.stop()

    app = FastAPI(title="dualcert", lifespan=lifespan)
    app.post("/commands", status_code=201, tags=["commands"])(record)
    for path, question in QUESTIONS.items():
        app.get(path, tags=["questions"])(question)
    app.get("/healthz", tags=["service"])(healthy)
    app.get("/readyz", tags=["service"])(ready)
    add_problems(app)
    add_schemas(app)
    return app


def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


Books = Annotated[Registry, Depends(_registry)]


def record(
    command: dict[str, Any],
    registry: Books,
    x_person: Annotated[str, Header()],
    idempotency_key: Annotated[str | None, Header()] = None,
) -> JSONResponse:
    """Record one command, as `dualcert apply` takes them; 201 where it is new, 200 where it stood already.

    The header Idempotency-Key is the command's `command_id`: sent again, it is recorded once, and with another content for the same
    lab, county, pairing or campaign refused; another one may have the same key.
    """
    told: dict[str, Any] = {"by": x_person}
    if idempotency_key is not None:
        told["command_id"] = idempotency_key
    if isinstance(command.get("replacement"), dict):  # of a correction: nobody enters it in another's name
        told["replacement"] = {**command["replacement"], "by": x_person}
    receipt = registry.execute(parse({**command, **told}))
    body = {
        "recorded": receipt.recorded,
        "facts": [f"{fact.stream}@{fact.version}" for fact in receipt.facts],
        "remarks": [{"code": remark.code, "message": str(remark)} for remark in receipt.remarks],
    }
    return JSONResponse(
        body, 201 if receipt.recorded else 200, headers={"Location": f"/streams/{receipt.command.stream}"}
    )


def ratio(
    registry: Books, by: Split = "province", as_of: str | None = None, known_at: str | None = None
) -> dict[str, Any]:
    """Answer the campaign's figures."""
    return registry.ratio(by, as_of=as_of, known_at=known_at).to_dict()


def due(
    registry: Books,
    as_of: str | None = None,
    known_at: str | None = None,
    within: int | None = None,
    division: str | None = None,
) -> dict[str, Any]:
    """Answer what needs attention."""
    return registry.due(as_of=as_of, known_at=known_at, within=within, division=division).to_dict()


def agenda(
    registry: Books,
    as_of: str | None = None,
    known_at: str | None = None,
    within: int | None = None,
    responsible: str | None = None,
) -> dict[str, Any]:
    """Answer what is to be done, and by whom."""
    return registry.agenda(as_of=as_of, known_at=known_at, within=within, responsible=responsible).to_dict()


def labs(
    registry: Books, division: str | None = None, as_of: str | None = None, known_at: str | None = None
) -> dict[str, Any]:
    """Answer where the labs of a division stand."""
    return registry.status(kind="lab", division=division, as_of=as_of, known_at=known_at).to_dict()


def lab(lab: str, registry: Books, as_of: str | None = None, known_at: str | None = None) -> dict[str, Any]:
    """Answer where a lab stands."""
    table = registry.status(lab, kind="lab", as_of=as_of, known_at=known_at).to_dict()
    return {**table.pop("rows")[0], **table}


def county(county: str, registry: Books, as_of: str | None = None, known_at: str | None = None) -> dict[str, Any]:
    """Answer where a county stands."""
    table = registry.status(county, kind="county", as_of=as_of, known_at=known_at).to_dict()
    return {**table.pop("rows")[0], **table}


def history(stream: str, registry: Books, known_at: str | None = None) -> list[dict[str, Any]]:
    """Answer the facts of one stream."""
    return [row.to_dict() for row in registry.history(stream, known_at=known_at)]


def dispatches(registry: Books) -> list[dict[str, Any]]:
    """Answer what was sent to whom, and what came of it."""
    return [row.to_dict() for row in registry.books().dispatches()]


QUESTIONS: dict[str, Callable[..., Any]] = {
    "/ratio": ratio,
    "/due": due,
    "/agenda": agenda,
    "/labs": labs,
    "/labs/{lab}": lab,
    "/counties/{county}": county,
    "/streams/{stream}": history,
    "/dispatches": dispatches,
}
"""Path -> the question that it answers."""


def healthy() -> dict[str, str]:
    """Answer that the process lives: restart it where this fails."""
    return {"status": "ok"}


def ready(request: Request, registry: Books) -> Any:  # noqa: ANN401  a document, or a problem
    """Answer whether requests can be served: the store is read, nothing could go behind its clock, the sender runs."""
    registry.check_clock()
    post: PostOffice = request.app.state.post
    return {"status": "ok"} if post.sound else problem(503, "sender-stopped", "the sender does not run")
