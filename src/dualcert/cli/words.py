"""Words that are shown from data: codes, names of fields, and texts of layers that do not mark texts for translation.

Codes are the values of enums, names of fields those of the facts' classes: `all_words` lists them, and
`scripts/messages.py` puts them into the catalog.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache

from dualcert.cli.language import N_, _

OTHER_CODES = (N_("delist-county"), N_("cancel-candidacy"), N_("zone"), N_("county-government"), N_("abandoned"))
"""Codes in facts and tables that are not members of an enum."""

TEXTS = (
    N_("one of 省级, 市级, 县级"),
    N_("是 or 否"),
    N_("an e-mail address"),
    N_("write sqlite:///relative.db or sqlite:////absolute.db"),
    N_("it names no file"),
    N_("SQLite cannot be trusted on a network share; use PostgreSQL"),
    N_("not a file"),
    N_("a link to nothing"),
    N_("not an SQLite file"),
    N_("it has no log"),
    N_("its first row opens no log"),
    N_("the server runs with fsync off"),
)
"""Texts in the fields of refusals of rosters and stores: what was expected, or what is wrong."""

METAVARS = (
    N_("ARGUMENT"),
    N_("BY"),
    N_("CAMPAIGN"),
    N_("CODE"),
    N_("CODE|ID"),
    N_("COMMAND [ARGS]"),
    N_("CODE"),
    N_("COMMAND_ID"),
    N_("DATE"),
    N_("DAYS"),
    N_("DIR"),
    N_("DISPATCH"),
    N_("DST"),
    N_("FACT"),
    N_("FILE"),
    N_("RIGHT"),
    N_("GATE"),
    N_("ID"),
    N_("ID|CODE"),
    N_("KEY"),
    N_("KEY|FILE"),
    N_("KIND"),
    N_("MAP.toml"),
    N_("NAME"),
    N_("NAME|FILE"),
    N_("OPTIONS"),
    N_("OUT"),
    N_("OUT.xlsx"),
    N_("PAIRING"),
    N_("SOURCE"),
    N_("SRC"),
    N_("STORE"),
    N_("STREAM"),
    N_("TEXT"),
    N_("TIME|@POSITION"),
    N_("URL|PATH"),
    N_("VERSION"),
)
"""The metavars of the shell, besides those that are names of fields."""

NOT_LEVELS = {"city": N_("city code"), "county": N_("county id")}
"""Fields that are named like a level."""


@cache
def codes() -> frozenset[str]:
    """Return the codes that facts contain."""
    from dualcert.values import terms

    in_facts = (terms.Level, terms.Route, terms.Purpose, terms.Outcome, terms.Programme, terms.Standing, terms.Support,
                terms.Meeting, terms.Resolution, terms.State)  # fmt: skip
    return frozenset([*OTHER_CODES, *(word.value for words in in_facts for word in words)])


@cache
def _all_codes() -> frozenset[str]:
    from dualcert.values import terms

    return frozenset(word.value for words in terms.WORDS for word in words)


def all_words() -> Iterator[str]:
    """Yield every code and every name of a field that is translated on its own, not as part of a sentence."""
    import attrs

    from dualcert.domain.names import NAMES
    from dualcert.policy import ScoreRule
    from dualcert.projections.finding import Severity
    from dualcert.values import terms

    enums: tuple[type[Enum], ...] = (*terms.WORDS, Severity)
    yield from (word.value for words in enums for word in words)
    yield from ScoreRule.components()
    for stored, name in NAMES.items():
        yield stored
        yield from (field.name for field in attrs.fields(name.fact) if field.name not in NOT_LEVELS)


def titled(field: str) -> str:
    """Return the name of a fact's field in the reader's language."""
    return _(NOT_LEVELS.get(field, field))


def coded(value: str) -> str:
    """Return a code of a fact in the reader's language; any other text is returned unchanged."""
    return _(value) if value in codes() else value


def explained(code: str) -> str:
    """Return a code, followed by its word in the reader's language if that is another one."""
    translated = _(code) if code in _all_codes() else code
    return code if translated == code else f"{code} {translated}"
