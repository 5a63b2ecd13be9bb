"""A workbook with marks: its parts are copied, but for the few that have to change."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from posixpath import basename, dirname, join, normpath, relpath
from typing import Any
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import quoteattr

from attrs import define, field

from dualcert.roster.marking.editing import Editor, Unmarkable, edited, prefix_of, text, with_attribute
from dualcert.roster.marking.marks import Marks
from dualcert.roster.marking.notes import EMPTY_DRAWING, Comments, Drawing, empty_comments
from dualcert.roster.marking.sheet import RELATIONS, RELATIONS_STRICT, STRICT, SheetMarker, Survey, reference
from dualcert.roster.reading import parsing
from dualcert.roster.reading.text import MAX_CELL
from dualcert.roster.reading.xlsx import BOOK, read_book

TYPES = "[Content_Types].xml"
MAIN, MAIN_STRICT = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", f"{STRICT}spreadsheetml/main"
OURS = "dualcert"
"""How the names of our parts and relations begin."""
COLOUR = "FFFFEB9C"
"""The colour of a cell with a finding."""
BEFORE_COLOURS = frozenset({"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
CONTENT = "application/vnd.openxmlformats-officedocument."
NO_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
LIST_WIDTHS = (8, 20, 8, 20, 80)


@define
class Package:
    """The parts of a workbook; those that change are held as they will be written."""

    archive: zipfile.ZipFile
    changed: dict[str, bytes] = field(factory=dict)
    strict: bool = False
    notes: list[str] = field(factory=list)
    """Codes of what could not be done."""

    def part(self, name: str) -> bytes:
        """Return the content of a part; raises Unmarkable where there is none."""
        if name in self.changed:
            return self.changed[name]
        try:
            return self.archive.read(name)
        except KeyError:
            raise Unmarkable(name) from None

    def has(self, name: str) -> bool:
        """Return whether there is such a part."""
        return name in self.changed or name in self.archive.NameToInfo

    @property
    def space(self) -> str:
        """The namespace of relations in parts."""
        return RELATIONS_STRICT if self.strict else RELATIONS

    def free(self, stem: str, ending: str) -> str:
        """Return a name for a new part."""
        number = 1
        while self.has(f"{stem}{number}{ending}"):
            number += 1
        return f"{stem}{number}{ending}"

    def add(self, name: str, content: bytes, kind: str) -> None:
        """Add a part of this content type."""
        self.changed[name] = content
        self.changed[TYPES] = _with_last(
            self.part(TYPES), f"<{{}}Override PartName={quoteattr('/' + name)} ContentType={quoteattr(kind)}/>"
        )

    def relate(self, source: str, target: str, kind: str) -> str:
        """Add a relation between two parts and return its id."""
        rels = relations_of(source)
        content = self.part(rels) if self.has(rels) else NO_RELATIONS
        number = 1
        while f'"{OURS}{number}"'.encode() in content:
            number += 1
        target = relpath("/" + target, "/" + dirname(source))
        added = (
            f"<{{}}Relationship Id={quoteattr(f'{OURS}{number}')} Type={quoteattr(kind)} Target={quoteattr(target)}/>"
        )
        self.changed[rels] = _with_last(content, added)
        return f"{OURS}{number}"

    def related(self, source: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part: id -> the last word of its type, and the part that it leads to."""
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: Mapping[str, str]) -> None:
            if parsing.split(name)[1] == "Relationship" and attributes.get("TargetMode") != "External":
                target = normpath(join("/", dirname(source), attributes.get("Target", ""))).lstrip("/")
                found[attributes.get("Id", "")] = basename(attributes.get("Type", "")), target

        rels = relations_of(source)
        if self.has(rels):
            parser = parsing.parser()
            parser.StartElementHandler = start
            parsing.parse(BytesIO(self.part(rels)), parser)
        return found

    def written(self) -> bytes:
        """Return the workbook as a zip file."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for member in self.archive.infolist():
                kept = zipfile.ZipInfo(member.filename, member.date_time)
                stored = member.compress_type == zipfile.ZIP_STORED
                kept.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                kept.external_attr = member.external_attr
                if member.filename in self.changed:
                    new.writestr(kept, self.changed[member.filename])
                else:
                    with self.archive.open(member) as source, new.open(kept, "w") as target:
                        while part := source.read(parsing.CHUNK):
                            target.write(part)
            for name in self.changed.keys() - self.archive.NameToInfo.keys():
                new.writestr(zipfile.ZipInfo(name), self.changed[name], zipfile.ZIP_DEFLATED)
        return out.getvalue()


def relations_of(part: str) -> str:
    """Return the name of the part with the relations of *part*."""
    return join(dirname(part), "_rels", f"{basename(part)}.rels")


def _with_last(content: bytes, new: str) -> bytes:
    """Return *content* with one element more at the end of its root; `{}` in *new* stands for the root's prefix."""
    depth, root = 0, b""

    def start(editor: Editor, _name: str, _attributes: Mapping[str, str]) -> None:
        nonlocal depth, root
        depth += 1
        root = root or editor.tag()
        if depth == 1:
            begin.append(editor.place)

    def end(editor: Editor, _name: str) -> None:
        nonlocal depth
        depth -= 1
        if not depth:
            editor.append(begin[0], root, new.replace("{}", prefix_of(root)).encode())

    begin: list[int] = []
    return edited(content, start, end)


