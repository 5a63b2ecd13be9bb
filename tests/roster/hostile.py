"""Sheets that are hostile: every way that a file can try to harm whoever imports it, made when they are asked for.

Each has a name that ends as the file does; what is expected is that it is refused by a typed error, or
imported soundly, in bounded memory and time.
"""

from __future__ import annotations

import io
import json
import random
import resource
import sys
import time
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import xlsxwriter
import xlwt

from dualcert import Registry
from dualcert.errors import DualcertError
from dualcert.roster import import_roster
from dualcert.roster.handback import hand_back

HEADER = ["市", "县", "机构名称", "机构级别", "CMA证书编号", "CMA发证日期", "CMA有效期至"]
ROW = ["晋城市", "泽州县", "泽州县检测站", "县级", "230404090012", "2021-06-15", "2027-06-14"]

Made = Callable[[], bytes]


# --- how they are made ------------------------------------------------------------------------------


def xlsx(rows: list[list[object]] | None = None, merged: list[list[int]] | None = None) -> bytes:
    """Return a workbook of one sheet; *merged* ranges are written as they are, whatever they lie over."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("台账")
        for number, row in enumerate(rows or [HEADER, ROW]):
            page.write_row(number, 0, row)
        page.merge += merged or []
    return out.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return the zip file *content* with other or more *parts*."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return out.getvalue()


def changed(part: str, old: bytes, new: bytes) -> Made:
    """Return how a workbook is made in one part of which *old* stands as *new*, once."""

    def made() -> bytes:
        whole = xlsx()
        text = zipfile.ZipFile(io.BytesIO(whole)).read(part)
        assert old in text, part
        return with_parts(whole, {part: text.replace(old, new, 1)})

    return made


def in_sheet(old: bytes, new: bytes) -> Made:
    """Return how a workbook is made in whose sheet *old* stands as *new*."""
    return changed(SHEET, old, new)


def part(name: str, content: Callable[[], bytes]) -> Made:
    """Return how a workbook is made that has one part of its own."""
    return lambda: with_parts(xlsx(), {name: content()})


SHEET, BOOK, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS, TYPES = "xl/sharedStrings.xml", "[Content_Types].xml"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE x [<!ENTITY % l SYSTEM "http://127.0.0.1:1/x.dtd"> %l;<!ENTITY l9 "x">]>'
XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def declared(part_: str, doctype: str, encoding: str = "utf-8") -> Made:
    """Return how a workbook is made one part of which declares entities and uses one."""

    def made() -> bytes:
        whole = xlsx()
        text = zipfile.ZipFile(io.BytesIO(whole)).read(part_).decode()
        body = text.partition("?>")[2].replace("泽州县检测站", "&l9;", 1)
        head = f'<?xml version="1.0" encoding="{encoding}"?>'
        return with_parts(whole, {part_: f"{head}{doctype}{body}".encode(encoding)})

    return made


def merged(ranges: Callable[[], list[list[int]]], rows: int = 200) -> Made:
    """Return how a workbook of so many rows is made with these merged ranges."""
    return lambda: xlsx([HEADER, *[ROW] * rows], ranges())


def table(*rows: str) -> Made:
    """Return how a text table of a header and *rows* is made."""
    return lambda: "\n".join([",".join(HEADER), *rows]).encode()


def ods(body: str, *, manifest: str = "", doctype: str = "") -> Made:
    """Return how an .ods is made whose table has this *body*."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )

    def made() -> bytes:
        out = io.BytesIO()
        content = (
            f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content {spaces}><office:body>'
            f'<office:spreadsheet><table:table table:name="台账">{body}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>"
        )
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", content)
            archive.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
        return out.getvalue()

    return made


def line(cells: list[str], attributes: str = "") -> str:
    """Return a row of an .ods."""
    said = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in cells
    )
    return f"<table:table-row {attributes}>{said}</table:table-row>"


