"""The routes of the live page; what they may be asked by whom is the guard's (`guard.py`)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote

from attrs import frozen
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dualcert import DualcertError
from dualcert.reporting import Document
from dualcert_dashboard.live.desk import Desk, NotThere
from dualcert_dashboard.live.guard import COOKIE, MOST_BYTES, Guard, Keys

SHOWN = frozenset({"application/pdf", "text/html", "text/plain"})
"""What a browser shows; everything else is taken as a file."""


class TooLarge(Exception):
    """More was sent than may be."""


def create_app(desk: Desk, keys: Keys) -> Guard:
    """Return the live page behind its guard."""
    routes = Routes(desk, keys)
    handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
        DualcertError: routes.refused, NotThere: _not_there, TooLarge: _too_large, ValueError: _unreadable,
        OSError: _unwritable, ClientDisconnect: _left,
    }  # fmt: skip
    return Guard(Starlette(routes=routes.all(), exception_handlers=handlers), keys)


@frozen
class Routes:
    """What each address does; the desk's work is done in threads."""

    desk: Desk
    keys: Keys

    def all(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/enter/{key}", self.enter), Route("/", self.page), Route("/position", self.position),
            Route("/rosters", self.receive, methods=["POST"]), Route("/rosters/{id}/mend", self.mend, methods=["POST"]),
            Route("/rosters/{id}/record", self.record, methods=["POST"]), Route("/rosters/{id}/marked", self.marked),
            Route("/reports/{name}", self.report, methods=["POST"]), Route("/documents/{id}", self.document),
        ]  # fmt: skip

    async def enter(self, request: Request) -> Response:
        """Begin the session by the link that works once."""
        if not self.keys.enter(request.path_params["key"]):
            return PlainTextResponse("this link was used already", 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, self.keys.session, httponly=True, samesite="strict", path="/")
        return answer

    async def page(self, _: Request) -> Response:
        """Return the page as of now."""
        return Response(await run_in_threadpool(self.desk.page), media_type="text/html")

    async def position(self, _: Request) -> Response:
        """Return how much is recorded."""
        return JSONResponse({"position": await run_in_threadpool(self.desk.position)})

    async def receive(self, request: Request) -> Response:
        """Take a roster."""
        name = unquote(request.headers.get("x-name", "roster.xlsx"))
        return JSONResponse(await run_in_threadpool(self.desk.receive, name, await _body(request)))

    async def mend(self, request: Request) -> Response:
        """Read a roster anew, with mended cells."""
        sent = await _document(request)
        texts, answers = _numbered(sent.get("cells", {})), _numbered(sent.get("answers", {}))
        return JSONResponse(await run_in_threadpool(self.desk.mend, request.path_params["id"], texts, answers))

    async def record(self, request: Request) -> Response:
        """Record a roster."""
        valid_only = (await _document(request)).get("validOnly") is True
        told = await run_in_threadpool(self.desk.record, request.path_params["id"], valid_only=valid_only)
        return JSONResponse(told)

    async def marked(self, request: Request) -> Response:
        """Return a roster with its findings marked."""
        return _file(await run_in_threadpool(self.desk.marked, request.path_params["id"]))

    async def report(self, request: Request) -> Response:
        """Run a reporter."""
        return JSONResponse(await run_in_threadpool(self.desk.report, request.path_params["name"]))

    async def document(self, request: Request) -> Response:
        """Return what a reporter made."""
        return _file(self.desk.document(request.path_params["id"]))

    async def refused(self, _: Request, error: Exception) -> Response:
        """Answer with a refusal."""
        assert isinstance(error, DualcertError)
        said = await run_in_threadpool(self.desk.said, error)
        return JSONResponse({"error": {"code": error.code, "message": said}}, 422)


async def _body(request: Request) -> bytes:
    """Return what was sent, no more than may be."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


async def _document(request: Request) -> dict[str, Any]:
    """Return the object that was sent; raises ValueError where it is none, nested too deeply, or has half a character in it."""
    try:
        sent = json.loads(await _body(request) or b"{}")
        json.dumps(sent, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(sent, dict):
        raise ValueError("an object is expected")  # noqa: TRY004  it is answered like any other unreadable body
    return sent


def _numbered(texts: Any) -> dict[int, str]:
    if not isinstance(texts, dict):
        raise ValueError("an object is expected")  # noqa: TRY004  as above
    return {int(key): str(text)[:1000] for key, text in texts.items()}


def _file(document: Document) -> Response:
    """Return a document; what is shown is shown in a place of its own, which has nothing of this page's."""
    way = "inline" if document.media_type in SHOWN else "attachment"
    name = quote(document.filename, safe="")
    headers = {
        "content-disposition": f"{way}; filename*=UTF-8''{name}",
        "content-security-policy": "sandbox allow-scripts",
    }
    return Response(document.content, media_type=document.media_type, headers=headers)


async def _not_there(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": {"code": "not-there", "message": "it is not there any more"}}, 404)


async def _too_large(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": {"code": "too-large", "message": f"more than {MOST_BYTES >> 20} MB"}}, 413)


async def _unreadable(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": {"code": "unreadable", "message": "it cannot be read"}}, 400)


async def _unwritable(_: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    return JSONResponse({"error": {"code": "unwritable", "message": error.strerror or type(error).__name__}}, 500)


async def _left(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it
