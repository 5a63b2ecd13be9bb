"""Printing: tables for people; JSON, JSON lines and CSV for programs. Data goes to stdout, all else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from dualcert.cli.language import _
from dualcert.cli.tables import GAP, simple_table, width

BOM = "\ufeff"
NARROWEST = 8
"""The least width to which a column is folded; a Chinese character is two wide."""
_FORMULA = tuple("=+-@\t\r＝＋－＠")


def print_json(document: Any) -> None:
    """Print *document* as JSON on one line or indented, Chinese as Chinese."""
    import json

    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print one JSON object a line."""
    import json

    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as CSV with a BOM, nested values under dotted names, formulas made harmless."""
    import csv
    import io

    flat = [_flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in flat)
    click.echo(BOM + text.getvalue(), nl=False)


def _flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _harmless(value: Any) -> Any:
    """Return *value* in a form that no spreadsheet reads as a formula."""
    if isinstance(value, list | tuple):
        import json

        value = json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(_FORMULA) else value


def print_table(headers: Sequence[str], rows: Sequence[Sequence[Any]], numbers: Iterable[int] = ()) -> None:
    """Print an aligned table under translated headers; *numbers* are the columns of figures.

    On a terminal that is too narrow, the widest columns are folded.
    """
    if not rows:
        click.echo(_("nothing"))
        return
    right = set(numbers)
    cells = [[cell if type(cell) is str else _word(cell) for cell in row] for row in rows]
    titles = [_(header) for header in headers]
    padded = [title + " " * GAP for title in titles]  # as the library pads them
    folded = _folded([padded, *cells]) if sys.stdout.isatty() else None
    table = None if folded else simple_table(titles, cells, right)
    if table is None:
        table = _by_library(titles, cells, right, folded)
    click.echo(table)


def _by_library(
    titles: Sequence[str], cells: Sequence[Sequence[str]], right: Container[int], folded: Sequence[int] | None
) -> str:
    """Return a table with folded columns, or with cells of several lines."""
    from tabulate import tabulate

    align = tuple("right" if i in right else "left" for i in range(len(titles)))
    return tabulate(cells, titles, tablefmt="simple", disable_numparse=True, colalign=align,
                    maxcolwidths=folded, maxheadercolwidths=folded)  # fmt: skip


def _folded(rows: Sequence[Sequence[str]]) -> list[int] | None:
    """Return column widths with which the table fits the terminal; None if it fits without folding."""
    import shutil

    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    room = shutil.get_terminal_size().columns - GAP * (len(widths) - 1)
    if sum(widths) <= room:
        return None
    while sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _word(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    return str(cell)


def print_answer(format_: str, document: Mapping[str, Any]) -> bool:
    """Print an answer that has `rows` as JSON, JSON lines or CSV; return False if the format is a table."""
    match format_:
        case "json":
            print_json(document)
        case "jsonl":
            print_lines(document["rows"])
        case "csv":
            print_csv(document["rows"])
        case _:
            return False
    return True


def local(instant: str) -> str:
    """Return an instant of JSON in Asia/Shanghai, as tables show it and `--known-at` accepts it."""
    from dualcert.values.dates import on_the_clock

    return on_the_clock(datetime.fromisoformat(instant))


def note(message: str) -> None:
    """Print a line on stderr."""
    click.echo(message, err=True)
