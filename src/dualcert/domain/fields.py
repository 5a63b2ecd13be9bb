"""The fields of commands: converters from text to the field's type, and validators that refuse with the field's name.

A converter turns what it understands into the field's type and leaves the rest to the validator, which
knows the field's name. So the constructor, a JSON line and a shell option follow the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import Enum
from typing import Any, TypeAlias, TypeVar, cast

from attrs import Attribute

from dualcert.errors import N_, BadCreditCode, BadId, BadText, BadValue, ImplausibleDate, Phrase, Refused, shown
from dualcert.values import dates, ids, numbers, text
from dualcert.values.terms import (
    Level,
    Meeting,
    Outcome,
    Programme,
    Purpose,
    Resolution,
    Role,
    Route,
    Scheme,
    Standing,
    Support,
)

E = TypeVar("E", bound=Enum)

Field: TypeAlias = "Attribute[Any]"
"""A field of a command; only its name matters to its rule."""
Validator = Callable[[Any, Field, Any], None]
"""The rule of a field: command, field and value."""
KEYWORDS: dict[object, Mapping[str, object]] = {}
"""Rule -> what it asks for, in the keywords of JSON Schema, where the type of the field does not say it."""


def as_date(value: date | str) -> date:
    """Take a date, a text YYYY-MM-DD, or a datetime: its civil day."""
    parsed = dates.day_of(value)
    return cast("date", value if parsed is None else parsed)


def as_optional_date(value: date | str | None) -> date | None:
    """Take what `as_date` takes, or None."""
    return None if value is None else as_date(value)


def as_text(value: str) -> str:
    """Take a text, composed and without blanks around it."""
    return text.tidy(value) if isinstance(value, str) else value


def as_optional_text(value: str | None) -> str | None:
    """Take a text or None."""
    return None if value is None else as_text(value)


def as_texts(value: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Take a list of texts."""
    return tuple(as_text(each) for each in value) if isinstance(value, list | tuple) else value


