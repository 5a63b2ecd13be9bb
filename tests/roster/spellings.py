"""One table of the same content in every format, and in every spelling that programs give it.

The table has an error, formulas without a value, hidden rows, a hidden column, a hidden and a very hidden sheet.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

import xlwt

HEADER = ["市", "县", "机构名称", "CMA证书编号", "备注"]
ROWS = [
    HEADER,
    ["晋城市", "泽州县", "甲站", "#N/A", "一"],
    ["晋城市", "城区", "乙站", "=", "二"],
    ["晋城市", "高平市", "丙站", "210404090012", "三"],
    ["晋城市", "阳城县", "丁站", "#REF!", "="],
    ["=", "=", "=", "=", "="],
]
"""Cells: text, an error, or a formula that was never computed (=)."""
HIDDEN_ROWS, HIDDEN_COLUMN = (2, 3), 4
SHEETS = {"台账": "", "隐": "hidden", "深": "very hidden"}

PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
MAIN, STRICT = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"

Made = Callable[[], bytes]


def zipped(parts: Mapping[str, str]) -> bytes:
    """Return a zip file of *parts*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


# --- .xlsx ------------------------------------------------------------------------------------------


def _cell(row: int, column: int, said: str) -> str:
    place = f"{chr(65 + column)}{row + 1}"
    if said == "=":
        return f'<c r="{place}"><f>[1]Sheet1!{place}</f></c>'
    if said.startswith("#"):
        return f'<c r="{place}" t="e"><f>VLOOKUP(A1,B:B,1,0)</f><v>{said}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{said}</t></is></c>'


def _line(row: int, cells: list[str]) -> str:
    hidden = ' hidden="1"' if row in HIDDEN_ROWS else ""
    return f'<row r="{row + 1}"{hidden}>{"".join(_cell(row, c, said) for c, said in enumerate(cells))}</row>'


COLUMN = f'<cols><col min="{HIDDEN_COLUMN + 1}" max="{HIDDEN_COLUMN + 1}" width="9" hidden="1"/></cols>'
SHEET = f"{COLUMN}<sheetData>{''.join(_line(r, cells) for r, cells in enumerate(ROWS))}</sheetData>"


def xlsx(sheet: str = SHEET, main: str = MAIN, relation: str = RELATION, prefix: str = "") -> bytes:
    """Return the workbook with this sheet, in these namespaces, its elements with *prefix*."""
    colon, space = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    sheet = re.sub(r"<(/?)(?=[a-z])", rf"<\1{colon}", sheet)
    states = {"": "", "hidden": ' state="hidden"', "very hidden": ' state="veryHidden"'}
    sheets = "".join(
        f'<{colon}sheet name="{name}" sheetId="{n}"{states[unseen]} r:id="rId{n}"/>'
        for n, (name, unseen) in enumerate(SHEETS.items(), start=1)
    )
    types = f'<Types xmlns="{PACKAGE}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>'
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{relation}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in (1, 2, 3)
    )
    return zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}relationships"><Relationship Id="r" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<{colon}workbook {space}="{main}" xmlns:r="{relation}"><{colon}sheets>{sheets}</{colon}sheets></{colon}workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}relationships">{relations}</Relationships>',
            **{
                f"xl/worksheets/sheet{n}.xml": f'<{colon}worksheet {space}="{main}">{body}</{colon}worksheet>'
                for n, body in ((1, sheet), (2, f"<{colon}sheetData/>"), (3, f"<{colon}sheetData/>"))
            },
        }
    )


def turned(sheet: str) -> str:
    """Return *sheet* with the attributes of each element in the other order."""
    return re.sub(
        r"<(\w+)((?: \w+=\"[^\"]*\")+)", lambda m: f"<{m[1]}{''.join(re.findall(' [^ ]+', m[2])[::-1])}", sheet
    )


ARRAY = SHEET.replace('<c r="A6"><f>[1]Sheet1!A6</f></c>', '<c r="A6"><f t="array" ref="A6:E6">[1]Sheet1!A6:E6</f></c>')
for each in "BCDE":
    ARRAY = ARRAY.replace(f'<c r="{each}6"><f>[1]Sheet1!{each}6</f></c>', f'<c r="{each}6"/>')

