"""Mail as it stands in the folder and goes over the wire: plain bytes, one recipient, and every name is text."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import evolve
from dualcert_email import DigestConfig, Folder, FolderConfig, ReminderDigest, Smtp, SmtpConfig
from mail_office import SENDER, envelope

from dualcert import Registry
from dualcert.domain.commands import dispatch_id
from dualcert.errors import BadValue, Refused
from dualcert.people import Directory, Person
from dualcert.reporting import Document
from dualcert.reporting.channels import DeliveryOutcome
from dualcert.reporting.mail import mail_of
from dualcert.testing.books import small_books
from dualcert.testing.hostile import PAYLOADS

HEADERS = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
"""The headers of a mail with an alternative, in order of name."""
ID = dispatch_id("test", "k", "person-1", "smtp")
PAGE = "<p>站</p>"


def unfolded(raw):
    """The headers of *raw* as they stand there, by name: an own look at the bytes, without a parser of mail."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    fields = [line.partition(": ") for line in re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")]
    return [(name, value) for name, _, value in fields]


def assert_plain(raw):
    """ASCII, ends of lines CRLF alone, no long line, and no long header but for a word that cannot be broken."""
    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 or len(line.split()) <= 2 for line in head)


def addressed(raw):
    """The recipients of *raw*: name and address; encoded words are read as RFC 2047 says, each by itself."""
    (to,) = (value for name, value in unfolded(raw) if name == "To")
    return [(str(make_header(decode_header(name))), address) for name, address in getaddresses([to])]


def said(raw, kind):
    return message_from_bytes(raw, policy=default).get_body((kind,)).get_content().replace("\r\n", "\n")


def on_paper(name):
    """A name as a mail writes it: what would begin an encoded word is taken apart."""
    return name.replace("=?", "= ?")


# --- mail ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"html": None},
        {"text": "站" * 5_000, "html": f"<p>{'站' * 5_000}</p>"},
        {"text": "x" * 5_000, "subject": "y" * 200},
        {"subject": "双认证工作提醒 " * 20},
        {"text": "\r\n\n\r.\n..\nFrom x\n\t \n", "html": "\n"},
        {"text": ""},
        {"name": None},
        {"attachments": [Document("报表 2023.xlsx", "application/octet-stream", bytes(range(256)) * 40)]},
    ],
)
def test_a_mail_is_plain_bytes_with_the_headers_it_should_have(how):
    sent = envelope(**{"html": PAGE, **how})
    raw = mail_of(sent, SENDER)

    assert_plain(raw)
    headers = dict(unfolded(raw))
    assert sorted(name for name, _ in unfolded(raw) if name != "Content-Transfer-Encoding") == HEADERS
    assert headers["From"] == SENDER
    assert addressed(raw) == [(sent.name or "", "zhang@example.cn")]
    assert str(make_header(decode_header(headers["Subject"]))) == sent.message.subject
    assert headers["Date"] == "Tue, 10 Oct 2023 04:00:00 +0000"
    assert headers["Message-ID"] == f"<{ID}@example.cn>"
    assert headers["Auto-Submitted"] == "auto-generated"


def test_the_standard_parser_reads_text_and_page_back():
    mail = message_from_bytes(mail_of(envelope(text="站\n. \n", html=PAGE), SENDER), policy=default)

    assert mail.defects == []
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in mail.iter_parts()] == ["utf-8", "utf-8"]
    assert [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()] == ["站\n. \n", f"{PAGE}\n"]
    assert (mail["To"].addresses[0].display_name, mail["To"].addresses[0].addr_spec) == ("张三", "zhang@example.cn")
    assert mail["Subject"] == "提醒 k"


def test_the_same_envelope_gives_the_same_bytes_also_elsewhere():
    here = hashlib.sha256(mail_of(envelope(html=PAGE), SENDER)).hexdigest()
    code = (
        "import hashlib, mail_office as o; from dualcert.reporting.mail import mail_of\n"
        f"print(hashlib.sha256(mail_of(o.envelope(html={PAGE!r}), o.SENDER)).hexdigest())"
    )
    for seed, zone in (("1", "America/Los_Angeles"), ("2", "Pacific/Kiritimati")):
        elsewhere = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(Path(__file__).parent)}
        assert subprocess.check_output([sys.executable, "-c", code], env=elsewhere, text=True).strip() == here


# --- the folder ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    return FolderConfig(folder=str(tmp_path / "outgoing" / "mail"), sender=SENDER)


def test_a_mail_is_put_into_the_folder_once_for_its_owner_alone(folder):
    first, again = Folder().deliver(envelope(folder)), Folder().deliver(envelope(folder))

    (file,) = Path(folder.folder).iterdir()
    assert (first.outcome, again.outcome) == (DeliveryOutcome.DELIVERED, DeliveryOutcome.DELIVERED)
    assert file.name == f"{ID}.eml"
    assert file.read_bytes() == mail_of(envelope(), SENDER)
    assert file.stat().st_mode & 0o077 == 0


