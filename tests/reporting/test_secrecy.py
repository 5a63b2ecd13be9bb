"""Secrets and addresses never leave: none is in the log, on the list or in what is shown, whatever a channel or reporter says."""

from __future__ import annotations

import base64
import html
import json
import quopri
from datetime import date
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from post import Post, message

from dualcert.people import Person
from dualcert.projections.dispatches import dispatch_statuses
from dualcert.reporting import Document, delivered, failed, refused, unknown
from dualcert.reporting.channels import DeliveryOutcome, DeliveryReceipt
from dualcert.reporting.erasing import erase_person
from dualcert.reporting.rendering import render
from dualcert.reporting.requests import new_request
from dualcert.reporting.secrets import looked_up
from dualcert.reporting.texts import Discretion, error_text

SECRET, NAME, PHONE, ADDRESS = "S3cr&t/key", "张晓明", "13800138000", "zhang.xm@example.org"
OTHERS = ("李四", "li@example.org")
PRIVATE = (SECRET, NAME, PHONE, ADDRESS, "zhang.xm", *OTHERS)
SPELT = {
    "plain": str,
    "capitals": str.upper,
    "for a URL": lambda text: quote(text, safe=""),
    "for a form": quote_plus,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Python": lambda text: ascii(text)[1:-1],
    "JSON": lambda text: json.dumps(text)[1:-1],
    "HTML": html.escape,
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
}
"""How libraries and servers spell what they repeat; capitals are of addresses only, which mean the same."""


def spelt(how: str, text: str) -> str:
    return text if how == "capitals" and text == SECRET else SPELT[how](text)


@st.composite
def tellings(draw):
    """A text that tells something private, in some spelling, between other words."""
    parts = draw(
        st.lists(
            st.one_of(
                st.sampled_from([" ", "\x1b]0;", "\n", "\u202e", "\ud800", " user=", "<", "1"]), st.text(max_size=8)
            ),
            max_size=3,
        )
    )
    for private in draw(st.lists(st.sampled_from(PRIVATE), min_size=1, max_size=3)):
        how = draw(st.sampled_from(sorted(SPELT)))
        parts.insert(draw(st.integers(0, len(parts))), f" {spelt(how, private)} ")
    return "".join(parts)


class Telling(Exception):
    pass


SAYS = {
    "raises": lambda text: (_ for _ in ()).throw(Telling(text)),
    "raises in another's name": lambda text: (_ for _ in ()).throw(
        type(text.replace("\0", "").encode("utf-8", "replace").decode(), (Exception,), {})()
    ),
    "delivered": delivered,
    "failed": failed,
    "refused": refused,
    "unknown": unknown,
}
ACTS = st.sampled_from(sorted(SAYS))


def tells(shown: str) -> list[str]:
    """Return what private things a text has, in any spelling."""
    low = shown.lower()
    return [each for each in PRIVATE for how in SPELT if spelt(how, each).lower() in low]


@settings(deadline=None)
@given(text=tellings(), act=ACTS)
def test_nothing_private_that_a_channel_says_is_recorded_or_shown(tmp_path_factory, monkeypatch_secret, text, act):
    folder = tmp_path_factory.mktemp("secrecy")
    post = Post(str(folder / "books.db"), folder / "state")
    post.people.add(Person("person-1", NAME, PHONE, ADDRESS))
    post.people.add(Person("person-2", OTHERS[0], None, OTHERS[1]))
    post.plan("a", "b")

    def say(envelope):
        return SAYS[act](text) if envelope.message.key == "a" else delivered()

    post.line.say = say
    sent = post.send()
    statuses = list(dispatch_statuses(post.registry.view()))
    facts = [str(row) for status in statuses for row in post.registry.history(status.dispatch)]
    shown = [
        *facts,
        *map(str, statuses),
        *(f"{each} {each.trouble.detail} {each.trouble.traceback}" if each.trouble else str(each) for each in sent),
    ]
    erase_person(post.registry, "person-1", date(2024, 1, 15))

    assert [found for line in shown for found in tells(line)] == []
    assert all(line.isprintable() for line in shown if "Traceback" not in line)
    assert [each.state.value for each in statuses][1] == "delivered"  # a bad text costs its own dispatch only
    post.close()


