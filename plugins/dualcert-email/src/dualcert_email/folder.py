"""Putting mail into a folder."""

from __future__ import annotations

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
        return delivered("it was there already")
    except FileUnwritable as error:
        return failed(error.problem)
    except OSError as error:
        return failed(error.strerror or type(error).__name__)
    return delivered(path.name)
