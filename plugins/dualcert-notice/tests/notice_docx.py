"""A .docx read with nothing but the archive and its XML: another reader than the library that writes it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT = "word/document.xml"


@lru_cache(maxsize=64)
def parts(content):
    """Return the members of the archive by name; who asks changes nothing in them."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@lru_cache(maxsize=64)
def part(content, name=DOCUMENT):
    """Return a member as a tree; who asks changes nothing in it."""
    return ET.fromstring(parts(content)[name])


def footers(content):
    """Return the footers by the pages that they stand on: default (odd) and even."""
    related = part(content, "word/_rels/document.xml.rels")
    targets = {each.get("Id"): each.get("Target") for each in related}
    (section,) = part(content).iter(f"{W}sectPr")
    found = section.findall(f"{W}footerReference")
    return {each.get(f"{W}type"): part(content, f"word/{targets[relation(each)]}") for each in found}


def relation(element):
    return element.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")


def text(element):
    return "".join(each.text or "" for each in element.iter(f"{W}t"))


def lines(content):
    """Return the paragraphs of the body, without those in tables and in boxes."""
    return part(content).findall(f"{W}body/{W}p")


def boxed(content):
    """Return the paragraphs in boxes of text: the head of a letter, the 版记."""
    boxes = part(content).iter(f"{W}txbxContent")
    return [each for box in boxes for each in box.findall(f"{W}p") if text(each)]


def own(element):
    """Return what a paragraph says itself, without a box that is anchored in it."""
    return "".join(text(run) for run in element.findall(f"{W}r") if run.find(f".//{W}txbxContent") is None)


def styles(content):
    """Return the styles of the document by their ids."""
    return {each.get(f"{W}styleId"): each for each in part(content, "word/styles.xml").iter(f"{W}style")}


def style(content, said):
    """Return the style of a line."""
    return styles(content)[value(line(content, said), "pPr/pStyle")]


def written(content):
    """Return what the document says from its head to its 版记, as plain text: tables with bars, elements by their styles."""
    body, names = part(content).find(f"{W}body"), styles(content)
    found = []
    for each in body:
        if each.tag == f"{W}tbl":
            found += [" | ".join(text(cell) for cell in row.iter(f"{W}tc")) for row in each.iter(f"{W}tr")]
        if each.tag != f"{W}p":
            continue
        boxes = list(each.iter(f"{W}txbxContent"))
        for paragraph in [*(p for box in boxes for p in box.findall(f"{W}p")), each]:
            said = own(paragraph)
            if said:
                named = names[value(paragraph, "pPr/pStyle")].find(f"{W}name").get(f"{W}val")
                found.append(f"〈{named.removeprefix('公文')}〉{said}")
    return "\n".join(found) + "\n"


def line(content, said):
    """Return the one paragraph that says *said*, or begins with it."""
    (found,) = (each for each in lines(content) if own(each).startswith(said))
    return found


def said(content):
    """Return what the document says, a paragraph a line, its tables and footers included."""
    every = [part(content), *footers(content).values()]
    return "\n".join(text(each) for tree in every for each in tree.iter(f"{W}p"))


def rows(content):
    """Return the rows of all tables."""
    return [tuple(text(cell) for cell in row.iter(f"{W}tc")) for row in part(content).iter(f"{W}tr")]


def value(element, path, name="val"):
    """Return an attribute of the element that the path, of names with w: left out, leads to; None where it is not there."""
    found = element.find("/".join(f"{W}{step}" for step in path.split("/")))
    return None if found is None else found.get(f"{W}{name}")


def runs(tree) -> Iterator:
    """Yield the runs that show something: text, or a field."""
    for run in tree.iter(f"{W}r"):
        if run.find(f".//{W}txbxContent") is not None:
            continue
        if text(run) or run.find(f"{W}instrText") is not None:
            yield run
