"""Comments of a sheet: those that are there stay, ours are written anew; each has a shape in a drawing (VML)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dualcert.roster.marking.editing import Editor, edited, prefix_of, text
from dualcert.roster.marking.sheet import reference
from dualcert.roster.reading import parsing
from dualcert.roster.reading.text import MAX_CELL
from dualcert.roster.reading.xlsx import place_of

Place = tuple[int, int]

EMPTY_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    b"</o:shapelayout></xml>"
)
SHAPE_TYPE = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{number}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:100pt;margin-top:10pt;width:192pt;height:60pt;z-index:{order};'
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 10, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_NUMBER = re.compile(rb"_x0000_s(\d{1,9})")


def empty_comments(space: str) -> bytes:
    """Return a part without comments, in the namespace *space*."""
    return f'<comments xmlns="{space}"><authors></authors><commentList></commentList></comments>'.encode()


class Comments:
    """Edits a part of comments: ours are those whose text begins with the heading."""

    def __init__(self, heading: str, wanted: Mapping[Place, list[str]]) -> None:
        self.heading, self.wanted = heading, wanted
        self.removed: set[Place] = set()
        self.others: set[Place] = set()
        self.authors = 0
        self.comment: dict[str, Any] = {}
        self.started: dict[str, tuple[int, bytes]] = {}

    @property
    def added(self) -> list[Place]:
        """The cells that get a comment of ours."""
        return [place for place in self.wanted if place not in self.others]

    def write(self, content: bytes) -> bytes:
        """Return the part with our comments; may be called once."""
        return edited(content, self._start, self._end)

    def _start(self, editor: Editor, name: str, attributes: Mapping[str, str]) -> None:
        local = parsing.split(name)[1]
        if local in {"authors", "commentList"}:
            self.started[local] = editor.place, editor.tag()
        elif local == "author":
            self.authors += 1
        elif local == "comment":
            place = place_of(attributes.get("ref", ""))
            self.comment = {"place": place, "start": editor.place, "tag": editor.tag(), "text": ""}
            editor.parser.CharacterDataHandler = self._characters

    def _characters(self, content: str) -> None:
        self.comment["text"] += content

    def _end(self, editor: Editor, name: str) -> None:
        local = parsing.split(name)[1]
        if local == "comment":
            editor.parser.CharacterDataHandler = None
            start, place = self.comment["start"], self.comment["place"]
            if self.comment["text"].strip().startswith(self.heading):
                editor.replace(start, editor.over(start, self.comment["tag"]), b"")
                self.removed.add(place)
            else:
                self.others.add(place)
        elif local == "authors":
            start, tag = self.started[local]
            p = prefix_of(tag)
            editor.append(start, tag, f"<{p}author>{text(self.heading)}</{p}author>".encode())
        elif local == "commentList":
            start, tag = self.started[local]
            p = prefix_of(tag)
            editor.append(start, tag, "".join(self._comment(p, place) for place in self.added).encode())

    def _comment(self, p: str, place: Place) -> str:
        said = f"{self.heading}：" + "\n".join(self.wanted[place])
        return (
            f'<{p}comment ref="{reference(*place)}" authorId="{self.authors}"><{p}text><{p}t xml:space="preserve">'
            f"{text(said[:MAX_CELL])}</{p}t></{p}text></{p}comment>"
        )


class Drawing:
    """Edits the drawing of comments: takes out the shapes of removed comments, and adds those of new ones."""

    def __init__(self, removed: set[Place], added: list[Place]) -> None:
        self.removed, self.added = removed, added
        self.depth = 0
        self.shape: dict[str, Any] = {}
        self.within = ""

    def write(self, content: bytes) -> bytes:
        """Return the drawing with the shapes of our comments; raises ExpatError where it is no XML, as some are."""
        self.typed = b'"_x0000_t202"' in content
        numbers = [int(each) for each in _NUMBER.findall(content)]
        self.number = max(numbers, default=1024)
        self.root = 0, b""
        return edited(content, self._start, self._end)

    def _start(self, editor: Editor, name: str, attributes: Mapping[str, str]) -> None:
        local = parsing.split(name)[1]
        self.depth += 1
        if self.depth == 1:
            self.root = editor.place, editor.tag()
        elif local == "shape" and self.depth == 2:
            self.shape = {"start": editor.place, "tag": editor.tag(), "Row": "", "Column": "", "kind": ""}
        elif local == "ClientData" and self.shape:
            self.shape["kind"] = attributes.get("ObjectType", "")
        elif local in {"Row", "Column"} and self.shape:
            self.within = local
            editor.parser.CharacterDataHandler = self._characters

    def _characters(self, content: str) -> None:
        self.shape[self.within] += content.strip()

    def _end(self, editor: Editor, name: str) -> None:
        local = parsing.split(name)[1]
        self.depth -= 1
        if local in {"Row", "Column"}:
            editor.parser.CharacterDataHandler = None
        elif local == "shape" and self.depth == 1:
            row, column = self.shape["Row"], self.shape["Column"]
            if self.shape["kind"] == "Note" and row.isdecimal() and (int(row), int(column or 0)) in self.removed:
                start = self.shape["start"]
                editor.replace(start, editor.over(start, self.shape["tag"]), b"")
            self.shape = {}
        elif self.depth == 0:
            editor.append(*self.root, "".join(self._shapes()).encode())

    def _shapes(self) -> list[str]:
        shapes = [] if self.typed or not self.added else [SHAPE_TYPE]
        for order, (row, column) in enumerate(self.added, start=1):
            shapes.append(
                SHAPE.format(
                    number=self.number + order, order=order, row=row, column=column,
                    left=column + 1, right=column + 4, top=max(row - 1, 0), bottom=max(row - 1, 0) + 4,
                )
            )  # fmt: skip
        return shapes