def test_another_mail_under_the_same_name_is_nobodys_delivery(folder):
    """Of another store that uses the folder, or of before its text was changed: a person decides. Another date is the same mail."""
    assert Folder().deliver(envelope(folder)).outcome is DeliveryOutcome.DELIVERED
    (file,) = Path(folder.folder).iterdir()
    before = file.read_bytes()
    later = evolve(envelope(folder), sent_at=envelope(folder).sent_at + timedelta(days=1))
    other = evolve(envelope(folder), message=evolve(envelope(folder).message, text="另一封"))

    assert Folder().deliver(later).outcome is DeliveryOutcome.DELIVERED
    assert Folder().deliver(other).outcome is DeliveryOutcome.REFUSED
    assert file.read_bytes() == before


def test_a_mail_is_put_there_whole_or_not_at_all(folder, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert Folder().deliver(envelope(folder)).outcome is DeliveryOutcome.FAILED
    assert list(Path(folder.folder).iterdir()) == []

    assert Folder().deliver(envelope(folder)).outcome is DeliveryOutcome.DELIVERED
    assert [file.name for file in Path(folder.folder).iterdir()] == [f"{ID}.eml"]


def test_a_folder_that_cannot_be_is_a_failure(tmp_path):
    (tmp_path / "file").write_text("")

    receipt = Folder().deliver(envelope(FolderConfig(folder=str(tmp_path / "file"), sender=SENDER)))

    assert receipt.outcome is DeliveryOutcome.FAILED


@pytest.mark.parametrize("sender", ["", "@", "a", "a@", "a@b@c.cn", "a@b.cn, c@d.cn", "a@b.cn\r\nBcc: c@d.cn"])
def test_a_sender_that_is_no_address_gets_nothing_taken_and_leaves_no_doubt(tmp_path, sender):
    put = Folder().deliver(envelope(FolderConfig(folder=str(tmp_path / "mail"), sender=sender)))
    sent = Smtp().deliver(envelope(SmtpConfig(host="localhost", port=1, sender=sender)))

    assert (put.outcome, sent.outcome) == (DeliveryOutcome.REFUSED, DeliveryOutcome.REFUSED)
    assert not (tmp_path / "mail").exists()


# --- names are text --------------------------------------------------------------------------------

HARMLESS = "站"
NAMES = (
    "张三, 李四",
    "张三 <evil@example.cn>",
    "Zhang San <evil@example.cn>, Li Si",
    '"张三"',
    'Zhang "x" San',
    "a\\",
    '"',
    "(x) y",
    "a;b:c",
    "undisclosed-recipients:;",
    "a@b.cn",
    "张@b.cn, c@d.cn",
    "=?utf-8?b?DQpCY2M6IHg=?=",
    "张=?utf-8?q?=0D=0ABcc:_x?=三",
    "= ?utf-8?q?x?=",
    "x y " * 49 + "z",
    "张" * 200,
    "张" * 19 + "<evil@example.cn>," + "三" * 50,
    "张\u3000三",
    "a\u00a0b",
    "😀" * 60,
)
"""Names that a directory takes and a header has to be careful with."""


class Page(HTMLParser):
    """What a browser makes of a page: its tags with their attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = Counter(), ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag, tuple(attributes)] += 1

    def handle_endtag(self, tag):
        self.tags[f"/{tag}"] += 1

    def handle_comment(self, data):
        self.tags["comment", data] += 1

    def handle_decl(self, decl):
        self.tags["declaration", decl] += 1

    def unknown_decl(self, data):
        self.tags["unknown", data] += 1

    def handle_pi(self, data):
        self.tags["instruction", data] += 1

    def handle_data(self, data):
        self.text += data


def digests(name):
    """The digests of small books in which everything is called so, people too."""
    return list(ReminderDigest().render(*small_books(lambda _: name).asked(DigestConfig(fallback="person-3"))))


@pytest.fixture(scope="module")
def harmless():
    """The tags of the pages where every name is a harmless one, by recipient."""
    return {message.to: Page(message.html).tags for message in digests(HARMLESS)}


@pytest.mark.parametrize("name", [*PAYLOADS, *NAMES])
def test_a_hostile_name_is_text_in_every_part_of_every_mail(office, scripted, reaching, folder, harmless, name):
    """Through every name and note of the books and every name of the directory, over the wire and in the folder."""
    server = scripted()
    books = office(channel=reaching(server.port))
    for number in "123":
        books.people.add(Person(f"person-{number}", name, email=f"to-{number}@example.cn"))
    messages = digests(name)
    planned = dict(zip(books.plan(*messages), messages, strict=True))
    assert {message.to for message in messages} == {"person-1", "person-2", "person-3"}

    assert {sent.state.value for sent in books.send()} == {"delivered"}

    assert {taken.id for taken in server.taken} == set(planned)
    for taken in server.taken:
        message = planned[taken.id]
        address = f"to-{message.to[-1]}@example.cn"
        assert (taken.sender, taken.recipient) == (f"FROM:<{SENDER}>", f"TO:<{address}>")
        put = envelope(folder, dispatch=taken.id, name=name, address=address, message=message)
        assert Folder().deliver(put).outcome is DeliveryOutcome.DELIVERED
        for raw in (taken.content, (Path(folder.folder) / f"{taken.id}.eml").read_bytes()):
            assert_plain(raw)
            assert sorted(header for header, _ in unfolded(raw)) == HEADERS
            assert addressed(raw) == [(on_paper(name), address)]
            parsed = message_from_bytes(raw, policy=default)
            assert sorted(parsed.keys()) == HEADERS
            assert [each.addr_spec for each in parsed["To"].addresses] == [address]
            assert parsed["Subject"] == message.subject
            assert len(parsed["Subject"].splitlines()) == 1
            assert name in said(raw, "plain")
            page = Page(said(raw, "html"))
            assert page.tags == harmless[message.to]
            assert name in page.text
    assert sorted(path.stem for path in Path(folder.folder).iterdir()) == sorted(planned)


@pytest.mark.parametrize(
    "name",
    ["张三\r\nBcc: evil@example.cn", "张\n三", "张\r三", "张\u2028三", "张\u2029三", "张\x00三", "张\x85三", "张\x1f三",
     "张\ud800三", "张\u202e三", ""],
)  # fmt: skip
def test_a_name_that_breaks_a_line_gets_into_no_directory_and_into_no_mail(name):
    with Registry.open(":memory:") as books, Directory.open(books.store) as directory, pytest.raises(Refused):
        directory.add(Person("person-1", name))
    if name:
        with pytest.raises(ValueError, match="header"):
            mail_of(envelope(name=name), SENDER)


@pytest.mark.parametrize("name", ["张\u200d三", "\ufeff张三", "张\u200b三", "张\ue000", "张\U00031350", "张\u00ad三"])
def test_a_name_that_the_directory_takes_can_be_written_on_a_mail(name):
    """Joiners, a pasted mark of byte order, rare characters in private use or newer than this Python."""
    with Registry.open(":memory:") as books, Directory.open(books.store) as directory:
        directory.add(Person("person-1", name))

    assert addressed(mail_of(envelope(name=name), SENDER)) == [(name, "zhang@example.cn")]


# --- the address -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["zhang@example.cn", "zhang+x@example.cn", '"a,b"@example.cn', '"a>b"@example.cn', '"<x@y.cn>"@example.cn',
     '"a\\"b"@example.cn', "zhang@[127.0.0.1]", "a%b@example.cn", "'a'@example.cn", '"@"@example.cn',
     "zhang@example.cn(x@y.cn)", "zhang(,)@example.cn", "(x)zhang@example.cn", '"zhang"@example.cn',
     '"a\\b"@example.cn', '""@example.cn'],
)  # fmt: skip
def test_mail_goes_to_exactly_the_address_of_the_directory_or_nowhere(office, scripted, reaching, address):
    server = scripted()
    books = office(channel=reaching(server.port))
    try:
        books.people.add(Person("person-1", "张三", email=address))
    except BadValue:
        return
    books.plan(*(each for each in digests(HARMLESS) if each.to == "person-1"))

    (sent,) = books.send()

    if sent.state.value == "refused":
        assert server.taken == []
        return
    (taken,) = server.taken
    assert taken.recipient == f"TO:<{address}>"
    assert [each.addr_spec for each in message_from_bytes(taken.content, policy=default)["To"].addresses] == [address]


@pytest.mark.parametrize(
    "address",
    ["a@b.cn, c@d.cn", "a@b.cn,c@d.cn", "a@b.cn;c@d.cn", "a@b.cn c@d.cn", "a @b.cn", "a@b.cn\r\nBcc: c@d.cn", "a@b.cn\n",
     "<a@b.cn>", "张三 <a@b.cn>", "张@b.cn", "a@张.cn", "a@b@c.cn", "a", "@b.cn", "a@", "", "=?utf-8?q?a?=@b.cn",
     "a@b.cn\u2028", "@x.cn:a@b.cn", "a@b.cn\x00"],
)  # fmt: skip
def test_what_is_no_single_address_is_refused_and_nothing_is_sent(folder, address):
    put = Folder().deliver(envelope(folder, address=address))
    sent = Smtp().deliver(envelope(SmtpConfig(host="localhost", port=1, sender=SENDER), address=address))

    assert (put.outcome, sent.outcome) == (DeliveryOutcome.REFUSED, DeliveryOutcome.REFUSED)
    assert not Path(folder.folder).exists()