def with_marks(content: bytes, marks: Marks) -> tuple[bytes, list[str]]:
    """Return the workbook *content* with *marks* put into it, and the codes of what could not be done.

    Raises Unmarkable, and what zipfile and expat raise.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        package = Package(archive)
        sheets = {each.name: each.member for each in read_book(archive).sheets}
        member = sheets.get(marks.task.sheet)
        if member is None:
            raise Unmarkable(marks.task.sheet)
        package.strict = MAIN_STRICT.encode() in package.part(BOOK)[:4096]
        _mark_sheet(package, member, marks)
        listed = next((sheets[each] for each in marks.task.lists if sheets.get(each) not in {None, member}), None)
        _write_list(package, listed, {each.lower() for each in sheets}, marks)
        if any(name.startswith("_xmlsignatures/") for name in archive.namelist()):
            package.notes.append("signature")
        return package.written(), package.notes


def _mark_sheet(package: Package, member: str, marks: Marks) -> None:
    column = marks.task.column
    if not marks.task.known and _contains(package, member, b"mergeCell"):
        with package.archive.open(member) as stream:
            column = Survey(marks.task.header, column).free_column(stream)
    colour = _with_colour(package) if marks.areas else 0
    related = package.related(member)
    comments = next((target for kind, target in related.values() if kind == "comments"), None)
    drawing = None
    if marks.comments and not _has_drawing(package, member):
        name = package.free(f"xl/drawings/{OURS}Vml", ".vml")
        package.changed[name] = EMPTY_DRAWING
        drawing = package.relate(member, name, f"{RELATIONS}/vmlDrawing")
        _declare_vml(package)
    out = BytesIO()
    marker = SheetMarker(out, marks, column, colour, drawing)
    with package.archive.open(member) as stream:
        marker.editor.copy(stream)
    package.changed[member] = out.getvalue()
    if marker.drawing is not None:
        _comment(package, member, comments, package.related(member).get(marker.drawing, ("", ""))[1], marks)


def _contains(package: Package, member: str, word: bytes) -> bool:
    """Return whether a part has this *word* in it, so that it has to be parsed for it."""
    with package.archive.open(member) as stream:
        rest = b""
        while chunk := stream.read(parsing.CHUNK):
            if word in rest + chunk:
                return True
            rest = chunk[-len(word) :]
    return False


def _has_drawing(package: Package, member: str) -> bool:
    """Return whether a sheet has a drawing of comments already."""
    found = False

    def start(name: str, _attributes: Mapping[str, str]) -> None:
        nonlocal found
        found = found or name.endswith(" legacyDrawing")

    if not package.related(member) or not _contains(package, member, b"legacyDrawing"):
        return False
    parser = parsing.parser()
    parser.StartElementHandler = start
    with package.archive.open(member) as stream:
        parsing.parse(stream, parser)
    return found


def _comment(package: Package, member: str, comments: str | None, drawing: str, marks: Marks) -> None:
    """Write the comments of a sheet; where its drawing cannot be changed, they stay as they are."""
    editor = Comments(marks.task.heading, marks.comments)
    name = comments or package.free(f"xl/{OURS}Comments", ".xml")
    try:
        content = package.part(name) if comments else empty_comments(MAIN_STRICT if package.strict else MAIN)
        written = editor.write(content)
        shapes = Drawing(editor.removed, editor.added).write(package.part(drawing))
    except (ExpatError, Unmarkable):
        package.notes.append("comments")
        return
    package.changed[drawing] = shapes
    if comments:
        package.changed[name] = written
    elif editor.added:
        package.add(name, written, f"{CONTENT}spreadsheetml.comments+xml")
        package.relate(member, name, f"{package.space}/comments")


def _declare_vml(package: Package) -> None:
    if b'"vml"' not in package.part(TYPES).replace(b"'", b'"'):
        vml = f'<{{}}Default Extension="vml" ContentType="{CONTENT}vmlDrawing"/>'
        package.changed[TYPES] = _with_last(package.part(TYPES), vml)


def _with_colour(package: Package) -> int:
    """Add the format of a marked cell to the styles, unless it is there; return its number."""
    name = next((target for kind, target in package.related(BOOK).values() if kind == "styles"), None)
    if name is None:
        raise Unmarkable("styles")
    edge = "".join(f'<{{0}}{side} style="thin"><{{0}}color auto="1"/></{{0}}{side}>' for side in SIDES)
    form = (
        f'<{{0}}dxf><{{0}}fill><{{0}}patternFill patternType="solid"><{{0}}fgColor rgb="{COLOUR}"/>'
        f'<{{0}}bgColor rgb="{COLOUR}"/></{{0}}patternFill></{{0}}fill><{{0}}border>{edge}</{{0}}border></{{0}}dxf>'
    )
    styles = _Styles(form)
    package.changed[name] = edited(package.part(name), styles.start, styles.end)
    return styles.number


SIDES = ("left", "right", "top", "bottom")


class _Styles:
    """Adds a conditional format to a part of styles."""

    def __init__(self, form: str) -> None:
        self.form, self.count, self.depth, self.done = form, 0, 0, False
        self.number = 0
        """The number of the format, when it is done."""
        self.prefix, self.formats, self.root = "", (0, b""), (0, b"")

    def start(self, editor: Editor, name: str, _attributes: Mapping[str, str]) -> None:
        local = parsing.split(name)[1]
        self.depth += 1
        if self.depth == 1:
            self.root, self.prefix = (editor.place, editor.tag()), prefix_of(editor.tag())
        elif self.depth == 2 and local == "dxfs":
            self.formats = editor.place, editor.tag()
        elif self.depth == 3 and local == "dxf":
            if not self.done and editor.begins(self.form.format(self.prefix).encode()):
                self.done, self.number = True, self.count
            self.count += 1
        elif self.depth == 2 and local not in BEFORE_COLOURS and not self.done:
            self.done = True
            editor.insert(editor.place, self._all())

    def end(self, editor: Editor, name: str) -> None:
        self.depth -= 1
        if self.depth == 1 and parsing.split(name)[1] == "dxfs":
            if self.done:  # an earlier hand-back wrote it
                return
            self.done, self.number = True, self.count
            start, tag = self.formats
            counted = with_attribute(tag, "count", str(self.count + 1))
            form = self.form.format(self.prefix).encode()
            if tag.endswith(b"/>"):
                closing = f"</{self.prefix}dxfs>".encode()
                editor.replace(start, start + len(tag), counted[:-2] + b">" + form + closing)
            else:
                editor.replace(start, start + len(tag), counted)
                editor.insert(editor.place, form)
        elif self.depth == 0 and not self.done:
            editor.append(*self.root, self._all())

    def _all(self) -> bytes:
        form = self.form.format(self.prefix)
        return f'<{self.prefix}dxfs count="1">{form}</{self.prefix}dxfs>'.encode()


def _write_list(package: Package, listed: str | None, names: set[str], marks: Marks) -> None:
    """Write the list of findings over that of an earlier hand-back, or on a new sheet behind the others."""
    content = _list(marks, MAIN_STRICT if package.strict else MAIN)
    if listed is not None:
        package.changed[listed] = content
        return
    number, name = 2, marks.task.list_name
    while name.lower() in names:
        name, number = f"{marks.task.list_name}{number}", number + 1
    member = package.free(f"xl/worksheets/{OURS}", ".xml")
    package.add(member, content, f"{CONTENT}spreadsheetml.worksheet+xml")
    relation = package.relate(BOOK, member, f"{package.space}/worksheet")
    package.changed[BOOK] = _with_sheet(package, name, relation)


def _with_sheet(package: Package, name: str, relation: str) -> bytes:
    """Return the part of the workbook with one sheet more."""
    numbers, began = [0], [(0, b"")]

    def start(editor: Editor, element: str, attributes: Mapping[str, str]) -> None:
        local = parsing.split(element)[1]
        if local == "sheets":
            began[0] = editor.place, editor.tag()
        elif local == "sheet" and attributes.get("sheetId", "").isdecimal():
            numbers.append(int(attributes["sheetId"]))

    def end(editor: Editor, element: str) -> None:
        if parsing.split(element)[1] == "sheets":
            place, tag = began[0]
            sheet = (
                f'<{prefix_of(tag)}sheet name={quoteattr(name)} sheetId="{max(numbers) + 1}" '
                f'xmlns:rel="{package.space}" rel:id="{relation}"/>'
            )
            editor.append(place, tag, sheet.encode())

    return edited(package.part(BOOK), start, end)


def _list(marks: Marks, space: str) -> bytes:
    out = BytesIO()
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(LIST_WIDTHS, start=1)
    )
    out.write(
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{space}"><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{cols}</cols><sheetData>".encode()
    )
    out.write(_line(0, marks.task.list_header))
    for number, mark in enumerate(marks, start=1):
        out.write(_line(number, [mark.row + 1, *mark.listed]))
    out.write(b"</sheetData></worksheet>")
    return out.getvalue()


def _line(row: int, cells: list[Any]) -> bytes:
    made = []
    for column, cell in enumerate(cells):
        place = reference(row, column)
        if isinstance(cell, int):
            made.append(f'<c r="{place}"><v>{cell}</v></c>')
        else:
            said = text(cell[:MAX_CELL])
            made.append(f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>')
    return f'<row r="{row + 1}">{"".join(made)}</row>'.encode()
