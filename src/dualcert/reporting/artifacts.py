"""Artifacts, the output of a reporter: frozen values that do not depend on a medium."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

import msgspec
from attrs import field, frozen
from attrs.validators import deep_iterable, instance_of, matches_re, optional

from dualcert.values import text as texts

SUBJECT_LIMIT = 200
"""Characters of a subject."""
KEY = r"[!-~]{1,100}"
"""A key: up to 100 visible ASCII characters."""
MEDIA_TYPE = r"[a-z]+/[a-z0-9.+-]+"


def _says_something(_: object, attribute: Any, value: str) -> None:
    problem = texts.text_problem(value, SUBJECT_LIMIT)
    if problem:
        raise ValueError(f"{attribute.name}: {problem}")


@frozen
class Document:
    """A file: its name, media type and bytes. The name may be any text; the host makes it safe."""

    filename: str = field(validator=instance_of(str))
    media_type: str = field(validator=[instance_of(str), matches_re(MEDIA_TYPE)])
    content: bytes = field(validator=instance_of(bytes), repr=False)


def _as_documents(value: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(value)


@frozen(kw_only=True)
class Message:
    """A message to one person, `to` being their opaque id.

    `key` says what it is about: of one reporter, a second message of the same key to the same person is
    the same message and is never sent again. Raises TypeError or ValueError where a field is not of its
    form: a subject is one line without control characters.
    """

    key: str = field(validator=[instance_of(str), matches_re(KEY)])
    to: str = field(validator=[instance_of(str), matches_re(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")])
    subject: str = field(validator=[instance_of(str), _says_something])
    text: str = field(validator=instance_of(str))
    html: str | None = field(default=None, validator=optional(instance_of(str)))
    attachments: tuple[Document, ...] = field(
        default=(), converter=_as_documents, validator=deep_iterable(instance_of(Document))
    )

    def freeze(self) -> bytes:
        """Return the message as bytes: the same message gives the same bytes, and `thaw` gives it back."""
        return msgspec.json.encode(
            {
                "key": self.key,
                "to": self.to,
                "subject": self.subject,
                "text": self.text,
                "html": self.html,
                "attachments": [
                    [each.filename, each.media_type, base64.b64encode(each.content).decode()]
                    for each in self.attachments
                ],
            }
        )

    @staticmethod
    def thaw(frozen_bytes: bytes) -> Message:
        """Return the message from the bytes that `freeze` returned."""
        document: dict[str, Any] = msgspec.json.decode(frozen_bytes)
        attachments = [
            Document(name, kind, base64.b64decode(content)) for name, kind, content in document["attachments"]
        ]
        return Message(**{**document, "attachments": attachments})


Artifact = Document | Message