@pytest.fixture(scope="module")
def monkeypatch_secret():
    """A secret that was looked up, as the configuration does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHANNEL_KEY", SECRET)
        yield looked_up("channel.line.key", {"env": "CHANNEL_KEY"})


@settings(deadline=None)
@given(text=tellings())
def test_nothing_private_that_a_reporter_raises_is_shown(tmp_path_factory, monkeypatch_secret, text):
    folder = tmp_path_factory.mktemp("secrecy")
    post = Post(str(folder / "books.db"), folder / "state")
    post.people.add(Person("person-1", NAME, PHONE, ADDRESS))
    post.people.add(Person("person-2", OTHERS[0], None, OTHERS[1]))
    plugins = post.plugins
    plugins.plugins[0].reporters["writer"] = Raising(text)
    request, books = new_request(post.registry, date(2023, 9, 1))

    trouble = render(plugins, "writer", request, books).trouble

    hidden = {PHONE, "zhang.xm", ADDRESS, OTHERS[1]}  # a reporter is given none of them
    assert ADDRESS not in trouble.detail
    assert set(tells(trouble.detail)) | set(tells(trouble.traceback)) <= hidden
    assert trouble.detail.isprintable()
    post.close()


class Raising:
    name, summary, triggers = "writer", "for a test", ()

    def __init__(self, text: str) -> None:
        from dualcert.reporting import NoConfig

        self.text, self.Config = text, NoConfig

    def render(self, request, books):
        raise Telling(self.text)


@pytest.mark.parametrize("made", [
    Document("a.txt", "text/plain", f"key {SECRET}".encode()),
    Document(f"{SECRET}.txt", "text/plain", b""),
    message("a", text=f"https://example.org/?key={SECRET}"),
])  # fmt: skip
def test_an_artifact_with_a_secret_in_it_is_none(post, monkeypatch_secret, made):
    """What is previewed and sent is read by others."""
    post.messages.append(made)

    (planned,) = post.plan()

    assert (planned.new, planned.rendered.trouble.code) == ((), "plugin-contract")
    assert SECRET not in planned.rendered.trouble.detail


@pytest.mark.parametrize("said", [5, None, True, "delivered", DeliveryReceipt("delivered"), DeliveryReceipt(None, "x")])
def test_what_is_no_receipt_costs_its_own_dispatch_only(post, said):
    post.plan("a", "b")
    post.line.say = lambda envelope: said if envelope.message.key == "a" else delivered()

    first, second = post.send()

    assert (first.state.value, first.trouble.code, first.channel) == ("unknown", "plugin-contract", "line")
    assert (second.state.value, second.trouble) == ("delivered", None)


@pytest.mark.parametrize("detail", [5, None, b"250", ["250"]])
def test_a_receipt_with_an_odd_detail_is_believed_and_the_channel_named(post, detail):
    post.plan("a")
    post.line.say = lambda _: DeliveryReceipt(DeliveryOutcome.DELIVERED, detail)

    (sent,) = post.send()

    assert (sent.state.value, sent.detail, sent.trouble.code) == ("delivered", "", "plugin-contract")


@pytest.mark.parametrize("raised", [ValueError, SystemExit, RecursionError, GeneratorExit])
def test_an_error_whose_text_raises_is_still_an_error(post, raised):
    class Odd(Exception):
        def __str__(self):
            raise raised

        __repr__ = __str__

    post.plan("a", "b")
    post.line.say = lambda envelope: (_ for _ in ()).throw(Odd()) if envelope.message.key == "a" else delivered()
    plugins = post.plugins
    plugins.plugins[0].reporters["writer"] = Raising("")
    Raising.render, before = lambda *_: (_ for _ in ()).throw(Odd()), Raising.render
    try:
        trouble = render(plugins, "writer", *new_request(post.registry, date(2023, 9, 1))).trouble
    finally:
        Raising.render = before

    assert [each.state.value for each in post.send()] == ["unknown", "delivered"]
    assert (trouble.code, trouble.detail) == ("plugin-broken", "Odd: its text cannot be had")


def test_of_an_error_of_attrs_only_the_sentence_is_kept():
    with pytest.raises(TypeError) as caught:
        Document("x", "text/plain", "text")
    assert error_text(caught.value).startswith("WrongArtifact: 'content' must be <class 'bytes'>")
    assert "Attribute" not in error_text(caught.value)


def test_part_of_another_word_is_left():
    discretion = Discretion.about([Person("person-1", None, None, "post@example.org")])

    assert discretion("550 post: no such user; postponed") == "550 ***: no such user; postponed"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 400_000, "x" * 400_000),
        ("x" * 200_000 + "@", "x" * 200_000 + "@"),
        ("@" * 200_000, "***"),
        ("a@b" * 100_000, "***"),
    ],
    ids=["letters", "no-address", "signs", "addresses"],
)
def test_a_long_word_of_somebody_is_read_once_and_not_from_each_of_its_letters(text, shown):
    """Or this test would take hours, and a plugin's or a server's long word would stop the host as long."""
    assert Discretion.about([Person("person-1", NAME, PHONE, ADDRESS)])(text) == shown
