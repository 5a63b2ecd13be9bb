"""JSON Schema of what goes in and comes out: commands, answers, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec

from dualcert import errors
from dualcert.domain.commands import COMMANDS, Command, command_name, field_names
from dualcert.domain.fields import KEYWORDS, Field
from dualcert.projections import (
    answers,
    campaigns,
    certificates,
    counties,
    dispatches,
    finding,
    histories,
    pairings,
    plan_figures,
    ratios,
    replays,
    risks,
    scores,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ROWS: Mapping[str, type[answers.Answer]] = {
    "LabStatuses": certificates.LabStatus,
    "CountyStatuses": counties.CountyStatus,
    "PairingStatuses": pairings.PairingStatus,
    "CampaignStatuses": campaigns.CampaignStatus,
    "Due": finding.Finding,
    "Scores": scores.Score,
    "Risks": risks.Risk,
    "Plans": plan_figures.PlanFigures,
}
"""The tables of the questions, by the names that they have in the schema, with the class of their rows."""
OTHERS = (ratios.Ratios, replays.Replay, histories.HistoryRow, dispatches.DispatchStatus)

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NULL: Schema = {"type": "null"}
TEXT_OR_NONE: Schema = {"type": ["string", "null"]}
PLAIN: Mapping[object, Schema] = {
    str: TEXT,
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): NULL,
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    object: {},
    Any: {},
}
MORE: Mapping[type, Schema] = {
    finding.Finding: {
        "message": TEXT,
        "responsible": {"type": ["object", "null"], "properties": {"id": TEXT, "name": TEXT}},
    },
    scores.Score: {"score": TEXT_OR_NONE},
    scores.Component: {"points": TEXT_OR_NONE},
}
"""What the JSON of an answer has besides the fields of its class."""
FACTS: Mapping[object, Schema] = {kind: PLAIN[kind] for kind in (str, int, bool, date)}
"""The schemas of a refusal's facts; of other types they are words, lists, or refusals themselves."""
ENVELOPE = {"as_of": date, "known_at": datetime | None, "position": int}
"""What every table says of itself."""
SPARING = frozenset({ratios.Ratios, ratios.Figures, scores.Score, replays.Replay})
"""The answers whose JSON leaves out what was not asked for."""
LEFT_OUT: Mapping[type, frozenset[str]] = {finding.Finding: frozenset({"template", "more"})}
"""The fields of a class that its JSON does not have."""


def schema() -> Schema:
    """Return the JSON Schema of every command, answer and refusal, as definitions of one document.

    `$defs/command` is any command, as `parse` and a line of `dualcert apply` take it: `{"do": NAME, FIELD: VALUE, …}`; each
    command stands under its name (`grant-certificate`). Answers stand under the names of their classes, as `to_dict`
    returns them, tables of rows as `LabStatuses`. `$defs/refusal` is any refusal; each stands under its code. What a schema
    admits can still be refused: by a rule, or because a text is of blanks only.

    >>> schema()["$defs"]["close-lab"]["required"]
    ['do', 'on', 'lab', 'reason']
    """
    found: Schema = {}
    commands = {command_name(each): _command(each, found) for each in COMMANDS}
    tables = {name: _table(row, found) for name, row in ROWS.items()}
    for each in OTHERS:
        _typed(each, found)
    refusals = {each.code: _refusal(each) for each in _concrete_refusals()}
    found["command"] = {"oneOf": [_of(name) for name in commands], "discriminator": {"propertyName": "do"}}
    found["refusal"] = {"oneOf": [_of(code) for code in refusals]}
    document = {"$schema": DIALECT, "title": "dualcert", "$defs": {**found, **commands, **tables, **refusals}}
    plain: Schema = msgspec.to_builtins(document)
    return plain


