"""Columns: which field a header means, by the names that offices use, or by a mapping file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from attrs import field, frozen

from dualcert.documents import toml_of
from dualcert.errors import N_, BadConfiguration, Phrase
from dualcert.files import open_file
from dualcert.units import plain
from dualcert.values.terms import Scheme

IGNORED = ""
"""The field of a header that a mapping file leaves unread."""
_SIGNS = re.compile(r"[()、/,.·*:]")
_BRACKETS = re.compile(r"\([^()]*\)")


@frozen
class Column:
    """A column that rosters of a kind have.

    Attributes:
        field: the name of its values in code and in mapping files.
        header: its name in templates and exports.
        aliases: its other names in sheets of offices.
        needed: whether every sheet of the kind must have it.
        about: explains to clerks what belongs there.
        choices: what templates offer as a drop-down.
        width: how wide templates and exports make it, in characters.
        dated: whether it holds days.
        optional: whether /, — or 无 mean that it is empty; in a column of days they always do.
        form: matches further headers of it.
        offered: whether templates and exports have it; others are only read.
        loose: whether its header fits many sheets (CMA, 证书编号, 状态), so that a header line with better ones is preferred.
        spare: whether a second column of it stays unread, instead of being refused.
    """

    field: str
    header: str
    aliases: tuple[str, ...] = ()
    needed: bool = False
    about: str = ""
    choices: tuple[str, ...] = ()
    width: int = 14
    dated: bool = False
    optional: bool = False
    form: re.Pattern[str] | None = None
    offered: bool = True
    loose: bool = False
    spare: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the column."""
        return (self.header, *self.aliases, self.field.replace("_", " "))


@frozen
class Form:
    """One of the forms in which offices keep a kind: the fields that it needs, and what its title has to have."""

    fields: frozenset[str]
    title: re.Pattern[str] | None = None


@frozen
class Columns:
    """The columns of a kind, found by their headers.

    `missed` maps a field to a form of headers: a column with such a header must not stay unread while the sheet has no
    known column of the field. `settle`, if there is one, is called with the file and its table once the rows are read:
    it gives columns their final fields, and raises where the sheet as a whole cannot be understood. Before that `tell_apart`
    gives columns of one name different fields, where those beside them show which. Where there are `forms`, a
    sheet has to be of one of them; the first is that of templates.
    """

    columns: tuple[Column, ...]
    missed: Mapping[str, re.Pattern[str]]
    settle: Callable[[str, Any], None] | None = None
    tell_apart: Callable[[Any], None] | None = None
    forms: tuple[Form, ...] = ()
    _found: tuple[tuple[Mapping[str, str], tuple[Column, ...]], ...] = field(init=False, eq=False, repr=False)
    """Names and forms of columns, in the order in which they are looked up: those whose headers fit many sheets come last."""
    _named: Callable[[tuple[str, ...]], str | None] = field(init=False, eq=False, repr=False)
    """Returns the field of a header by what the kind knows; what was looked up is kept."""

    def __attrs_post_init__(self) -> None:
        found = []
        for loose in (False, True):
            columns = [column for column in self.columns if column.loose is loose]
            names = {spelled(name): column.field for column in columns for name in column.names}
            found.append((names, tuple(column for column in columns if column.form)))
        object.__setattr__(self, "_found", tuple(found))
        object.__setattr__(self, "_named", lru_cache(2_048)(self._first_named))

    @property
    def needed(self) -> frozenset[str]:
        """The fields that every sheet of the kind must have."""
        return frozenset(column.field for column in self.columns if column.needed)

    def lacking(self, known: Container[str], title: str = "") -> tuple[Column, ...]:
        """Return the columns that a sheet under *title* lacks to be of the kind, by the form that lacks fewest; none where it is whole."""
        needed = [column for column in self.columns if column.needed and column.field not in known]
        short = [
            [column for column in self.columns if column.field in form.fields and column.field not in known]
            for form in self.forms
            if form.title is None or form.title.search(title)
        ]
        return tuple(dict.fromkeys([*needed, *min(short, key=len, default=[])]))

    @property
    def asked(self) -> frozenset[str]:
        """The fields that a sheet in the form of templates must have."""
        return self.needed.union(*(form.fields for form in self.forms[:1]))

    @property
    def dated(self) -> frozenset[str]:
        """The fields that hold days."""
        return frozenset(column.field for column in self.columns if column.dated)

    @property
    def offered(self) -> tuple[Column, ...]:
        """The columns that templates and exports have."""
        return tuple(column for column in self.columns if column.offered)

    @cached_property
    def loose(self) -> frozenset[str]:
        """The fields whose headers fit many sheets."""
        return frozenset(column.field for column in self.columns if column.loose)

    @cached_property
    def spare(self) -> frozenset[str]:
        """The fields of which a second column stays unread."""
        return frozenset(column.field for column in self.columns if column.spare)

    @cached_property
    def optional(self) -> frozenset[str]:
        """The fields in whose cells / and 无 mean that they are empty."""
        return frozenset(column.field for column in self.columns if column.optional or column.dated)

    def header_of(self, field_: str) -> str:
        """Return the header of a field in templates."""
        return next((column.header for column in self.columns if column.field == field_), field_)

    def nearest(self, header: str) -> str:
        """Return the header of templates that is written most like *header*: an example of what it could mean."""
        return max(
            (column.header for column in self.offered), key=lambda each: SequenceMatcher(None, header, each).ratio()
        )

    def meant(self, name: str) -> str | None:
        """Return the field that a mapping names by itself or by a header of its column; None where the kind has no such column."""
        own = name == IGNORED or any(column.field == name for column in self.columns)
        known = (names[spelled(name)] for names, _ in self._found if spelled(name) in names)
        return name if own else next(known, None)

    def field_of(self, lines: tuple[str, ...], mapping: Mapping[str, str]) -> str | None:
        """Return the field of a header of one or two lines, or None; *mapping* takes precedence over known names.

        The field is IGNORED where the mapping leaves the column unread.
        """
        names = readings(lines)
        mapped = next((mapping[name] for name in names if name in mapping), None)
        if mapped is not None:
            return self.meant(mapped)
        return self._named(tuple(lines))

    def _first_named(self, lines: tuple[str, ...]) -> str | None:
        """Return the field of a header by the names and forms that the kind knows."""
        known = (self._known(name, *looked_up) for looked_up in self._found for name in readings(lines))
        return next(filter(None, known), None)

    @staticmethod
    def _known(name: str, names: Mapping[str, str], formed: Sequence[Column]) -> str | None:
        """Return the field of one reading of a header, by *names* or the forms of columns."""
        shaped = (column.field for column in formed if column.form and column.form.fullmatch(name))
        return names.get(name) or next(shaped, None)

    def missed_by(self, header: str, known: Container[str]) -> str | None:
        """Return the field of `missed` whose form a header without a field has, unless the field is in *known*."""
        possible = (
            field_
            for field_, form in self.missed.items()
            if field_ not in known and any(form.fullmatch(name) for name in readings((header,)))
        )
        return next(possible, None)