def as_optional_texts(value: list[str] | tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Take a list of texts or None."""
    return None if value is None else as_texts(value)


def _as_word(words: type[E], value: E | str) -> E:
    try:
        return words(value)
    except ValueError:
        return cast("E", value)


def as_scheme(value: Scheme | str) -> Scheme:
    """Take CMA or CATL."""
    return _as_word(Scheme, value)


def as_level(value: Level | str) -> Level:
    """Take province, city or county."""
    return _as_word(Level, value)


def as_optional_level(value: Level | str | None) -> Level | None:
    """Take a level or None."""
    return None if value is None else as_level(value)


def as_route(value: Route | str) -> Route:
    """Take joint or sequential."""
    return _as_word(Route, value)


def as_purpose(value: Purpose | str) -> Purpose:
    """Take first, renewal or scope."""
    return _as_word(Purpose, value)


def as_outcome(value: Outcome | str) -> Outcome:
    """Take passed, failed or rectify."""
    return _as_word(Outcome, value)


def as_programme(value: Programme | str) -> Programme:
    """Take national or provincial."""
    return _as_word(Programme, value)


def as_standing(value: Standing | str) -> Standing:
    """Take a standing in a programme."""
    return _as_word(Standing, value)


def as_support(value: Support | str) -> Support:
    """Take a kind of pairing."""
    return _as_word(Support, value)


def as_optional_role(value: Role | str | None) -> Role | None:
    """Take what a supporter is, or None."""
    return None if value is None else _as_word(Role, value)


def as_resolution(value: Resolution | str) -> Resolution:
    """Take delivered or send-again."""
    return _as_word(Resolution, value)


def as_meeting(value: Meeting | str) -> Meeting:
    """Take a kind of meeting."""
    return _as_word(Meeting, value)


STREAMS = ("lab", "county", "pairing", "campaign")
"""The kinds of streams that take commands."""


def is_date(_: object, field: Field, value: object) -> None:
    """Refuse a value that is not a civil date, and implausible years."""
    if type(value) is not date:
        raise BadValue(field=str(field.alias), value=shown(value), expected=N_("a date YYYY-MM-DD"))
    if not dates.plausible(value):
        raise ImplausibleDate(
            field=str(field.alias),
            value=value,
            earliest=dates.EARLIEST,
            latest=dates.LATEST,
        )


def one_of(words: Iterable[Enum]) -> Validator:
    """Refuse a value that is not one of *words*."""
    allowed = tuple(words)
    expected = Phrase(N_("one of {words}"), words=tuple(word.value for word in allowed))

    def check(_: object, field: Field, value: object) -> None:
        if value not in allowed:
            found = value.value if isinstance(value, Enum) else value
            raise BadValue(field=str(field.alias), value=shown(found), expected=expected)

    return check


def is_text(limit: int) -> Validator:
    """Refuse a value that is not a text, is empty, is longer than *limit*, or has characters that no document can have."""

    def check(_: object, field: Field, value: object) -> None:
        if not isinstance(value, str):
            raise BadValue(field=str(field.alias), value=shown(value), expected=N_("a text"))
        problem = text.text_problem(value, limit)
        if problem:
            raise BadText(field=str(field.alias), problem=problem)

    KEYWORDS[check] = {"minLength": 1, "maxLength": limit}
    return check


is_name = is_text(text.NAME_LIMIT)
is_note = is_text(text.NOTE_LIMIT)


def is_source(command: object, field: Field, value: object) -> None:
    """Accept any note, and an empty text."""
    if value != "":
        is_note(command, field, value)


def is_number(command: object, field: Field, value: object) -> None:
    """Refuse a number with a letter that is neither Latin nor Chinese and only looks so."""
    is_name(command, field, value)
    foreign = text.foreign_letter(cast("str", value))
    if foreign:
        problem = Phrase(N_("letter U+{code} is neither Latin nor Chinese"), code=f"{ord(foreign):04X}")
        raise BadText(field=str(field.alias), problem=problem)


def is_credit_code(command: object, field: Field, value: object) -> None:
    """Refuse a code whose form or check digit is wrong."""
    is_name(command, field, value)
    problem = numbers.credit_code_problem(cast("str", value))
    if problem:
        raise BadCreditCode(value=shown(value), problem=problem)


def is_id_of(kind: str) -> Validator:
    """Refuse a value that is not of the form of *kind*'s ids."""

    def check(_: object, field: Field, value: object) -> None:
        if not isinstance(value, str) or not ids.is_id(kind, value):
            raise BadId(field=str(field.alias), value=shown(value), expected=ids.FORMS[kind][1])

    pattern = ids.FORMS[kind][0].pattern.replace(r"\d", "[0-9]")  # elsewhere \d may be digits of other scripts
    KEYWORDS[check] = {"pattern": f"^(?:{pattern})$", "maxLength": ids.ID_LIMIT}
    return check


def is_stream(_: object, field: Field, value: object) -> None:
    """Refuse a value that is not the id of a stream that takes commands."""
    if not isinstance(value, str) or not any(ids.is_id(kind, value) for kind in STREAMS):
        raise BadId(field=str(field.alias), value=shown(value), expected=N_("lab-…, county-…, pairing-… or campaign-…"))


def is_flag(_: object, field: Field, value: object) -> None:
    """Refuse a value that is not true or false."""
    if not isinstance(value, bool):
        raise BadValue(field=str(field.alias), value=shown(value), expected=N_("true or false"))


def is_month(_: object, field: Field, value: object) -> None:
    """Refuse a value that is not a month YYYY-MM of a plausible year."""
    first = dates.parse_month(value) if isinstance(value, str) else None
    if first is None or not dates.plausible(first):
        raise BadValue(field=str(field.alias), value=shown(value), expected=N_("a month YYYY-MM"))


MOST = 2**53 - 1
"""The largest whole number that every reader of JSON reads as it is."""


def is_count(expected: str) -> Validator:
    """Refuse a value that is not a whole number from 1, or more than any count can be."""

    def check(_: object, field: Field, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST:
            raise BadValue(field=str(field.alias), value=shown(value), expected=expected)

    KEYWORDS[check] = {"minimum": 1}
    return check


is_version = is_count(N_("a version, counted from 1"))


KEYWORDS |= {
    is_source: {"maxLength": text.NOTE_LIMIT},
    is_number: KEYWORDS[is_name],
    is_credit_code: KEYWORDS[is_name],
    is_month: {"pattern": "^[0-9]{4}-[0-9]{2}$"},
}


def are_facts(_: object, field: Field, value: object) -> None:
    """Refuse a value that is not a list of ids of facts."""
    if not isinstance(value, tuple):
        raise BadValue(field=str(field.alias), value=shown(value), expected=N_("a list of texts"))
    _each(is_id_of("fact"), field, value)


def are_names(_: object, field: Field, value: object) -> None:
    """Refuse a value that is not a list of names."""
    if not isinstance(value, tuple):
        raise BadValue(field=str(field.alias), value=shown(value), expected=N_("a list of texts"))
    _each(is_name, field, value)


def _each(rule: Validator, field: Field, values: tuple[object, ...]) -> None:
    """Refuse a list of which *rule* refuses a value, and name its place: `evidence[2]`."""
    for nth, value in enumerate(values, start=1):
        with located(f"{field.alias}[{nth}]"):
            rule(None, field, value)


@contextmanager
def located(place: str, *, within: bool = False) -> Iterator[None]:
    """Name *place* as the field of a refusal; with *within*, its own field is one of *place*."""
    try:
        yield
    except Refused as refusal:
        own = getattr(refusal, "field", None)
        if own is not None:
            refusal.field = f"{place}.{own}" if within else place  # type: ignore[attr-defined]  # it has one
        raise
