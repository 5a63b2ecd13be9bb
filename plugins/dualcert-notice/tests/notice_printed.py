"""Documents as they are printed: by LibreOffice, and where on the pages of a PDF its words stand."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from xml.etree import ElementTree as ET

from attrs import frozen

MM = 72 / 25.4
"""Points to a millimetre."""
X = "{http://www.w3.org/1999/xhtml}"


@frozen
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float


@frozen
class Page:
    """A page, measured in points from its upper left."""

    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def lines(self):
        """Its lines from top to bottom, each its words from left to right."""
        ordered = sorted(self.words, key=lambda word: word.top + word.bottom)
        cuts = [n for n, (a, b) in enumerate(pairwise(ordered), 1) if b.top + b.bottom - a.top - a.bottom > 16]
        found = [ordered[start:end] for start, end in pairwise([0, *cuts, len(ordered)])]
        return [sorted(each, key=lambda word: word.left) for each in found]

    @property
    def texts(self):
        return ["".join(word.text for word in line) for line in self.lines]


def to_pdf(documents, folder):
    """Return the PDFs that LibreOffice makes of *documents*, by their names without an ending."""
    for name, content in documents.items():
        (folder / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"  # of its own: two may run side by side
    files = [folder / f"{name}.docx" for name in documents]
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *files]
    subprocess.run(command, check=True, capture_output=True)
    return {name: folder / f"{name}.pdf" for name in documents}


def pages(pdf):
    """Return the pages of the PDF at a path."""
    told = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True).stdout
    return [
        Page(float(page.get("width")), float(page.get("height")), tuple(map(_word, page.iter(f"{X}word"))))
        for page in ET.fromstring(told).iter(f"{X}page")
    ]


def _word(element):
    return Word(element.text, *(float(element.get(each)) for each in ("xMin", "yMin", "xMax", "yMax")))


INK = bytes(int(level < 140) for level in range(256))
"""A level of green -> whether it is ink, black or red."""


@frozen
class Band:
    """What is printed between two white stripes of a page, in millimetres from its upper left."""

    top: float
    bottom: float
    left: float
    right: float

    @property
    def middle(self):
        return (self.left + self.right) / 2


def bands(pdf, number):
    """Return the ink of a page from top to bottom, at five points to a millimetre, whatever fonts there are."""
    command = ["pdftoppm", "-r", "127", "-f", str(number), "-l", str(number), pdf]
    picture = subprocess.run(command, check=True, capture_output=True).stdout
    _, size, _, pixels = picture.split(b"\n", 3)
    width, height = map(int, size.split())
    rows = [pixels[at * width * 3 + 1 : (at + 1) * width * 3 : 3].translate(INK) for at in range(height)]
    inked = [at for at, row in enumerate(rows) if 1 in row]
    cuts = [n for n, (a, b) in enumerate(pairwise(inked), 1) if b - a > 1]
    found = [inked[start:end] for start, end in pairwise([0, *cuts, len(inked)])]
    return [_band([rows[at] for at in run], run[0], run[-1] + 1) for run in found]


def _band(rows, top, bottom):
    sides = [(row.index(1), row.rindex(1) + 1) for row in rows]
    return Band(*(each / 5 for each in (top, bottom, min(left for left, _ in sides), max(right for _, right in sides))))
