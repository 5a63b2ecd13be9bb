"""Writes the texts of the Shanxi year's workbooks anew: run it, and read what changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from dualcert_spreadsheet import DispatchTable, Ledger
from spreadsheet_reading import workbook

from dualcert.testing.year import write_texts

GOLDEN = Path(__file__).parent / "golden"
"""Where the texts are."""


def written(content):
    """Return a workbook as text, as it is shown: its sheets, their rows, the cells of each."""
    lines = []
    for page in workbook(content):
        lines.append(f"〈工作表〉{page.title}")
        for row in page.iter_rows():
            cells = [shown(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                lines.append(" | ".join(cells))
    return "\n".join(lines) + "\n"


def shown(cell):
    """Return what a cell shows: days and shares by their formats."""
    value = cell.value
    if isinstance(value, datetime):
        assert cell.number_format == 'yyyy"年"m"月"d"日"'
        return f"{value.year}年{value.month}月{value.day}日"
    if cell.number_format == "0.0%" and value is not None:
        return f"{value:.1%}"
    return "" if value is None else str(value)


def texts(year):
    """Return the workbooks of October 2023 as text, by the names of the golden files."""
    asked = {
        "dispatch-table": (DispatchTable(), None),
        "dispatch-table-changzhi": (DispatchTable(), "140400"),
        "ledger": (Ledger(), None),
        "ledger-changzhi": (Ledger(), "140400"),
    }
    made = {name: year.made(reporter, on="2023-10-31", subject=subject) for name, (reporter, subject) in asked.items()}
    return {f"{name}.txt": written(content) for name, of_one in made.items() for content in of_one.values()}


if __name__ == "__main__":
    write_texts(texts, GOLDEN)
