#!/usr/bin/env python
"""The upkeep of the Chinese catalog: `messages.py update` after a change, `messages.py check` before a release."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from dualcert.cli.words import all_words
from dualcert.domain.commands import COMMANDS

SOURCE = Path(__file__).parent.parent / "src"
CATALOG = SOURCE / "dualcert" / "locale" / "zh_CN" / "LC_MESSAGES" / "dualcert.po"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
CLICK = ("core", "formatting", "exceptions", "types", "parser", "decorators")
"""The modules of click whose words a reader can meet; they speak through our catalog."""

HEADER = """\
# Simplified Chinese messages of dualcert.
# Edit the msgstr lines, then run: python scripts/messages.py update
# First the words of dualcert, then, from the first location in click/ on, those of click."""

_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]")


def extracted() -> Catalog:
    """Return every message that the sources ask for: those of dualcert first, those of click after them."""
    template = Catalog(locale="zh_CN", project="dualcert", fuzzy=False)
    for path in sorted((SOURCE / "dualcert").rglob("*.py")):
        _extract(template, path, SOURCE)
    for command in COMMANDS:
        # The shell's help of a command is the first line of its class, which no keyword marks.
        _add(template, (command.__doc__ or "").splitlines()[0], "dualcert/domain/commands")
    for word in all_words():
        _add(template, word, "dualcert/cli/words.py")
    package = Path(click.__file__).parent
    for module in CLICK:
        _extract(template, package / f"{module}.py", package.parent)
    return template


def _extract(template: Catalog, path: Path, root: Path) -> None:
    for _line, message, _comments, _context in extract_from_file("python", path, keywords=KEYWORDS):
        _add(template, message, path.relative_to(root).as_posix())


def _add(template: Catalog, message: str | tuple[str, ...], place: str) -> None:
    if message and message[0]:
        # Without line numbers: an edit above a message is no change of the catalog.
        template.add(message, locations=[(place, 0)])


def read() -> Catalog:
    """Return the catalog as it stands; an empty one where there is none yet."""
    if not CATALOG.exists():
        return Catalog(locale="zh_CN", project="dualcert", fuzzy=False)
    with CATALOG.open("rb") as file:
        return read_po(file, locale="zh_CN")


def compiled(catalog: Catalog) -> bytes:
    """Return *catalog* as gettext reads it."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def _said(binary: bytes) -> list[tuple[object, object]]:
    """Return what a compiled catalog translates, without its header: that names the Babel that wrote it."""
    return [(message.id, message.string) for message in read_mo(io.BytesIO(binary)) if message.id]


def update() -> None:
    """Merge what the sources ask for into the catalog, and compile it; what nothing asks for any more goes."""
    catalog = read()
    # A guessed translation would be shown as if somebody had meant it.
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.header_comment = HEADER
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    with CATALOG.open("wb") as file:
        write_po(file, catalog, width=110, include_lineno=False, ignore_obsolete=True)
    CATALOG.with_suffix(".mo").write_bytes(compiled(read()))


def troubles() -> Iterator[str]:
    """Yield what keeps the catalog from being whole."""
    catalog, template = read(), extracted()
    for wanted in template:
        found = catalog.get(wanted.id)
        if wanted.id and (found is None or found.id != wanted.id):
            yield f"not in the catalog: {wanted.id!r}"
    for message in catalog:
        if message.id:
            yield from (f"{problem}: {message.id!r}" for problem in _wrong(message, template))
    yield from (f"obsolete: {message!r}" for message in catalog.obsolete)
    binary = CATALOG.with_suffix(".mo")
    if not binary.exists() or _said(binary.read_bytes()) != _said(compiled(catalog)):
        yield f"{binary.name} is not compiled from {CATALOG.name}"


def _wrong(message: Message, template: Catalog) -> Iterator[str]:
    if message.id not in template:
        yield "nothing asks for it"
    if message.fuzzy:
        yield "fuzzy"
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    # Chinese has no plural, so its one form has the placeholders of the English plural.
    meant = message.id[-1] if isinstance(message.id, tuple) else message.id
    if not all(strings):
        yield "not translated"
    elif any(_placeholders(each) != _placeholders(meant) for each in strings):
        yield "other placeholders"


def _placeholders(text: str) -> set[str]:
    """Return the placeholders of *text*; Chinese may say the title of what English calls by its code."""
    return {each.replace("_title}", "}") for each in _PLACEHOLDER.findall(text)}


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["update"]:
            update()
        case ["check"]:
            # A list of troubles as the exit status goes to stderr, and the status is 1.
            sys.exit("\n".join(troubles()) or 0)
        case _:
            sys.exit("usage: python scripts/messages.py update|check")
