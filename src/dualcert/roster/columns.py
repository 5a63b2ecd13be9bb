"""Columns: which field a header means, by the names that offices use, or by a mapping file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Container, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import field, frozen

from dualcert.errors import N_, BadConfiguration, Phrase
from dualcert.files import open_file
from dualcert.units import plain
from dualcert.values.terms import Scheme

IGNORED = ""
"""The field of a header that a mapping file leaves unread."""


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
class Columns:
    """The columns of a kind, found by their headers.

    `missed` maps a field to a form of headers: a column with such a header must not stay unread while the sheet has no
    known column of the field. `settle`, if there is one, is called with the file and its table once the rows are read:
    it gives columns their final fields, and raises where the sheet as a whole cannot be understood.
    """

    columns: tuple[Column, ...]
    missed: Mapping[str, re.Pattern[str]]
    settle: Callable[[str, Any], None] | None = None
    _found: tuple[tuple[Mapping[str, str], tuple[Column, ...]], ...] = field(init=False, eq=False, repr=False)
    """Names and forms of columns, in the order in which they are looked up: those whose headers fit many sheets come last."""

    def __attrs_post_init__(self) -> None:
        found = []
        for loose in (False, True):
            columns = [column for column in self.columns if column.loose is loose]
            names = {plain(name): column.field for column in columns for name in column.names}
            found.append((names, tuple(column for column in columns if column.form)))
        object.__setattr__(self, "_found", tuple(found))

    @property
    def needed(self) -> frozenset[str]:
        """The fields that every sheet of the kind must have."""
        return frozenset(column.field for column in self.columns if column.needed)

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

    def field_of(self, lines: tuple[str, ...], mapping: Mapping[str, str]) -> str | None:
        """Return the field of a header of one or two lines, or None; *mapping* takes precedence over known names.

        The field is IGNORED where the mapping leaves the column unread.
        """
        readings = list(_readings(lines))
        for names, formed in ((mapping, ()), *self._found):
            known = next((names[name] for name in readings if name in names), None)
            if known is not None:
                return known
            for name in readings if formed else ():
                for column in formed:
                    if column.form and column.form.fullmatch(name):
                        return column.field
        return None

    def may_not_be_missed(self, header: str, known: Container[str]) -> bool:
        """Return whether a header without a field has a form of `missed` for a field that is not in *known*."""
        return any(
            field_ not in known and form.fullmatch(name)
            for field_, form in self.missed.items()
            for name in _readings((header,))
        )


def _readings(lines: tuple[str, ...]) -> Iterable[str]:
    """Yield the readings of a header: the whole and its last line, each also without its brackets and without its signs."""
    whole, last = plain("".join(lines)), plain(lines[-1])
    yield whole
    if last != whole:
        yield last
    for name in (whole, last):
        bare = re.sub(r"\([^()]*\)", "", name).strip("*:")
        if bare and bare != name:
            yield bare
        squeezed = re.sub(r"[()、/,.·*:]", "", name)
        if squeezed and squeezed not in {name, bare}:
            yield squeezed


def certificate_field(scheme: Scheme, part: str) -> str:
    """Return the field of a part of a certificate: CMA and number give cma_number."""
    return f"{scheme.value.lower()}_{part}"


def load_mapping(path: Path, known: frozenset[str]) -> dict[str, str]:
    """Return header -> field of a mapping file (TOML); raises BadConfiguration.

    The file has one table, `[columns]`, with lines such as `"单位全称" = "name"`. A header of two lines is
    written as they follow each other, or as `"CMA资质认定/证书编号"`; `""` leaves a column unread.
    """
    try:
        with open_file(path) as file:
            document = tomllib.loads(file.read().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadConfiguration(problem=f"{path}: {error}") from None
    columns = document.pop("columns", None)
    if document or not isinstance(columns, dict):
        problem = Phrase(N_("{path}: it has one table, [columns], and nothing else"), path=str(path))
        raise BadConfiguration(problem=problem)
    for header, field_ in columns.items():
        if field_ not in known and field_ != IGNORED:
            problem = Phrase(
                N_("{path}: {header} = {field}: there is no such field; there are {known}"),
                path=str(path), header=header, field=repr(field_), known=", ".join(sorted(known)),
            )  # fmt: skip
            raise BadConfiguration(problem=problem)
    return {plain(header.replace("/", "")): field_ for header, field_ in columns.items()}
