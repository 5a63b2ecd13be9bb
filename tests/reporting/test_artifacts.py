from __future__ import annotations

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from dualcert.reporting import Document, Message
from dualcert.testing.hostile import PAYLOADS

MESSAGE = {"key": "2023-09", "to": "person-1", "subject": "提醒", "text": "…"}

documents = st.builds(Document, st.text(), st.just("text/plain"), st.binary())
messages = st.builds(
    Message,
    key=st.from_regex(r"[!-~]{1,100}", fullmatch=True),
    to=st.just("person-1"),
    subject=st.sampled_from(PAYLOADS),
    text=st.text(),
    html=st.none() | st.text(),
    attachments=st.lists(documents, max_size=2),
)


@given(messages)
def test_a_message_comes_back_from_its_frozen_bytes(message):
    assert Message.thaw(message.freeze()) == message
    assert Message.thaw(message.freeze()).freeze() == message.freeze()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", ""), ("key", "a b"), ("key", "a\n"), ("key", "é"), ("key", "k" * 101), ("key", 7),
        ("to", "Person 1"), ("to", "zhang@example.org"), ("to", "person-1\n"), ("to", None), ("to", "person-" + "x" * 200), ("to", "lab-140525-1"), ("to", "campaign-x"),
        ("subject", ""), ("subject", "a\r\nBcc: b@example.org"), ("subject", "a\u2028b"), ("subject", "\x00"),
        ("subject", "字" * 201), ("text", b"bytes"), ("html", b"bytes"), ("attachments", ["text"]),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_where_it_is_made(field, value):
    with pytest.raises((TypeError, ValueError)):
        Message(**{**MESSAGE, field: value})


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [("a", "text", b""), ("a", "text/plain\r\nX: 1", b""), ("a", "text/plain", "text"), (7, "text/plain", b"")],
)
def test_what_is_no_document_is_refused_where_it_is_made(name, kind, content):
    with pytest.raises((TypeError, ValueError)):
        Document(name, kind, content)


def test_artifacts_do_not_change():
    message = Message(**MESSAGE)
    with pytest.raises(FrozenInstanceError):
        message.subject = "other"


class Markup(str):
    """Text of a class of its own, as templates give it."""

    __slots__ = ()


class Content(bytes):
    """Bytes of a class of their own."""


def test_texts_of_a_class_of_their_own_are_kept_as_texts():
    """As is half a character in the name of a file, which may be any text: a message that was made can be kept."""
    given = {name: Markup(value) for name, value in MESSAGE.items()}
    message = Message(
        **given, html=Markup("<b>"), attachments=[Document(Markup("a\ud800.txt"), Markup("text/plain"), Content(b"x"))]
    )

    kept = Message.thaw(message.freeze())

    assert (kept.subject, kept.html, kept.attachments[0].filename) == ("提醒", "<b>", "a?.txt")
    assert {type(each) for each in (message.key, message.text, message.html, message.attachments[0].filename)} == {str}
    assert type(message.attachments[0].content) is bytes