XLSX: dict[str, Made] = {
    "plain": xlsx,
    "strict": lambda: xlsx(main=STRICT, relation=RELATION_STRICT),
    "prefixed": lambda: xlsx(prefix="x"),
    "strict-prefixed": lambda: xlsx(main=STRICT, relation=RELATION_STRICT, prefix="ss"),
    "single-quotes": lambda: xlsx(SHEET.replace('"', "'")),
    "no-references": lambda: xlsx(re.sub(r' r="[^"]*"', "", SHEET)),
    "rows-without-references": lambda: xlsx(re.sub(r'<row r="[^"]*"', "<row", SHEET)),
    "turned": lambda: xlsx(turned(SHEET)),
    "spaced": lambda: xlsx(SHEET.replace('="', ' = "').replace("/>", "\n/>").replace("<f>", "<f\n>")),
    "characters-by-number": lambda: xlsx(SHEET.replace('hidden="1"', 'hidden="&#49;"')),
    "true": lambda: xlsx(SHEET.replace('hidden="1"', 'hidden="true"')),
    "no-height": lambda: xlsx(
        SHEET.replace('hidden="1"', 'ht="0" customHeight="1"').replace('width="9" ht="0"', 'width="0"')
    ),
    "shared-formulas": lambda: xlsx(SHEET.replace("<f>", '<f t="shared" si="0">')),
    "formulas-empty": lambda: xlsx(re.sub(r"<f>[^<]*</f></c>", "<f/><v/></c>", SHEET)),
    "array-formula": lambda: xlsx(ARRAY),
    "comments": lambda: xlsx(SHEET.replace("<row", '<!-- <c r="A1" t="e"/> --><row')),
}

# --- .ods -------------------------------------------------------------------------------------------

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(f'xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "table", "text", "style"))
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
LIBREOFFICE = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
EXCEL = 'office:value-type="string" office:string-value="{said}"'
OLD = 'office:value-type="float" office:value="0"'


def _ods_cell(said: str, error: str) -> str:
    if said == "=":
        return '<table:table-cell table:formula="of:=[.Z1]"/>'
    if said.startswith("#"):
        return f'<table:table-cell table:formula="of:=NA()" {error.format(said=said)}><text:p>{said}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{said}</text:p></table:table-cell>'


def _ods_line(row: int, cells: list[str], error: str, hidden: str) -> str:
    attributes = hidden if row in HIDDEN_ROWS else ""
    return f"<table:table-row{attributes}>{''.join(_ods_cell(said, error) for said in cells)}</table:table-row>"


def ods(error: str = LIBREOFFICE, hidden: str = ' table:visibility="collapse"', group: bool = False) -> bytes:
    """Return the workbook, with errors written in this way, and rows hidden in this way."""
    lines = [_ods_line(row, cells, error, "" if group else hidden) for row, cells in enumerate(ROWS)]
    if group:
        lines[2:4] = [f'<table:table-row-group table:display="false">{"".join(lines[2:4])}</table:table-row-group>']
    concealed = (
        f'<table:table-column table:number-columns-repeated="{HIDDEN_COLUMN}"/>'
        '<table:table-column table:visibility="collapse"/>'
    )
    tables = "".join(
        f'<table:table table:name="{name}" table:style-name="{"ta2" if unseen else "ta1"}">'
        f"{'<table:table-row/>' if unseen else concealed + ''.join(lines)}</table:table>"
        for name, unseen in SHEETS.items()
    )
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES} {CALC}>'
            f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
            "</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


ODS: dict[str, Made] = {
    "libreoffice": ods,
    "excel": lambda: ods(EXCEL),
    "old": lambda: ods(OLD),
    "filtered": lambda: ods(hidden=' table:visibility="filter"'),
    "grouped": lambda: ods(group=True),
}

# --- .xls -------------------------------------------------------------------------------------------


def xls() -> bytes:
    """Return the old workbook; its formulas always have a value."""
    book, out = xlwt.Workbook(), io.BytesIO()
    for name, unseen in SHEETS.items():
        page = book.add_sheet(name)
        page.visibility = ("", "hidden", "very hidden").index(unseen)
        for row, cells in enumerate(ROWS if not unseen else []):
            page.row(row).hidden = row in HIDDEN_ROWS
            for column, said in enumerate(cells):
                if said == "=":
                    page.write(row, column, xlwt.Formula("Z1"))
                elif said.startswith("#"):
                    page.row(row).set_cell_error(column, 0x2A if said == "#N/A" else 0x17)
                else:
                    page.write(row, column, said)
        page.col(HIDDEN_COLUMN).hidden = not unseen
    book.save(out)
    return out.getvalue()
