"""Refusals as problem details (RFC 9457), and what each code means at `/problems/CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dualcert import (
    AlreadyExists,
    BadConfiguration,
    Conflict,
    DualcertError,
    Forbidden,
    NotFound,
    StoreUnusable,
    Unavailable,
    schema,
)

MEDIA = "application/problem+json"
STATUS: tuple[tuple[type[DualcertError], int], ...] = (
    (Conflict, 409),
    (NotFound, 404),
    (AlreadyExists, 409),
    (Forbidden, 403),
    (Unavailable, 503),
    (BadConfiguration, 500),
    (DualcertError, 422),
)
"""What a refusal is in HTTP; the first that fits."""
AGAIN = 1
"""Seconds after which a client may try again what is unavailable, or lost its race."""
RESERVED = frozenset({"type", "title", "status", "detail", "instance", "code"})


def problem(status: int, code: str, detail: str = "", facts: Mapping[str, Any] | None = None) -> JSONResponse:
    """Return a problem: its type leads to what the code means, and the facts of the refusal are members beside it."""
    body = {"type": f"/problems/{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    extra = {f"{key}_" if key in RESERVED else key: value for key, value in (facts or {}).items()}
    headers = {"Retry-After": str(AGAIN)} if status == 503 or code == Conflict.code else {}
    return JSONResponse({**body, **extra}, status, media_type=MEDIA, headers=headers)


def refused(_: Request, error: Exception) -> JSONResponse:
    """Answer a refusal; of a store that cannot be used only the code, because its facts name places of this machine."""
    assert isinstance(error, DualcertError)
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    if isinstance(error, StoreUnusable | BadConfiguration):
        return problem(status, error.code)
    return problem(status, error.code, str(error), error.facts())


def malformed(_: Request, error: Exception) -> JSONResponse:
    """Answer a request that the routes do not understand."""
    assert isinstance(error, RequestValidationError)
    places = [{"at": ".".join(map(str, each["loc"])), "problem": each["msg"]} for each in error.errors()]
    return problem(422, "bad-request", "the request is not well formed", {"errors": places})


def not_served(_: Request, error: Exception) -> JSONResponse:
    """Answer a path or method that is not there."""
    assert isinstance(error, HTTPException)
    return problem(error.status_code, "not-served", str(error.detail))


def meaning(code: str) -> JSONResponse:
    """Answer what a code means."""
    found = schema()["$defs"].get(code, {}) if code != "command" else {}
    if found.get("properties", {}).get("code", {}).get("const") != code:
        return problem(404, "not-served", "there is no such problem")
    return JSONResponse({"code": code, "meaning": found["description"], "facts": list(found["properties"])})


def add_problems(app: FastAPI) -> None:
    """Let every error of *app* be a problem."""
    app.add_exception_handler(DualcertError, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, not_served)
    app.get("/problems/{code}", tags=["service"])(meaning)
