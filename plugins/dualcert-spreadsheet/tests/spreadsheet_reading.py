"""Workbooks read with other programs than the library that writes them: two readers, and LibreOffice."""

from __future__ import annotations

import subprocess
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

import openpyxl
from python_calamine import CalamineWorkbook

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(content):
    """Return the sheets by name, each its rows of values, as python-calamine reads them (.xlsx and .ods)."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def workbook(content):
    """Return the workbook as openpyxl reads it, formats included."""
    return openpyxl.load_workbook(BytesIO(content))


def parts(content):
    """Return the members of the archive by name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def part(content, name):
    return ET.fromstring(parts(content)[name])


def table(rows, header):
    """Return the rows below the header that begins with *header*, down to the first empty one, by their columns."""
    top = next(number for number, row in enumerate(rows) if row[0] == header)
    names = [name for name in rows[top] if name]
    found = []
    for row in rows[top + 1 :]:
        if not any(cell != "" for cell in row):
            break
        found.append(dict(zip(names, row, strict=False)))
    return found


def due_of(rows):
    """Return what is due in a city's sheet: the table below the labs."""
    (top,) = (number for number, row in enumerate(rows) if row[0] == "待办事项")
    return table(rows[top:], "序号")


def converted(content, ending, folder):
    """Return what LibreOffice makes of a workbook; *ending* may name a filter behind a colon."""
    (folder / "book.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"  # of its own: two may run side by side
    command = ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", folder, folder / "book.xlsx"]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / f"book.{ending.partition(':')[0]}").read_bytes()
