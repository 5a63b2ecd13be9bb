"""The OpenAPI document: commands and answers by the JSON Schema of the library."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from dualcert import schema
from service.problems import MEDIA

ANSWERS = {
    "/ratio": "Ratios",
    "/due": "Due",
    "/agenda": "Due",
    "/labs": "LabStatuses",
    "/labs/{lab}": "LabStatus",
    "/counties/{county}": "CountyStatus",
}
"""Path of a question -> the definition of its answer."""
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457; the facts of the refusal are members beside these.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
    "required": ["type", "title", "status", "code"],
}


def add_schemas(app: FastAPI) -> None:
    """Let *app* describe its commands and answers by the library's schema; the document is made when it is first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    made["components"] = {"schemas": {**_definitions(), "Problem": PROBLEM}}
    for path, methods in made["paths"].items():
        for method in methods.values():
            method["responses"].pop("422", None)
            method["responses"]["default"] = {"description": "A problem", "content": {MEDIA: _of("Problem")}}
            if path in ANSWERS:
                method["responses"]["200"]["content"] = {"application/json": _of(ANSWERS[path])}
    recording = made["paths"]["/commands"]["post"]
    recording["requestBody"] = {"required": True, "content": {"application/json": _of("command")}}
    return made


def _of(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _definitions() -> dict[str, Any]:
    """Return the commands and answers of the library's schema; refusals are problems here."""
    refusals = {"refusal"}
    every = schema()["$defs"]
    refusals |= {
        name
        for name, each in every.items()
        if "code" in each.get("properties", {}) and "category" in each["properties"]
    }
    kept = {name: each for name, each in every.items() if name not in refusals}
    whole: dict[str, Any] = json.loads(json.dumps(kept).replace("#/$defs/", "#/components/schemas/"))
    return whole
