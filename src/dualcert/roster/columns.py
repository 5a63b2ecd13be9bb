"""Columns: what a header means, by the names that offices give it, and by a mapping file where they differ."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from dualcert.errors import N_, BadConfiguration, Phrase
from dualcert.files import open_file
from dualcert.values.terms import Scheme

IGNORED = ""
"""What a mapping file says of a header that is not to be read."""


@frozen
class Column:
    """A column that rosters of a kind have.

    `header` is what templates call it, `aliases` what offices do; `needed` says that no sheet of the kind
    goes without it, `optional` that /, — or 无 there say that there is none; every day's column is. `form` is
    what other headers of it look like. `about` tells clerks what belongs there, `choices` are offered as a
    drop-down.
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

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the column."""
        return (self.header, *self.aliases, self.field.replace("_", " "))


@frozen
class Columns:
    """The columns of a kind, found by the header over them.

    `missed` says what headers look like that may not be missed while no column of a field is known.
    """

    columns: tuple[Column, ...]
    missed: Mapping[str, re.Pattern[str]]
    _by_name: Mapping[str, str] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        names = {plain(name): column.field for column in self.columns for name in column.names}
        object.__setattr__(self, "_by_name", names)

    @property
    def needed(self) -> frozenset[str]:
        """The fields that no sheet of the kind goes without."""
        return frozenset(column.field for column in self.columns if column.needed)

    @property
    def dated(self) -> frozenset[str]:
        """The fields that hold days."""
        return frozenset(column.field for column in self.columns if column.dated)

    @cached_property
    def optional(self) -> frozenset[str]:
        """The fields whose cells may say that there is none."""
        return frozenset(column.field for column in self.columns if column.optional or column.dated)

    def header_of(self, field_: str) -> str:
        """Return what templates call the column of a field."""
        return next((column.header for column in self.columns if column.field == field_), field_)

    def field_of(self, lines: tuple[str, ...], mapping: Mapping[str, str]) -> str | None:
        """Return the field of a header of one or two lines, or None; *mapping* goes before what is known.

        It is IGNORED where the mapping leaves the column unread.
        """
        readings = list(_readings(lines))
        known = next((names[name] for names in (mapping, self._by_name) for name in readings if name in names), None)
        if known is not None:
            return known
        shaped = (column.field for name in readings for column in self.columns
                  if column.form and column.form.fullmatch(name))  # fmt: skip
        return next(shaped, None)

    def may_not_be_missed(self, header: str, known: Container[str]) -> bool:
        """Return whether a header of no field looks like one that the kind may not miss where *known* are known."""
        return any(
            field_ not in known and form.fullmatch(name)
            for field_, form in self.missed.items()
            for name in _readings((header,))
        )


def _readings(lines: tuple[str, ...]) -> Iterable[str]:
    """Yield how a header may be read: as a whole, its last line alone; without what stands in brackets, or its signs."""
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


def plain(text: object) -> str:
    """Return *text* as headers and names are compared: NFKC, no blanks, small letters."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).lower()


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
