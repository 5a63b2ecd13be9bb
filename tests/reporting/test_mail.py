from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualcert.reporting import Document, Envelope, Message
from dualcert.reporting.mail import mail_of
from dualcert.testing.hostile import PAYLOADS

SENDER = "books@example.org"
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
           "Content-Transfer-Encoding"}  # fmt: skip


def envelope(*, name="张三", address="zhang@example.org", html=None, attachments=(), subject="提醒", text="站"):
    message = Message(key="k", to="person-1", subject=subject, text=text, html=html, attachments=attachments)
    return Envelope(
        dispatch="dispatch-0", message=message, address=address, name=name, sent_at=datetime(2023, 9, 1, 4, tzinfo=UTC),
        config=None,
    )  # fmt: skip


def read(content):
    return message_from_bytes(content, policy=default)


def said(mail, kind):
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def test_a_message_as_mail():
    mail = read(mail_of(envelope(html="<p>站</p>"), SENDER))

    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, "张三 <zhang@example.org>", "提醒")
    assert (mail["Message-ID"], mail["Date"], mail["Auto-Submitted"]) == (
        "<dispatch-0@example.org>",
        "Fri, 01 Sep 2023 04:00:00 +0000",
        "auto-generated",
    )
    assert said(mail, "plain") == "站\n"
    assert said(mail, "html") == "<p>站</p>\n"


def test_the_same_envelope_gives_the_same_bytes():
    attached = [Document("报表.xlsx", "application/octet-stream", bytes(range(256)))]
    one = mail_of(envelope(html="<p/>", attachments=attached), SENDER)

    assert one == mail_of(envelope(html="<p/>", attachments=attached), SENDER)
    assert one.isascii()
    assert all(len(line) <= 998 for line in one.split(b"\r\n"))
    assert one.count(b"\n") == one.count(b"\r\n")


def test_an_attachment_comes_back_under_a_safe_name():
    (part,) = read(
        mail_of(envelope(attachments=[Document("../晋城.xlsx", "application/octet-stream", b"\x00\r\n")]), SENDER)
    ).iter_attachments()

    assert (part.get_filename(), part.get_content()) == ("晋城.xlsx", b"\x00\r\n")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_is_text_wherever_it_stands(payload):
    mail = read(mail_of(envelope(name=payload, subject=payload, text=payload, html=payload), SENDER))

    assert set(mail.keys()) <= HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == ["zhang@example.org"]
    assert mail["Subject"].replace("= ?", "=?") == payload
    assert said(mail, "plain") == said(mail, "html") == f"{payload}\n"


@given(st.text(max_size=60), st.text(min_size=1, max_size=60))
def test_any_name_and_text_give_a_mail_with_one_recipient_or_none_at_all(name, text):
    try:
        mail = read(mail_of(envelope(name=name, text=text), SENDER))
    except ValueError:
        return
    assert set(mail.keys()) <= HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == ["zhang@example.org"]


@pytest.mark.parametrize(
    "address",
    ["a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "a b@example.org", "<a@example.org>",
     "张@example.org", "a", "", "=?utf-8?q?a?=@example.org"],
)  # fmt: skip
def test_what_is_no_address_gives_no_mail(address):
    with pytest.raises(ValueError, match="address"):
        mail_of(envelope(address=address), SENDER)


@pytest.mark.parametrize("length", [1, 15, 16, 18, 40, 200])
def test_a_name_of_any_length_is_read_as_it_is(length):
    """A name that needs several encoded words (RFC 2047, 6.2: the blanks between them are none of it)."""
    name = "襄垣县农业农村局" * 25
    mail = mail_of(envelope(name=name[:length]), SENDER)

    (line,) = re.findall(rb"^To: ((?:\r\n |[^\r\n])*)", mail, re.MULTILINE)
    read = str(make_header(decode_header(line.decode().replace("\r\n", ""))))

    assert read == f"{name[:length]} <zhang@example.org>"
