"""What a sheet of labs says as a whole: of which certificate its columns are, its subject, and its own day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Container, Mapping
from datetime import date

from attrs import frozen

from dualcert.errors import LifeInFooter, LifeUnread, Refused, WhichScheme
from dualcert.roster import cells
from dualcert.roster.columns import certificate_field, line_of
from dualcert.roster.kinds.lab_columns import CALLED, LOOSE
from dualcert.roster.kinds.lab_life import ENDS, NOTES, STRONG, TELLING, Life, is_filled, read_life
from dualcert.roster.kinds.shared import unread
from dualcert.roster.layout import SheetRow, SheetTable, check_repeated
from dualcert.roster.rows import Reader
from dualcert.units import plain
from dualcert.values.numbers import looks_odd
from dualcert.values.terms import SCHEMES, Scheme

_SUBJECTS = {
    "解除暂停": Life.REINSTATED, "取消暂停": Life.REINSTATED, "撤并": Life.CLOSED,
    "注销": Life.CANCELLED, "撤销": Life.REVOKED, "吊销": Life.REVOKED, "暂停": Life.SUSPENDED, "恢复": Life.REINSTATED,
}  # fmt: skip
_ANY = f"(?:{'|'.join(_SUBJECTS)})"
_SUBJECT = re.compile(_ANY)
_NAMED = rf"(?:(?:已|被|予以|依法)*{_ANY}(?:的|或者|以及|[、,/和及与或])*)+"
"""Matches words of a life, one or several: 已注销、撤销."""
_NOT_ITS_SUBJECT = re.compile(
    rf"(?:(?<!解)除|[不未](?:含|包括|包含)|剔除|去除|扣除|排除|去掉)(?:了|去|有)?{_NAMED}"
    rf"|{_NAMED}[^()。;,]{{0,12}}?(?:除外|以外|之外|不(?:再|予)?(?:计|列|算|统计|纳入|包括|包含|在内)|未(?:计|统计|纳入|包括|包含))|(?:未|非|无|没有?)(?:被|经)?{_NAMED}"
)
"""Matches what a title says is left out, or not so: 不含暂停、注销机构, 注销机构除外, 未注销."""
_NOT_SURE = re.compile(
    rf"(?:拟|待|将|申请|建议|可能|应当?|预|含|包括|包含)(?:有|了)?(?:已|被|予以|依法)*{_ANY}|{_ANY}(?:之|以)?前"
)
"""Matches what a title says of some of the certificates, or before it happens: 含注销, 拟注销, 注销前."""
_STANDING = re.compile(rf"{STRONG.pattern}|恢复|有效|正常|在册|存续")
"""Words of a section's heading that say of its rows what the title does not."""
_DAY = r"(\d{4})(?:年|[.\-/])(\d{1,2})(?:(?:月|[.\-/])(\d{1,2})[日号]?|月?(?:底|末))"
_AS_OF = re.compile(
    rf"(?<!报送)(?<!上报)(?<!申报)(?<!报名)(?:截[至止]到?(?:日期|时间)?|(?:数据|统计)(?:日期|时间|截[至止](?:日期|时间)?)):?{_DAY}"
)
_CMA, _CATL = (re.compile("|".join(map(re.escape, sorted(map(plain, CALLED[of]), key=len, reverse=True))))
               for of in ("cma", "catl"))  # fmt: skip


def titled(table: SheetTable) -> str:
    """Return the sheet's title and name as they are compared."""
    return plain(f"{table.title} {table.page.name}")


@frozen
class Heading:
    """A title, or the heading of a section: the row in which it is, and what it says happened to all certificates below it.

    It is `unclear` where nobody can tell that, as under 拟注销 or 含注销.
    """

    number: int
    text: str
    lives: frozenset[Life]
    unclear: bool


def headings(table: SheetTable) -> list[Heading]:
    """Return the sheet's title (注销名单, 暂停…的公告) and the headings of its sections (二、已注销机构), which replace it."""
    found = [Heading(0, f"{table.title} {table.page.name}", *_said(titled(table)))]
    for number, why in table.skipped:
        if why == "section":
            text = " ".join(str(cell) for cell in table.page.rows[number - 1] if is_filled(cell))
            if _STANDING.search(plain(text)):
                lives, unclear = _said(plain(text))
                found.append(Heading(number, text, lives, unclear or (not lives and bool(STRONG.search(plain(text))))))
    return found


def _said(text: str) -> tuple[frozenset[Life], bool]:
    """Return what a title says happened, and whether nobody can tell."""
    text = _NOT_ITS_SUBJECT.sub("", text)
    lives = frozenset(_SUBJECTS[each[0]] for each in _SUBJECT.finditer(text))
    return lives, len(lives) > 1 or bool(_NOT_SURE.search(text))


def remark_footers(reader: Reader) -> None:
    """Add a remark for each footer with words of a certificate's life: it may be about one of the rows."""
    for number, why in reader.table.skipped:
        cells_ = reader.table.page.rows[number - 1]
        if why == "footer" and any(isinstance(cell, str) and STRONG.search(plain(cell)) for cell in cells_):
            reader.remark(SheetRow(number, cells_), "name", LifeInFooter())


def sheets_day(table: SheetTable) -> date | None:
    """Return the day by which a sheet says what it says (截至2023年9月30日), by its title, else by a footer."""
    texts = [titled(table)]
    for number, why in table.skipped:
        if why == "footer":
            texts += [plain(cell) for cell in table.page.rows[number - 1] if isinstance(cell, str)]
    for text in texts:
        days = {day for each in _AS_OF.finditer(text) if (day := _as_day(*each.groups()))}
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def _as_day(year: str, month: str, day: str | None) -> date | None:
    try:
        found = date(int(year), int(month), int(day) if day else monthrange(int(year), int(month))[1])
        return cells.as_day(found, 0)[0]
    except (ValueError, Refused):
        return None


