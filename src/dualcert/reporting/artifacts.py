"""Artifacts, which reporters return: documents and messages, as frozen values that depend on no channel."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from attrs import field, frozen
from attrs.validators import deep_iterable, instance_of, matches_re, optional

from dualcert.errors import shown
from dualcert.values import ids
from dualcert.values import text as texts

SUBJECT_LIMIT = 200
"""The most characters of a subject."""
KEY = r"[!-~]{1,100}"
"""The form of a key: up to 100 visible ASCII characters."""
MEDIA_TYPE = r"[a-z]+/[a-z0-9.+-]+"


class WrongArtifact(TypeError, ValueError):
    """A field of an artifact does not have its form; the text is the reason, on one line."""


def _be(*validators: Callable[[Any, Any, Any], None]) -> Callable[[Any, Any, Any], None]:
    """Return a validator of several, whose error is a WrongArtifact without the value."""

    def check(artifact: object, attribute: Any, value: object) -> None:
        for validator in validators:
            try:
                validator(artifact, attribute, value)
            except (TypeError, ValueError) as error:
                raise WrongArtifact(str(error.args[0])) from None

    return check


def _is_a_line(_: object, attribute: Any, value: str) -> None:
    problem = texts.text_problem(value, SUBJECT_LIMIT)
    if problem:
        raise ValueError(f"{attribute.name}: {problem}")


def _is_a_person(_: object, attribute: Any, value: str) -> None:
    if not ids.is_id("person", value):
        raise ValueError(f"{attribute.name}: {shown(value)} is no id of a person")


def _is_text(_: object, attribute: Any, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{attribute.name}: half of a surrogate pair cannot be written") from None


def _plain(value: object) -> object:
    """Return a text or bytes as such, where they are of a class of their own, as text that is safe in HTML is elsewhere."""
    if isinstance(value, str):
        return str.__str__(value)
    return bytes(memoryview(value)) if isinstance(value, bytes) and type(value) is not bytes else value


@frozen
class Document:
    """A file with its name, media type and bytes; the name may be any text, because the host makes it safe."""

    filename: str = field(converter=_plain, validator=_be(instance_of(str)))
    media_type: str = field(converter=_plain, validator=_be(instance_of(str), matches_re(MEDIA_TYPE)))
    content: bytes = field(converter=_plain, validator=_be(instance_of(bytes)), repr=False)


def _as_documents(value: Iterable[Document]) -> tuple[Document, ...]:
    try:
        return tuple(value)
    except TypeError:
        raise WrongArtifact(f"'attachments' must be documents (got {type(value).__name__})") from None


@frozen(kw_only=True)
class Message:
    """A message to one person, whose opaque id is `to`.

    `key` identifies the subject matter: if a reporter makes another message with the same key for the same person, it
    counts as the same message and is not sent again. The subject is one line without control characters. Raises
    TypeError or ValueError if a field does not have its form.
    """

    key: str = field(converter=_plain, validator=_be(instance_of(str), matches_re(KEY)))
    to: str = field(converter=_plain, validator=_be(instance_of(str), _is_a_person))
    subject: str = field(converter=_plain, validator=_be(instance_of(str), _is_a_line))
    text: str = field(converter=_plain, validator=_be(instance_of(str), _is_text))
    html: str | None = field(default=None, converter=_plain, validator=optional(_be(instance_of(str), _is_text)))
    attachments: tuple[Document, ...] = field(
        default=(), converter=_as_documents, validator=_be(deep_iterable(instance_of(Document)))
    )

    def freeze(self) -> bytes:
        """Return the message as bytes, from which `thaw` makes it again; equal messages give equal bytes."""
        return msgspec.json.encode(
            {
                "key": self.key,
                "to": self.to,
                "subject": self.subject,
                "text": self.text,
                "html": self.html,
                "attachments": [
                    [
                        each.filename.encode(errors="replace").decode(),
                        each.media_type,
                        base64.b64encode(each.content).decode(),
                    ]
                    for each in self.attachments
                ],
            }
        )

    @staticmethod
    def thaw(frozen_bytes: bytes) -> Message:
        """Return the message that *frozen_bytes*, made by `freeze`, contain."""
        document: dict[str, Any] = msgspec.json.decode(frozen_bytes)
        attachments = [
            Document(name, kind, base64.b64decode(content)) for name, kind, content in document["attachments"]
        ]
        return Message(**{**document, "attachments": attachments})


Artifact = Document | Message