def _of(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _command(command: type[Command], found: Schema) -> Schema:
    """Return the schema of a command; *found* gets the definitions that it refers to."""
    name, fields = command_name(command), field_names(attrs.resolve_types(command))
    return {
        "title": name,
        "description": (command.__doc__ or "").strip(),
        "type": "object",
        "properties": {"do": {"const": name}, **{key: _field(each, found) for key, each in fields.items()}},
        "required": ["do", *(key for key, each in fields.items() if each.default is attrs.NOTHING)],
        "additionalProperties": False,
    }


def _field(field: Field, found: Schema) -> Schema:
    """Return the schema of a command's field: that of its type, with what its rule adds, and its help."""
    told: Schema = {"description": field.metadata["help"]}
    if isinstance(field.default, str | bool):
        told["default"] = field.default
    rule = getattr(field.validator, "validator", field.validator)  # what `optional` wraps
    return {**_narrowed(_typed(field.type, found), KEYWORDS.get(rule, {})), **told}


def _narrowed(kind: Schema, keywords: Mapping[str, Any]) -> Schema:
    """Return the schema of a value with the keywords of its rule, where it may be null, at the member that is not."""
    if "anyOf" not in kind:
        return {**kind, **keywords}
    return {"anyOf": [each if each == NULL else {**each, **keywords} for each in kind["anyOf"]]}


def _typed(kind: Any, found: Schema) -> Schema:
    """Return the schema of a type's values in JSON; *found* gets the definitions that it refers to."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, members = get_origin(kind), get_args(kind)
    if origin is tuple:
        return {"type": "array", "items": _typed(members[0], found)}
    if origin is Literal:
        return {"enum": list(members)}
    if origin in {UnionType, Union}:
        return {"anyOf": [_typed(each, found) for each in members]}
    if not isinstance(kind, type):
        return {"type": "object"} if origin else {}
    return _of_class(kind, found)


def _of_class(kind: type, found: Schema) -> Schema:
    if issubclass(kind, Enum):
        return {"enum": [each.value for each in kind]}
    if issubclass(kind, Command):
        return _of("command")
    if issubclass(kind, msgspec.Struct):
        _, definitions = msgspec.json.schema_components([kind])
        found |= {name: _clean(each) for name, each in definitions.items()}
    elif kind.__name__ not in found:
        found[kind.__name__] = {}  # it may hold itself
        found[kind.__name__] = _record(kind, found)
    return _of(kind.__name__)


def _record(kind: type, found: Schema) -> Schema:
    """Return the schema of a class of values, or of an answer as `to_dict` returns it."""
    left_out, more = LEFT_OUT.get(kind, frozenset()), MORE.get(kind, {})
    fields = {a.name: a for a in attrs.fields(attrs.resolve_types(kind)) if a.name not in left_out}
    always = [name for name, each in fields.items() if kind not in SPARING or each.default is attrs.NOTHING]
    return {
        "title": kind.__name__,
        "description": " ".join((kind.__doc__ or "").split()),
        "type": "object",
        "properties": {**{name: _typed(each.type, found) for name, each in fields.items()}, **more},
        "required": always,
    }


def _clean(definition: Schema) -> Schema:
    """Return a definition without the line breaks that its docstring has in the source."""
    described = definition.get("description")
    return {**definition, "description": " ".join(described.split())} if described else definition


def _table(row: type[answers.Answer], found: Schema) -> Schema:
    envelope = {name: _typed(kind, found) for name, kind in ENVELOPE.items()}
    rows = {"type": "array", "items": _typed(row, found)}
    return {"type": "object", "properties": {**envelope, "rows": rows}, "required": [*envelope, "rows"]}


def _concrete_refusals() -> list[type[errors.DualcertError]]:
    every = (getattr(errors, name) for name in errors.__all__)
    return [each for each in every if isinstance(each, type) and issubclass(each, errors.DualcertError)]


def _refusal(refusal: type[errors.DualcertError]) -> Schema:
    kinds = get_type_hints(refusal)
    return {
        "title": refusal.__name__,
        "description": " ".join((refusal.__doc__ or "").split()),
        "type": "object",
        "properties": {
            "code": {"const": refusal.code},
            "message": TEXT,
            "category": {"const": refusal.category},
            **{name: FACTS.get(kinds[name], {}) for name in refusal.__fields__},
        },
        "required": ["code", "message"],
    }
