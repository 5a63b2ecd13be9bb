"""The channel `smtp`: each message arrives once, or is on the list, whatever the server does at whichever reply."""

from __future__ import annotations

import socket
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from mail_office import PEOPLE, SENDER, message
from scripted_server import PASSWORD, USERNAME, Fault
from trustme import CA

from dualcert.cli.program import run
from dualcert.testing.books import AS_OF
from dualcert.values.terms import DispatchState, Resolution

REPLIES = ("greeting", "ehlo", "starttls", "ehlo-again", "auth", "password", "mail", "rcpt", "data", "end", "quit")
"""The replies of a conversation, in their order."""
ABOUT_THE_MESSAGE = frozenset({"mail", "rcpt", "data", "end"})
"""The replies whose 5xx is a word about the message, not about us."""
LOGIN = ("AUTH LOGIN",)
SECURITIES = ("tls", "starttls")


def replies(security):
    return [each for each in REPLIES if security == "starttls" or each not in {"starttls", "ehlo-again"}]


def read(content):
    return message_from_bytes(content, policy=default)


# --- a real server ---------------------------------------------------------------------------------


class Box:
    """What a real server does with mail: takes it of those who are logged in."""

    def __init__(self):
        self.taken = []

    def authenticate(self, server, session, envelope, mechanism, given):
        known = (given.login, given.password) == (USERNAME.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if not session.authenticated:
            return "530 5.7.0 log in first"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def real():
    """Start a real server with this security and context; gives its box and port."""
    running = []

    def start(security, context):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        box = Box()
        how = (
            {"ssl_context": context, "auth_require_tls": False}  # it is encrypted from the first byte
            if security == "tls"
            else {"tls_context": context, "require_starttls": True}
        )
        running.append(Controller(box, "127.0.0.1", port, authenticator=box.authenticate, **how))
        running[-1].start()
        return box, port

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def reminders(office, small_books):
    """An office with the small books, where reminders are due."""
    return office(registry=small_books.registry, clock=small_books.registry._clock)


@pytest.mark.parametrize("security", SECURITIES)
def test_each_due_reminder_arrives_once_and_planning_and_sending_again_sends_nothing(
    reminders, real, reaching, server_context, security
):
    box, port = real(security, server_context)
    reminders.channel = reaching(port, security)
    planned = reminders.plan_digests(AS_OF)

    assert {sent.state for sent in reminders.send()} == {DispatchState.DELIVERED}
    for _ in range(3):
        assert reminders.plan_digests(AS_OF) == {}
        assert reminders.send_until_quiet() == []

    mails = {read(content)["Message-ID"].strip("<>").partition("@")[0]: content for _, _, content in box.taken}
    assert len(planned) == len(box.taken) > 1
    assert {id_: read(content).get_body(("plain",)).get_content() for id_, content in mails.items()} == {
        id_: message.text.replace("\n", "\r\n") for id_, message in planned.items()
    }
    assert sorted(to for _, recipients, _ in box.taken for to in recipients) == sorted(each.email for each in PEOPLE)
    assert {sender for sender, _, _ in box.taken} == {SENDER}


@pytest.mark.parametrize("security", SECURITIES)
def test_a_server_that_does_not_know_us_gets_nothing_and_a_right_password_helps_later(
    office, real, reaching, server_context, security, monkeypatch
):
    box, port = real(security, server_context)
    books = office(channel=reaching(port, security))
    (id_,) = books.plan(message("a"))

    monkeypatch.setenv("SMTP_PASSWORD", "wrong")
    (sent,) = books.send()
    assert (sent.state, sent.detail) == (DispatchState.FAILED, "the server does not know us: 535")
    assert box.taken == []

    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    books.send_until_quiet()
    assert (books.state_of(id_), len(box.taken)) == ("delivered", 1)


@pytest.mark.parametrize("security", SECURITIES)
@pytest.mark.parametrize("wrong", ["authority", "host"])
def test_a_server_that_is_not_to_be_trusted_gets_neither_password_nor_mail(
    office, scripted, reaching, trust, security, wrong
):
    context = CA().issue_cert("localhost") if wrong == "authority" else trust.authority.issue_cert("other.example")
    impostor = scripted(security=security)
    impostor.context = trust.server()
    context.configure_cert(impostor.context)
    books = office(channel=reaching(impostor.port, security))
    (id_,) = books.plan(message("a"))

    (sent,) = books.send()

    impostor.settle()
    assert sent.state is DispatchState.FAILED
    assert sent.detail.startswith("the server's certificate is not to be trusted")
    assert impostor.taken == []
    assert not any(line.startswith((b"AUTH", b"MAIL")) for _, line in impostor.heard)

    honest = scripted(security=security)
    books.channel = reaching(honest.port, security)
    books.send_until_quiet()
    assert (books.state_of(id_), len(honest.taken)) == ("delivered", 1)


def test_without_the_starttls_that_was_asked_for_nothing_goes_out_in_the_clear(office, scripted, reaching):
    server = scripted(security="starttls", offers_tls=False)
    books = office(channel=reaching(server.port, "starttls"))
    (id_,) = books.plan(message("a"))

    (sent,) = books.send()

    server.settle()
    assert sent.state is DispatchState.FAILED
    assert [line.partition(b" ")[0].upper() for _, line in server.heard] in ([b"EHLO"], [b"EHLO", b"QUIT"])
    server.offers_tls = True
    books.send_until_quiet()
    assert (books.state_of(id_), len(server.taken)) == ("delivered", 1)


def test_what_was_slipped_in_before_encryption_is_not_read_as_an_answer(office, scripted, reaching):
    server = scripted(security="starttls", after_starttls=b"250 slipped in\r\n")
    books = office(channel=reaching(server.port, "starttls"))
    books.plan(message("a"))

    assert [sent.state for sent in books.send()] == [DispatchState.DELIVERED]
    assert [secure for secure, line in server.heard if line.upper().startswith(b"EHLO")] == [False, True]
    assert all(secure for secure, line in server.heard if line.startswith((b"AUTH", b"mail", b"rcpt")))


@pytest.mark.parametrize(("speaks", "asked_for"), [("starttls", "tls"), ("tls", "starttls")])
def test_a_server_that_speaks_otherwise_is_a_failure_not_a_doubt(office, scripted, reaching, speaks, asked_for):
    server = scripted(security=speaks)
    books = office(channel=reaching(server.port, asked_for, timeout=0.5))
    books.plan(message("a"))

    assert [sent.state for sent in books.send()] == [DispatchState.FAILED]
    server.settle()
    assert server.taken == []


def test_a_server_that_is_not_there_is_tried_six_times_and_then_waits_for_a_person(office, scripted, reaching):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    books = office(channel=reaching(port))
    (id_,) = books.plan(message("a"))

    assert [sent.state for sent in books.send_until_quiet()] == [DispatchState.FAILED] * 6

    books.channel = reaching(scripted().port)
    assert books.send_until_quiet() == []
    books.sender().resolve(id_, Resolution.SEND_AGAIN, "the server is back")
    assert [sent.state for sent in books.send()] == [DispatchState.DELIVERED]


# --- the server fails, once, at every reply ---------------------------------------------------------


def outcome(reply, how):
    """What is known after a fault at this reply: what the message comes to without anybody's word."""
    if how.startswith("5") and reply in ABOUT_THE_MESSAGE:
        return "refused"
    if reply == "end" and how[0] != "4":
        return "unknown"
    return "delivered"


def assert_each_at_most_once(books, server, struck, reply, how, *, taken):
    """One message's conversation was struck, the other's was not: let time pass, and look at what came of both."""
    expected = outcome(reply, how)
    books.send_until_quiet()
    server.settle()
    copies = Counter(each.id for each in server.taken)

    assert books.states == dict.fromkeys(books.states, "delivered") | {struck: expected}
    assert [row.dispatch for row in books.listed({DispatchState.UNKNOWN})] == [struck] * (expected == "unknown")
    arrived = dict.fromkeys(books.states, 1) | {struck: 1 if expected == "delivered" else int(taken)}
    assert {id_: copies[id_] for id_ in books.states} == arrived


@pytest.mark.parametrize("how", ["421", "451", "554", "close", "reset", "half", "babble"])
@pytest.mark.parametrize(
    ("security", "reply"), [(security, reply) for security in SECURITIES for reply in replies(security)]
)
def test_the_server_fails_at_a_reply(office, scripted, reaching, security, reply, how):
    server = scripted(security=security, fault=Fault(reply, how), extensions=LOGIN)
    books = office(channel=reaching(server.port, security))
    books.plan(message("a"), message("b"))

    struck = books.send()[0]

    assert server.fault is None, "it has struck"
    now = outcome(reply, how)
    assert struck.state.value == ("failed" if now == "delivered" and reply != "quit" else now)
    assert_each_at_most_once(books, server, struck.dispatch, reply, how, taken=False)


@pytest.mark.parametrize(
    ("security", "reply"), [*(("starttls", reply) for reply in REPLIES), ("tls", "greeting"), ("tls", "end")]
)
def test_the_server_says_nothing_at_a_reply_until_we_have_waited_long_enough(
    office, scripted, reaching, security, reply
):
    server = scripted(security=security, fault=Fault(reply, "silence"), extensions=LOGIN)
    books = office(channel=reaching(server.port, security))
    books.plan(message("a"), message("b"))

    struck = books.send(timeout=0.5)[0]

    assert server.fault is None
    assert_each_at_most_once(books, server, struck.dispatch, reply, "silence", taken=False)


@pytest.mark.parametrize("how", ["close", "reset", "half", "babble", "silence"])
def test_the_server_takes_the_message_and_then_fails(office, scripted, reaching, how):
    server = scripted(fault=Fault("end", how, taken=True))
    books = office(channel=reaching(server.port))
    books.plan(message("a"), message("b"))

    struck = books.send(timeout=0.5 if how == "silence" else 10.0)[0]

    assert struck.state is DispatchState.UNKNOWN
    assert_each_at_most_once(books, server, struck.dispatch, "end", how, taken=True)


@pytest.mark.parametrize("bytes_read", [0, 100_000])
def test_a_connection_that_breaks_within_the_message_leaves_no_doubt(office, scripted, reaching, bytes_read):
    """The server goes away while a message is sent that is longer than what the system sends by itself."""
    server = scripted(fault=Fault("content", "reset"), reads=bytes_read)
    books = office(channel=reaching(server.port))
    (id_,) = books.plan(message("a", text="x" * 12_000_000))

    (sent,) = books.send()

    assert (sent.state, server.taken) == (DispatchState.FAILED, [])
    assert sent.detail.startswith("the connection broke before the message was whole")
    books.send_until_quiet()
    assert (books.state_of(id_), len(server.taken)) == ("delivered", 1)


@pytest.mark.parametrize(("reply", "code"), [("mail", "354"), ("rcpt", "354"), ("data", "250"), ("data", "220")])
def test_an_answer_of_another_kind_takes_nothing(office, scripted, reaching, reply, code):
    server = scripted(fault=Fault(reply, code))
    books = office(channel=reaching(server.port))
    books.plan(message("a"))

    assert [sent.state for sent in books.send()] == [DispatchState.FAILED]
    assert not any(b"multipart" in line or b"Message-ID" in line for _, line in server.heard)
    books.send_until_quiet()
    assert len(server.taken) == 1


@pytest.mark.parametrize("code", ["354", "150", "650", "999"])
def test_an_answer_to_the_end_that_says_neither_yes_nor_no_leaves_a_doubt(office, scripted, reaching, code):
    server = scripted(fault=Fault("end", code))
    books = office(channel=reaching(server.port))
    books.plan(message("a"))

    assert [sent.state for sent in books.send()] == [DispatchState.UNKNOWN]
    assert books.send_until_quiet() == []


# --- what a person says of a doubt -----------------------------------------------------------------


@pytest.fixture
def doubtful(office, scripted, reaching):
    """An office with a message of which nobody can tell, though the server took it."""
    server = scripted(fault=Fault("end", "close", taken=True))
    books = office(channel=reaching(server.port))
    books.plan(message("a"))
    (sent,) = books.send()
    assert sent.state is DispatchState.UNKNOWN
    return books, server, sent.dispatch


def test_what_a_person_says_arrived_is_not_sent_again(doubtful):
    books, server, id_ = doubtful
    books.sender().resolve(id_, Resolution.DELIVERED, "张三 has it")

    assert books.send_until_quiet() == []
    assert (books.state_of(id_), len(server.taken)) == ("delivered", 1)


def test_what_a_person_wants_sent_again_is_sent_again_once_under_the_same_id(doubtful):
    books, server, id_ = doubtful
    books.sender().resolve(id_, Resolution.SEND_AGAIN, "张三 has nothing")
    books.send_until_quiet()

    assert books.state_of(id_) == "delivered"
    assert [each.id for each in server.taken] == [id_, id_]


# --- what is never shown ---------------------------------------------------------------------------


def test_the_secret_is_in_no_output_repr_or_file(tmp_path, office, scripted, reaching, config, monkeypatch, capsys):
    """Delivered, failed, refused and unknown, by the program: its password is in none of what is left of it."""
    store = tmp_path / "books.db"
    monkeypatch.setenv("DUALCERT_STATE", str(tmp_path / "state"))
    books = office(store, clock=lambda: datetime.now(UTC))
    for key, fault in (
        ("a", None),
        ("b", Fault("auth", f"535 {PASSWORD} is wrong")),
        ("c", Fault("rcpt", "554")),
        ("d", Fault("end", "close")),
    ):
        server = scripted(fault=fault)
        books.plan(message(key))
        for command in (["send", "--yes", "--config", config(server.port)], ["list"], ["list", "--format", "json"]):
            assert run(["--store", str(store), "dispatch", *command]) in {0, 6}  # 6: something waits for a person
    books.registry.catch_up()
    assert Counter(books.states.values()) == {"delivered": 1, "failed": 1, "refused": 1, "unknown": 1}

    out, err = capsys.readouterr()
    sender = books.sender(**reaching(1))
    read_in = sender.plugins.configuration.of_channel("smtp", sender.plugins.channel("smtp").Config)
    assert read_in.password.reveal() == PASSWORD
    assert PASSWORD not in out + err + repr(sender) + str(read_in) + repr(read_in)
    for path in (each for each in Path(tmp_path).rglob("*") if each.is_file()):
        assert PASSWORD.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("secret", ["密码-canary", "gé", "x\u0441y"])
def test_a_secret_that_cannot_be_said_is_not_quoted(office, scripted, reaching, monkeypatch, secret):
    monkeypatch.setenv("SMTP_PASSWORD", secret)
    books = office(channel=reaching(scripted().port))
    books.plan(message("a"))

    (sent,) = books.send()

    assert (sent.state, sent.detail) == (
        DispatchState.FAILED,
        "no connection: ValueError user name and password have to be ASCII",
    )


@pytest.mark.parametrize("reply", ["mail", "rcpt", "data", "end"])
@pytest.mark.parametrize(
    ("words", "recorded"),
    [
        ("554 <zhang@example.cn>: unknown here", "554"),
        ("550 User wang (王小二, 13800000001) unknown", "550"),
        ("554 5.1.1 <zhang@example.cn>: 张三 is unknown here", "554 5.1.1"),
    ],
)
def test_of_a_servers_words_only_codes_are_recorded(office, scripted, reaching, reply, words, recorded):
    """A server says whatever it likes about a person, and what is recorded cannot be erased."""
    server = scripted(fault=Fault(reply, words))
    books = office(channel=reaching(server.port))
    books.plan(message("a"))

    (sent,) = books.send()

    assert sent.detail == recorded


@pytest.mark.parametrize("answer", ["250 2.0.0 Ok: queued as 4BxYz7", "250 2.0.0 OK 王小二 queued as 4BxYz7"])
def test_the_id_in_the_servers_queue_is_recorded(office, scripted, reaching, answer):
    server = scripted(fault=Fault("end", answer, taken=True))
    books = office(channel=reaching(server.port))
    books.plan(message("a"))

    (sent,) = books.send()

    assert (sent.state, sent.detail) == (DispatchState.DELIVERED, "250 2.0.0 queued as 4BxYz7")


@pytest.mark.parametrize("how", ["dribble", "flood"])
@pytest.mark.parametrize(
    ("security", "reply"),
    [("tls", "greeting"), ("tls", "ehlo"), ("starttls", "starttls"), ("tls", "data"), ("tls", "end")],
)
def test_an_answer_without_an_end_is_not_waited_for(office, scripted, reaching, security, reply, how):
    server = scripted(security=security, fault=Fault(reply, how), extensions=LOGIN)
    books = office(channel=reaching(server.port, security, seconds=1.0))
    books.plan(message("a"), message("b"))

    struck = books.send()[0]

    assert server.fault is None
    if how == "dribble":
        assert struck.detail.endswith("the server took longer than 1 s")
    assert_each_at_most_once(books, server, struck.dispatch, reply, how, taken=False)


@pytest.mark.parametrize(
    ("key", "value"),
    [("security", "none"), ("timeout", -1), ("timeout", 0), ("seconds", 0), ("port", 0), ("port", 70_000),
     ("cafile", "/nowhere.pem"), ("cafile", "/dev/null")],
)  # fmt: skip
def test_a_channel_that_is_set_up_wrongly_is_said_so_before_anything_is_taken(office, key, value):
    books = office(channel={"host": "localhost", "sender": "office@example.cn", key: value})
    (id_,) = books.plan(message("a"))

    (sent,) = books.send()
    assert (sent.dispatch, sent.waits, key in sent.detail) == (id_, "no-channel", True)
    assert books.state_of(id_) == "planned"


# --- what arrives ----------------------------------------------------------------------------------

DOTS = ".\n..\n.x\n...\nx.\n\n.\n。\n站."


def test_lines_of_dots_arrive_as_they_are(office, scripted, reaching):
    server = scripted()
    books = office(channel=reaching(server.port))
    books.plan(message("a", text=DOTS, html=DOTS))
    books.send()

    mail = read(server.taken[0].content)
    for kind in ("plain", "html"):
        assert mail.get_body((kind,)).get_content().replace("\r\n", "\n") == f"{DOTS}\n"


@pytest.mark.parametrize(
    "content",
    [DOTS.encode(), b".", b"", b"\r\n.\r\n", b"a\n.\nb", b"a\r.\rb", b".\r\n.\r\n", b"a\r\n.", b"\n..\n", b"x\r\n\r\n"],
)
def test_any_bytes_are_carried_whole_as_data(scripted, content):
    """What the channel makes of bytes for DATA, a server reads back; only the ends of lines are made CRLF."""
    from dualcert_email.smtp import _stuffed

    carried = _stuffed(content)

    lines = carried.split(b"\r\n")
    assert lines.pop() == b""
    assert b"\r" not in b"".join(lines)
    assert b"\n" not in b"".join(lines)
    assert b"." not in lines
    ends = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    told = b"\n".join(line.removeprefix(b".") for line in lines)
    assert told == ends.removesuffix(b"\n")
