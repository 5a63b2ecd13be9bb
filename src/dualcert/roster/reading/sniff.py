"""The format of a file by its bytes and its ending, and what is refused before it is parsed."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

from dualcert.errors import N_, Phrase, RosterDamaged, RosterEncrypted, RosterMislabelled, RosterTooLarge
from dualcert.roster.reading.limits import MB, Limits

MAX_MEMBERS = 1_000
MAX_INFLATED = 512 * MB
"""The most bytes of all members of a zip file together."""
MAX_RATIO = 200
"""The most times its compressed size that a large member may have; a sheet of 100,000 equal rows has about 20."""
MUCH = 16 * MB

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENDINGS = {".xlsx": "xlsx", ".xls": "xls", ".ods": "ods", ".csv": "csv", ".tsv": "csv", ".txt": "csv"}

NO_ZIP = N_("its parts cannot be unpacked")

LOCKED = 0x1
"""The flag of a zip's member that needs a password."""
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream that a workbook with a password is wrapped in."""


def check_size(file: str, size: int, limits: Limits) -> None:
    """Raise RosterTooLarge where a file of *size* bytes is larger than a roster may be."""
    if size > limits.file:
        problem = Phrase(N_("it has {size} MB, more than {limit}"), size=size // MB, limit=limits.megabytes)
        raise RosterTooLarge(file=file, problem=problem)


def format_of(path: Path, content: bytes, limits: Limits) -> str:
    """Return xlsx, xls, ods or csv, if the ending and the bytes agree.

    Raises RosterMislabelled, RosterEncrypted, RosterTooLarge or RosterDamaged.
    """
    file = str(path)
    if not content:
        raise RosterDamaged(file=file, problem=N_("it is empty"))
    check_size(file, len(content), limits)
    expected = ENDINGS.get(path.suffix.lower())
    found = _found(file, content)
    if expected is None:
        raise RosterMislabelled(file=file, found=found, expected=N_("a spreadsheet: .xlsx, .xls, .ods or .csv"))
    if expected != found:
        raise RosterMislabelled(file=file, found=found, expected=path.suffix.lower())
    return found


def _found(file: str, content: bytes) -> str:
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise RosterEncrypted(file=file)
        return "xls"
    if content.startswith(b"PK"):
        return _zipped(file, content)
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        return N_("a web page or XML")
    if head.startswith(b"%pdf"):
        return "PDF"
    return "csv"


def _zipped(file: str, content: bytes) -> str:
    """Return the format of a zip file, by its members."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(file, members)
            names = {member.filename for member in members}
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:200]:
                if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                    raise RosterEncrypted(file=file)
                return "ods"
    except zipfile.BadZipFile:
        raise RosterDamaged(file=file, problem=NO_ZIP) from None
    except (OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise RosterDamaged(file=file, problem=str(error)) from None
    return N_("a zip file")


def _check_members(file: str, members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & LOCKED for member in members):
        raise RosterEncrypted(file=file)
    if len(members) > MAX_MEMBERS:
        raise RosterTooLarge(file=file, problem=Phrase(N_("it is a zip of {count} files"), count=len(members)))
    inflated = sum(member.file_size for member in members)
    bomb = any(
        member.file_size > MUCH and member.file_size > MAX_RATIO * max(1, member.compress_size) for member in members
    )
    if bomb or inflated > MAX_INFLATED:
        raise RosterTooLarge(file=file, problem=Phrase(N_("unpacked it has {size} MB"), size=inflated // MB))
    if len({member.filename for member in members}) < len(members):
        raise RosterDamaged(file=file, problem=N_("two of its parts have one name"))