ODS = line(HEADER) + line(ROW)


def xls() -> bytes:
    """Return an old workbook."""
    book, out = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("台账")
    for r, row in enumerate([HEADER, ROW]):
        for c, cell in enumerate(row):
            page.write(r, c, cell)
    book.save(out)
    return out.getvalue()


def garbled(seed: int, share: float) -> Made:
    """Return how an old workbook is made of whose bytes a *share* is random."""

    def made() -> bytes:
        content, chance = bytearray(xls()), random.Random(seed)
        for _ in range(int(len(content) * share) + 1):
            content[chance.randrange(len(content))] = chance.randrange(256)
        return bytes(content)

    return made


def overlapping_parts() -> bytes:
    """Return a zip file two members of which are the same bytes, as the densest bombs have it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (BOOK, SHEET, "x"):
            archive.writestr(name, bytes(1 << 20))
        for member in archive.filelist:
            member.header_offset = 0
    return out.getvalue()


def twice() -> bytes:
    """Return a workbook that has a part twice."""
    out = io.BytesIO(xlsx())
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(BOOK, "<x/>")
    return out.getvalue()


def locked(content: bytes) -> bytes:
    """Return a zip file whose members say, by nothing but their flag, that they need a password."""
    made = bytearray(content)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.find(signature)
        while place >= 0:
            made[place + at] |= 1
            place = made.find(signature, place + 4)
    return bytes(made)


def lied(content: bytes, at: int, size: int) -> bytes:
    """Return a zip file whose directory says of every member a *size* that is none."""
    made = bytearray(content)
    place = made.find(b"PK\x01\x02")
    while place >= 0:
        made[place + at : place + at + 4] = size.to_bytes(4, "little")
        place = made.find(b"PK\x01\x02", place + 4)
    return bytes(made)


FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
SIGNED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# --- which there are --------------------------------------------------------------------------------

ZIPS: dict[str, Made] = {
    "sound.xlsx": xlsx,
    "bomb-in-a-sheet.xlsx": part("xl/worksheets/sheet9.xml", lambda: bytes(600 << 20)),
    "bomb-in-strings.xlsx": part(STRINGS, lambda: bytes(64 << 20)),
    "bomb-within-the-ratio.xlsx": part("xl/media/x.bin", lambda: bytes(15 << 20)),
    "bomb-of-many.xlsx": lambda: with_parts(xlsx(), {f"x/{n}": bytes(1 << 20) for n in range(600)}),
    "bomb-of-names.xlsx": lambda: with_parts(xlsx(), {f"x/{n}": b"" for n in range(5_000)}),
    "bomb-over-itself.xlsx": overlapping_parts,
    "bomb-of-lzma.xlsx": lambda: with_parts(xlsx(), {"x": bytes(20 << 20)}, zipfile.ZIP_LZMA),
    "bomb-of-bzip2.xlsx": lambda: with_parts(xlsx(), {"x": bytes(20 << 20)}, zipfile.ZIP_BZIP2),
    "sizes-that-lie.xlsx": lambda: lied(xlsx(), 24, 10),
    "sizes-that-boast.xlsx": lambda: lied(xlsx(), 24, 0xFFFFFFF0),
    "places-that-lie.xlsx": lambda: lied(xlsx(), 42, 0x7FFFFFFF),
    "locked-by-flag.xlsx": lambda: locked(xlsx()),
    "locked-by-flag.ods": lambda: locked(ods(ODS)()),
    "climbing.xlsx": part("../../../../tmp/climbed", lambda: b"x"),
    "absolute.xlsx": part("/etc/cron.d/x", lambda: b"x"),
    "backslashes.xlsx": part("..\\..\\climbed", lambda: b"x"),
    "nul-in-a-name.xlsx": part("xl/\x01name", lambda: b"x"),
    "a-part-twice.xlsx": twice,
    "nothing-but-the-signature.xlsx": lambda: b"PK\x03\x04",
    "nothing-but-an-end.xlsx": lambda: b"PK\x05\x06" + bytes(18),
    "a-zip-behind-junk.xlsx": lambda: bytes(1_000) + xlsx(),
    "junk-behind-a-zip.xlsx": lambda: xlsx() + bytes(70_000),
    "half.xlsx": lambda: xlsx()[:3_000],
    "no-sheet.xlsx": lambda: with_parts(xlsx(), {SHEET: b""}),
    "no-relations.xlsx": lambda: with_parts(xlsx(), {RELATIONS: b"<x/>"}),
    "only-a-book.xlsx": lambda: with_parts(b"PK\x05\x06" + bytes(18), {BOOK: b"<workbook/>"}),
}
DECLARING: dict[str, Made] = {
    **{f"laughs-in-{p.rpartition('/')[2]}.xlsx": declared(p, BOMB) for p in (SHEET, BOOK, RELATIONS, STRINGS, TYPES)},
    **{f"laughs-in-utf-16-{p.rpartition('/')[2]}.xlsx": declared(p, BOMB, "utf-16") for p in (SHEET, BOOK, STRINGS)},
    **{f"file-in-{p.rpartition('/')[2]}.xlsx": declared(p, OUTSIDE) for p in (SHEET, BOOK, STRINGS)},
    **{f"remote-in-{p.rpartition('/')[2]}.xlsx": declared(p, REMOTE) for p in (SHEET, BOOK, STRINGS)},
    "laughs.ods": ods(ODS.replace("泽州县检测站", "&l9;"), doctype=BOMB),
    "file.ods": ods(ODS.replace("泽州县检测站", "&l9;"), doctype=OUTSIDE),
}
XMLS: dict[str, Made] = {
    "deep-in-a-sheet.xlsx": in_sheet(b"<sheetData>", b"<sheetData>" + b"<a>" * 100_000),
    "deep-in-the-book.xlsx": changed(BOOK, b"<sheets>", b"<sheets>" + b"<a>" * 100_000),
    "deep-and-closed.xlsx": changed(BOOK, b"<sheets>", b"<a>" * 50_000 + b"</a>" * 50_000 + b"<sheets>"),
    "attributes-many.xlsx": in_sheet(
        b"<sheetData>", b"<sheetData %s>" % b" ".join(b'a%d="1"' % n for n in range(100_000))
    ),
    "attribute-long.xlsx": in_sheet(b"<sheetData>", b'<sheetData a="%s">' % (b"x" * (4 << 20))),
    "relation-to-a-file.xlsx": changed(RELATIONS, b'Target="worksheets/sheet1.xml"', b'Target="file:///etc/passwd"'),
    "relation-to-a-machine.xlsx": changed(
        RELATIONS, b'Target="worksheets/sheet1.xml"', b'Target="http://127.0.0.1:1/x" TargetMode="External"'
    ),
    "relation-that-climbs.xlsx": changed(RELATIONS, b"worksheets/sheet1.xml", b"../../../../etc/passwd"),
    "relation-to-itself.xlsx": changed(RELATIONS, b"worksheets/sheet1.xml", b"workbook.xml"),
    "sheet-names-twice.xlsx": changed(
        BOOK, b"<sheets>", b'<sheets><sheet name="\xe5\x8f\xb0\xe8\xb4\xa6" sheetId="9" r:id="rId1"/>'
    ),
    "sheets-many.xlsx": changed(
        BOOK,
        b"<sheets>",
        b"<sheets>" + b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n + 9) for n in range(500)),
    ),
    "sheet-name-long.xlsx": changed(BOOK, b'name="\xe5\x8f\xb0\xe8\xb4\xa6"', b'name="%s"' % (b"n" * 100_000)),
    "macros.xlsx": part("xl/vbaProject.bin", lambda: SIGNED + b"Auto_Open" * 100),
    "macros.xlsm": lambda: with_parts(xlsx(), {"xl/vbaProject.bin": SIGNED}),
    "call-to-a-program.xlsx": in_sheet(b"<v>", b"<f>cmd|'/C calc'!A0</f><v>"),
    "formula-of-the-web.xlsx": in_sheet(b"<v>", b'<f>WEBSERVICE("http://127.0.0.1:1/")</f><v>'),
    "formula-without-a-value.xlsx": in_sheet(b'<c r="C2" t="s"><v>', b'<c r="C2"><f>1/0</f></c><c r="C3" t="s"><v>'),
    "error-of-its-own.xlsx": in_sheet(b'<c r="C2" t="s">', b'<c r="C2" t="e">'),
    "string-that-is-none.xlsx": in_sheet(b'<c r="C2" t="s"><v>', b'<c r="C2" t="s"><v>99999999999'),
    "string-before-the-first.xlsx": in_sheet(b'<c r="C2" t="s"><v>', b'<c r="C2" t="s"><v>-1'),
    "dimension-far.xlsx": in_sheet(b"<dimension ref=", b'<dimension ref="A1:XFD1048576" x='),
    "dimension-none.xlsx": in_sheet(b"<dimension ref=", b'<dimension ref="A0:" x='),
    "hidden-rows-many.xlsx": in_sheet(
        b"</sheetData>", b"".join(b'<row r="%d" hidden="1"/>' % n for n in range(3, 400_000, 2)) + b"</sheetData>"
    ),
    "hidden-columns-many.xlsx": in_sheet(
        b"<sheetData>", b"<cols>" + b'<col min="1" max="1" hidden="1"/>' * 300_000 + b"</cols><sheetData>"
    ),
    "array-formula-everywhere.xlsx": in_sheet(
        b"</row></sheetData>", b'<c r="H2"><f t="array" ref="H2:XFD1048576">1</f></c></row></sheetData>'
    ),
    "cell-far.xlsx": in_sheet(b"</sheetData>", FAR),
    "cell-farther.xlsx": in_sheet(b"</sheetData>", FAR.replace(b"1048576", b"4294967295")),
    "cell-nowhere.xlsx": in_sheet(b'r="C2"', b'r="ZZZZZZ99999999999"'),
    "cell-below-nothing.xlsx": in_sheet(b'r="C2"', b'r="C0"'),
    "column-far.xlsx": in_sheet(b"</row></sheetData>", b'<c r="XFD2"><v>1</v></c></row></sheetData>'),
    "rows-not-in-order.xlsx": in_sheet(b'<row r="2"', b'<row r="1"'),
    "row-number-far.xlsx": in_sheet(b'<row r="2"', b'<row r="1048570"'),
    "shared-string-long.xlsx": changed(STRINGS, "泽州县检测站".encode(), b"x" * (8 << 20)),
    "control-characters.xlsx": changed(STRINGS, "泽州县检测站".encode(), b"_x0000__x0007_&#9;_x000D_"),
    "nul-in-a-sheet.xlsx": in_sheet(b"<sheetData>", b"\0<sheetData>"),
    "no-utf-8.xlsx": changed(STRINGS, "泽州县检测站".encode(), b"\xff\xfe\xfd"),
    "numbers-odd.xlsx": in_sheet(b'<c r="E2" t="s"><v>', b'<c r="E2"><v>1e999</v></c><c r="F3" t="s"><v>'),
    "not-a-number.xlsx": in_sheet(b'<c r="E2" t="s"><v>', b'<c r="E2"><v>nan</v></c><c r="F3" t="s"><v>'),
    "day-before-all-days.xlsx": in_sheet(b'<c r="F2" t="s"><v>', b'<c r="F2"><v>-99999999</v></c><c r="G3" t="s"><v>'),
}
WIDE = 16_383
MERGES: dict[str, Made] = {
    "merged-whole.xlsx": merged(lambda: [[2, 0, 19_999, WIDE]], 5_000),
    "merged-everything.xlsx": merged(lambda: [[0, 0, 1_048_575, WIDE]]),
    "merged-500-over-each-other.xlsx": merged(lambda: [[1, 0, 200, WIDE - n] for n in range(500)]),
    "merged-same-500-times.xlsx": merged(lambda: [[1, 0, 5, 5]] * 500),
    "merged-12000.xlsx": merged(
        lambda: [[1 + n // 3, n % 3 * 2, 1 + n // 3, n % 3 * 2 + 1] for n in range(12_000)], 4_000
    ),
    "merged-100001.xlsx": merged(lambda: [[1 + n, 0, 1 + n, 1] for n in range(100_001)], 10),
    "merged-columns.xlsx": merged(lambda: [[1, n, 1_048_575, n] for n in range(256)]),
    "merged-rows.xlsx": merged(lambda: [[n, 0, n, WIDE] for n in range(1, 201)]),
    "merged-upside-down.xlsx": in_sheet(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="F9:A2"/></mergeCells>'
    ),
    "merged-nowhere.xlsx": in_sheet(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A0:ZZZZ99999999"/></mergeCells>'
    ),
    "merged-wordless.xlsx": in_sheet(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="x"/></mergeCells>'
    ),
    "merged-header.xlsx": merged(lambda: [[0, n, 200, n] for n in range(6)]),
    "spanned-far.ods": ods(
        ODS.replace(
            "<table:table-cell",
            f'<table:table-cell table:number-rows-spanned="1048576" table:number-columns-spanned="{WIDE}"',
            1,
        )
    ),
    "spanned-each.ods": ods(
        line(HEADER)
        + line(ROW).replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="99999"') * 500
    ),
}
REPEATS: dict[str, Made] = {
    "rows-repeated.ods": ods(line(HEADER) + line(ROW, 'table:number-rows-repeated="1048574"')),
    "rows-repeated-for-ever.ods": ods(line(HEADER) + line(ROW, 'table:number-rows-repeated="99999999999999"')),
    "columns-repeated.ods": ods(
        ODS.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="16384"', 1)
    ),
    "both-repeated.ods": ods(
        line(HEADER)
        + line(["x"], 'table:number-rows-repeated="1048574"').replace(
            "<table:table-cell", '<table:table-cell table:number-columns-repeated="16384"'
        )
    ),
    "repeated-less-than-once.ods": ods(line(HEADER) + line(ROW, 'table:number-rows-repeated="-5"')),
    "empty-rows-repeated.ods": ods(ODS + line([], 'table:number-rows-repeated="1048000"') + line(ROW)),
    "locked.ods": ods(ODS, manifest="<manifest><encryption-data/></manifest>"),
    "no-content.ods": lambda: with_parts(ods(ODS)(), {"content.xml": b""}),
    "deep.ods": ods("<table:table-row>" * 100_000),
}
OLD: dict[str, Made] = {
    **{f"garbled-{seed}.xls": garbled(seed, share) for seed, share in enumerate((0.0001, 0.001, 0.01, 0.1, 0.3, 0.9))},
    "cut.xls": lambda: xls()[:700],
    "signature.xls": lambda: SIGNED,
    "signature-and-nothing.xls": lambda: SIGNED + bytes(1 << 20),
    "locked.xls": lambda: SIGNED + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500),
    "chain-to-itself.xls": lambda: xls()[:512] + bytes([0, 0, 0, 0]) * 128 + xls()[1024:],
}
TEXTS: dict[str, Made] = {
    "rows-many.csv": lambda: (",".join(HEADER) + "\n").encode() + b"a\n" * 1_000_000,
    "rows-empty.csv": lambda: b"\n" * 1_000_000,
    "returns.csv": lambda: b"\r" * 800_000,
    "columns-many.csv": lambda: b",".join([b"a"] * 100_000),
    "commas.csv": lambda: b"," * (8 << 20),
    "wide.csv": lambda: (",".join(HEADER) + "\n").encode() + (b"x" + b"," * 250 + b"x\n") * 30_000,
    "line-long.csv": lambda: b"x" * (31 << 20),
    "quote-open.csv": table('"' + "x\n" * 100_000),
    "quotes.csv": lambda: b'"' * (4 << 20),
    "nul.csv": table("a\0b,c,d,e,f,g"),
    "nuls.csv": lambda: bytes(1 << 20),
    "utf-16-cut.csv": lambda: b"\xff\xfe" + ",".join(HEADER).encode("utf-16-le") + b"\x00",
    "surrogates.csv": table("\ud7ff,a,b,c,d,e"),
    "half-a-character.csv": lambda: "市,县\n晋城".encode()[:-1],
    "bytes.csv": lambda: random.Random(1).randbytes(1 << 20),
    "too-large.csv": lambda: b"a,b\n" * (9 << 20),
    "web-page.csv": lambda: b"<html><script>alert(1)</script></html>",
    "paper.csv": lambda: b"%PDF-1.7",
    "program.csv": lambda: b"\x7fELF" + bytes(1_000),
    "call-to-a-program.csv": table("=cmd|'/C calc'!A0,泽州县,站,县级,1,2021-06-15", "@SUM(1),+1,-1,=1,=1,=1"),
    "markup.csv": table("晋城市,泽州县,<script>alert(1)</script>,县级,{{7*7}},2021-06-15"),
    "terminal.csv": table("晋城市,泽州县,\x1b]0;owned\x07\x1b[2J,县级,1,2021-06-15"),
    "right-to-left.csv": table("晋城市,泽州县,\u202egnp.exe\u202c,县级,1,2021-06-15"),
    "digits-many.csv": table(f"晋城市,泽州县,站,县级,{'9' * 30_000},2021-06-15"),
    "days-odd.csv": table("晋城市,泽州县,站,县级,1,0000-00-00", f"晋城市,泽州县,站,县级,2,{'9' * 1_000}-01-01"),
    "wrong-everywhere.csv": table(*["x,y,z,q,w,v"] * 3_000),
    "empty.csv": lambda: b"",
    "mark.csv": lambda: b"\xef\xbb\xbf",
}  # fmt: skip
GROUPS: dict[str, dict[str, Made]] = {
    "zips": ZIPS,
    "declarations": DECLARING,
    "xml": XMLS,
    "merges": MERGES,
    "ods": REPEATS,
    "old": OLD,
    "text": TEXTS,
}


# --- how they are tried -----------------------------------------------------------------------------


def tried(path: Path, back: Path) -> tuple[str, int]:
    """Import *path* into books of its own and hand it back; return how that ended, and how many facts there are."""
    with Registry.open(":memory:", policy="shanxi-2023") as books:
        try:
            done = import_roster(books, path)
            hand_back(done, back, replace=True)
        except DualcertError as refused:
            return refused.code, books.catch_up()
        return "findings" if done.findings else "imported", books.catch_up()


def most_megabytes() -> int:
    """Return the most memory that this program had; `ru_maxrss` has that of whoever started it, too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) >> 10


def main() -> None:
    """Try the sheets that the arguments name, in this folder, and print how each ended, and what it took."""
    made = {name: how for group in GROUPS.values() for name, how in group.items()}
    for name in sys.argv[1:]:
        path = Path("hostile") / name
        path.write_bytes(made[name]())
        started = time.monotonic()
        ended, facts = tried(path, Path("back.xlsx"))
        taken = {"name": name, "ended": ended, "facts": facts, "seconds": time.monotonic() - started}
        path.unlink()
        taken["parent"] = most_megabytes()
        taken["child"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        print(json.dumps(taken), flush=True)  # noqa: T201  a program: it prints


if __name__ == "__main__":
    main()