def spelled(header: str) -> str:
    """Return a header in the form in which headers are compared: without blanks, width and signs."""
    whole = plain(header)
    return _SIGNS.sub("", whole) or whole


def readings(lines: Sequence[str]) -> tuple[str, ...]:
    """Return what the lines of a header can mean, the likeliest first: all of it, its last line, each also without its brackets."""
    return _readings(tuple(lines))


@lru_cache(4_096)
def _readings(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the same as `readings`; it is cached, since every kind reads the same headers, in one line and in two."""
    full = " ".join(lines), lines[-1]
    bare = (_BRACKETS.sub("", plain(text)) for text in full)
    return tuple(dict.fromkeys(spelled(text) for text in (*full, *bare) if text))


def certificate_field(scheme: Scheme, part: str) -> str:
    """Return the field of a part of a certificate: CMA and number give cma_number."""
    return f"{scheme.value.lower()}_{part}"


def load_mapping(path: Path) -> dict[str, str]:
    """Return header -> column of a mapping file (TOML); raises BadConfiguration.

    The file has one table, `[columns]`, with lines such as `"单位全称" = "机构名称"`: the header of the sheet, and that of
    templates, or the field. A header of two lines is written as they follow each other, with or without a sign
    between them; `""` leaves a column unread.
    """
    try:
        with open_file(path) as file:
            document = toml_of(file.read())
    except (OSError, ValueError) as error:
        raise BadConfiguration(problem=f"{path}: {error}") from None
    columns = document.pop("columns", None)
    if document or not isinstance(columns, dict) or not all(isinstance(each, str) for each in columns.values()):
        problem = Phrase(
            N_("{path}: it has one table, [columns], with lines such as {line}, and nothing else"),
            path=str(path), line=line_of("单位全称", "机构名称"),
        )  # fmt: skip
        raise BadConfiguration(problem=problem)
    try:
        return as_mapping(columns)
    except BadConfiguration as refusal:
        raise BadConfiguration(
            problem=Phrase(N_("{path}: {problem}"), path=str(path), problem=refusal.problem)
        ) from None


def as_mapping(columns: Mapping[str, str]) -> dict[str, str]:
    """Return header -> column with each header as headers are compared; raises BadConfiguration where two lines contradict."""
    mapping: dict[str, str] = {}
    for header, name in columns.items():
        if mapping.setdefault(spelled(header), name) != name:
            raise BadConfiguration(problem=Phrase(N_("two lines for the header {header} differ"), header=header))
    return mapping


def line_of(header: str, name: str) -> str:
    """Return the line of a mapping file that gives a header its column."""
    return f"{_quoted(header)} = {_quoted(name)}"


def written_mapping(columns: Mapping[str, str]) -> str:
    """Return the text of a mapping file: header of the sheet -> column."""
    return "\n".join(["[columns]", *(line_of(header, name) for header, name in columns.items())]) + "\n"


def _quoted(text: str) -> str:
    """Return *text* as a string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