def tell_apart(table: SheetTable) -> None:
    """Give columns of one name and without a scheme that of the certificate to their left: CMA编号, 发证日期, CATL编号, 发证日期."""
    schemes = {
        column: s
        for field_, column in table.columns.items()
        for s in SCHEMES
        if field_.startswith(f"{s.value.lower()}_")
    }
    loose = {table.columns[part] for part in LOOSE if part in table.columns}
    loose.update(column for part in LOOSE for column in table.repeated.get(part, ()))
    for part in [part for part in LOOSE if part in table.repeated]:
        apart = {_beside(column, schemes, loose): column for column in table.repeated[part]}
        fields = {certificate_field(s, part): (s, column) for s, column in apart.items() if s}
        if len(fields) == len(table.repeated[part]) and not fields.keys() & table.columns.keys():
            _name_apart(table, part, fields)


def _beside(column: int, schemes: Mapping[int, Scheme], loose: Container[int]) -> Scheme | None:
    """Return the scheme of the first column to the left that has one, where only columns without a scheme are between."""
    while column in loose:
        column -= 1
    return schemes.get(column)


def _name_apart(table: SheetTable, part: str, fields: Mapping[str, tuple[Scheme, int]]) -> None:
    for scheme, column in fields.values():
        table.headers = {**table.headers, column: f"{scheme.value} {table.headers[column]}"}
    table.repeated = {name: columns for name, columns in table.repeated.items() if name != part}
    own = {field_: column for field_, (_, column) in fields.items()}
    table.columns = {**{name: column for name, column in table.columns.items() if name != part}, **own}


def settle(file: str, table: SheetTable) -> None:
    """Give the columns without a scheme that of the sheet, and refuse a sheet that would say more than is read.

    Raises WhichScheme where a number or a day can be of either certificate, ColumnRepeated, and LifeUnread for a column
    that is not read but holds words of a certificate's life.
    """
    loose = [part for part in LOOSE if part in table.columns]
    scheme = _scheme(table, loose) if loose else None
    columns = dict(table.columns)
    if scheme is None:
        parts = [
            part
            for part in ("number", "granted_on", "valid_until")
            if part in loose and _has_data(table, columns[part])
        ]
        if parts:
            headers = tuple(table.headers[columns[part]] for part in parts)
            example = line_of(headers[0], certificate_field(Scheme.CMA, parts[0]))
            lines = tuple(line_of(header, "") for header in headers)
            raise WhichScheme(file=file, kind="labs", columns=headers, example=example, lines=lines)
    for part in loose if scheme else ():
        field_ = certificate_field(scheme, part)  # type: ignore[arg-type]
        column = columns.pop(part)
        if field_ in columns:
            check_repeated(file, table, (columns[field_], column))
        columns[field_] = column
    table.columns = columns
    table.partly = frozenset(name for name in NOTES if name in columns and _has_other(table, name))
    if (
        "reason" in columns
        and not any(each.lives for each in headings(table))
        and not any(_tells(name) for name in columns)
    ):
        table.partly |= {"reason"}
    _check_unread(file, table)


def _scheme(table: SheetTable, loose: list[str]) -> Scheme | None:
    """Return the only certificate that a sheet can be about: by its headers, its title, or the form of its numbers."""
    named = [s for s in SCHEMES if any(field_.startswith(f"{s.value.lower()}_") for field_ in table.columns)]
    if named:
        return named[0] if len(named) == 1 else None
    title = titled(table)
    named = [s for s, form in zip((Scheme.CMA, Scheme.CATL), (_CMA, _CATL), strict=True) if form.search(title)]
    if named:
        return named[0] if len(named) == 1 else None
    if "number" not in loose:
        return None
    column = table.columns["number"]
    numbers = [text for row in table.rows if column < len(row.cells) and (text := _number(row.cells[column]))]
    fitting = [s for s in SCHEMES if numbers and not any(looks_odd(s, number) for number in numbers)]
    return fitting[0] if len(fitting) == 1 else None


def _number(cell: object) -> str:
    return "" if cell is None else str(cell)


def _has_data(table: SheetTable, column: int) -> bool:
    return any(column < len(row.cells) and is_filled(row.cells[column]) for row in table.rows)


def _tells(name: str) -> bool:
    """Return whether a field may say something that has a reason."""
    return name.removeprefix("cma_").removeprefix("catl_") in {"state", "lab_state", *ENDS.values(), "ended_on"}


def _has_other(table: SheetTable, name: str) -> bool:
    """Return whether a column of remarks has one that is not read: it says nothing of a certificate's life, or nothing clear."""
    column = table.columns[name]
    return any(is_filled(cell) and not _says(cell, name) for row in table.rows if column < len(row.cells)
               for cell in (row.cells[column],))  # fmt: skip


def _says(cell: object, name: str) -> bool:
    try:
        return bool(TELLING.search(plain(cell)) and list(read_life(str(cell), name, whole=False)))
    except Refused:
        return False


def _check_unread(file: str, table: SheetTable) -> None:
    found = unread(table, STRONG)
    if found:
        columns, cells, lines = found
        example = line_of(columns[0], "state")
        raise LifeUnread(file=file, kind="labs", columns=columns, cells=cells, example=example, lines=lines)
