"""The JSON Schema of commands, answers and refusals says what the library does."""

from __future__ import annotations

import json
from functools import cache

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

import dualcert
from dualcert import DualcertError, document_of, load_policy, parse
from dualcert.cli.examples import OTHERS, VALUES
from dualcert.domain.commands import by_name, field_names
from dualcert.errors import CATEGORIES, CertificateAlreadyHeld
from dualcert.testing.books import AS_OF, small_books
from dualcert.values.terms import Scheme

WRONG = (3.5, {}, [], True, None, "", "x" * 3_000, "lab-1", "2023-13-01", -1)
POLICY = msgspec.to_builtins(load_policy("shanxi-2023"))


@cache
def schema():
    return dualcert.schema()


@cache
def validator(name):
    return Draft202012Validator({**schema(), "$ref": f"#/$defs/{name}"}, format_checker=FormatChecker())


def example(name):
    """A document of the command with the fields that it needs."""
    decoded = {"items": json.loads, "replacement": json.loads, "version": int, "batch": int, "policy": lambda _: POLICY}
    decoded |= {"extended": lambda text: [text], "item": int if name == "complete-measure" else str}
    others = OTHERS.get(name, {})
    needed = [*schema()["$defs"][name]["required"][1:], *others]
    given = {field: others.get(field) or VALUES[field] for field in needed}
    return as_json({"do": name, **{field: decoded.get(field, str)(value) for field, value in given.items()}})


def as_json(document):
    return msgspec.json.decode(msgspec.json.encode(document))


def refused(document):
    try:
        parse(document)
    except DualcertError:
        return True
    return False


def test_it_is_a_schema():
    Draft202012Validator.check_schema(schema())
    json.dumps(schema())


@pytest.mark.parametrize("name", by_name())
def test_a_command_is_as_its_schema_says(name):
    document, valid = example(name), validator(name).is_valid
    again = as_json(document_of(parse(document)))

    assert valid(document)
    assert valid(again)
    for field in schema()["$defs"][name]["required"]:
        without = {key: value for key, value in document.items() if key != field}
        assert (valid(without), refused(without)) == (False, True), field
    assert (valid({**document, "nothing": 1}), refused({**document, "nothing": 1})) == (False, True)


@pytest.mark.parametrize("name", by_name())
def test_what_the_schema_does_not_admit_is_refused(name):
    document, valid = example(name), validator(name).is_valid
    tried = [{**document, field: wrong} for field in field_names(by_name()[name]) for wrong in WRONG]
    not_admitted = [each for each in tried if not valid(each)]

    assert len(not_admitted) > len(WRONG)
    assert [each for each in not_admitted if not refused(each)] == []


def test_any_command_is_one_of_them():
    assert validator("command").is_valid(example("grant-certificate"))
    assert not validator("command").is_valid({"do": "vote"})
    assert len(schema()["$defs"]["command"]["oneOf"]) == len(dualcert.COMMANDS)


@pytest.fixture(scope="module")
def books():
    return small_books().registry.books(AS_OF)


ANSWERS = {
    "LabStatuses": lambda books: books.status(),
    "CountyStatuses": lambda books: books.status(kind="county"),
    "PairingStatuses": lambda books: books.status(kind="pairing"),
    "CampaignStatuses": lambda books: books.status(kind="campaign"),
    "Ratios": lambda books: books.ratio("city", explain=True, series=[AS_OF]),
    "Due": lambda books: books.due(),
    "Scores": lambda books: books.score("county"),
    "Risks": lambda books: books.risk("batch-5"),
    "Plans": lambda books: books.plans(),
    "HistoryRow": lambda books: books.history("county-140525")[0],
    "Replay": lambda _: small_books().registry.replay(monthly=True),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_as_its_schema_says(books, name):
    answer = ANSWERS[name](books).to_dict()

    validator(name).validate(answer)
    listed = {key for key in answer if key not in schema()["$defs"][name]["properties"]}
    assert not listed


def test_every_refusal_has_a_schema_by_its_code():
    held = CertificateAlreadyHeld(
        lab="lab-140525-1", scheme=Scheme.CMA, number="1", on=AS_OF, valid_until=AS_OF.replace(year=2029)
    )

    validator(held.code).validate({"code": held.code, "message": str(held), **held.facts()})
    validator("refusal").validate({"code": held.code, "message": str(held), **held.facts()})
    assert {kind.code for kind in CATEGORIES} <= schema()["$defs"].keys()
