"""What was written into a folder: a list beside the files, by which one that was finished by hand is told apart."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from dualcert.errors import FileChanged
from dualcert.files import alone, check_free, holds, is_a_file, is_a_folder, write_whole

LIST = ".dualcert-written"
"""The list, in the folder itself: a line for each content that was ever written under a name, `SHA-256  NAME`."""
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def check_replaceable(folder: Path, files: Mapping[str, bytes], *, replace: bool) -> None:
    """Raise where a file may not be written: FileExists, or FileChanged where what is there is not as it was written."""
    known = _read(folder)
    for name, content in files.items():
        path = folder / name
        if holds(path, content):
            continue
        if os.path.lexists(path) and not is_a_folder(path) and (_hash_of(path), name) not in known:
            raise FileChanged(path=str(path))
        check_free(path, replace=replace)


def remember(folder: Path, files: Mapping[str, bytes]) -> None:
    """Add the contents to the list, before they are written: a process that dies between leaves nothing unknown."""
    with alone(folder):
        known = _read(folder)
        more = known | {(hashlib.sha256(content).hexdigest(), name) for name, content in files.items()}
        if more != known:
            lines = (f"{sha256}  {name}\n" for sha256, name in sorted(more, key=lambda each: (each[1], each[0])))
            write_whole(folder / LIST, "".join(lines).encode(), replace=True)


def _read(folder: Path) -> set[tuple[str, str]]:
    """Return the list without damaged lines: the files that these named are then never replaced."""
    with suppress(OSError, UnicodeDecodeError):
        text = (folder / LIST).read_text(encoding="utf-8")
        found = (LINE.fullmatch(line) for line in text.splitlines())
        return {(each[1], each[2]) for each in found if each}
    return set()


def _hash_of(path: Path) -> str | None:
    """Return the hash of a file; None of a link, and of what cannot be read."""
    if path.is_symlink() or not is_a_file(path):
        return None
    with suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return None
