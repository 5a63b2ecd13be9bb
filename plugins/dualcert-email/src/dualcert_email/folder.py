"""Putting mail into a folder."""

from __future__ import annotations

import re
from pathlib import Path

from dualcert import FileExists, FileUnwritable
from dualcert.reporting import DeliveryReceipt, Envelope, delivered, failed, mail_of, refused, write_whole


def put(envelope: Envelope) -> DeliveryReceipt:
    """Write the mail of *envelope* to the folder, whole or not at all, under the name of its dispatch."""
    folder = Path(envelope.config.folder)
    path = folder / f"{envelope.dispatch}.eml"
    try:
        content = mail_of(envelope, envelope.config.sender)
    except ValueError as error:
        return refused(str(error))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, content, mode=0o600)
    except FileExists:
        return _already(path, content)
    except FileUnwritable as error:
        return failed(error.problem)
    except OSError as error:
        return failed(error.strerror or type(error).__name__)
    return delivered(path.name)


def _already(path: Path, content: bytes) -> DeliveryReceipt:
    """Return what it means that there is a file of that name: the same mail, but for its date, or another one."""
    try:
        same = _undated(path.read_bytes()) == _undated(content)
    except OSError as error:
        return failed(error.strerror or type(error).__name__)
    return delivered("it was there already") if same else refused(f"another mail is there: {path.name}")


def _undated(mail: bytes) -> bytes:
    return re.sub(rb"^Date: .*$", b"", mail, count=1, flags=re.MULTILINE)
