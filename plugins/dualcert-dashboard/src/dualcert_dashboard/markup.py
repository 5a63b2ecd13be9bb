"""Elements of HTML and SVG: whatever is put into one is text, unless it is an element itself."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from importlib.resources import files

MOST = 2000
"""Characters of a name or note that are shown."""
VOID = frozenset({"br", "input", "meta"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def el(tag: str, /, *inside: object, **attributes: object) -> Html:
    """Return an element; an attribute that is None or False is left out, `_` in its name is a hyphen.

    Args:
        tag: its name.
        inside: elements, texts, numbers, or lists of these; None is nothing.
        attributes: their values; `class_` and `for_` are written so because Python has the words.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{''.join(map(text, inside))}</{tag}>")


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    known = name.removesuffix("_").replace("_", "-")
    return f" {known}" if value is True else f' {known}="{escape(str(value), quote=True)}"'


def text(content: object) -> Html:
    """Return what is put into an element: elements as they are, everything else escaped."""
    if isinstance(content, Html):
        return content
    if content is None:
        return Html()
    if not isinstance(content, str) and isinstance(content, Iterable):
        return Html("".join(map(text, content)))
    return Html(escape(str(content), quote=False))


def named(name: object) -> Html:
    """Return what a person typed, kept apart from the direction of the text around it, and cut where it is no name any more."""
    whole = str(name)
    return el("bdi", whole if len(whole) <= MOST else f"{whole[:MOST]}…")


def unseen(content: object) -> Html:
    """Return what only a screen reader reads."""
    return el("span", content, class_="unseen")


def as_data(value: object, id_: str) -> Html:
    """Return an element with *value* as JSON, in which no name can end the element."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return el("script", Html(written), type="application/json", id=id_)


def shipped(name: str) -> str:
    """Return a file of this package."""
    return (files("dualcert_dashboard") / name).read_text(encoding="utf-8")


def page(language: str, title: str, *body: object, script: str = "", connected: bool = False) -> bytes:
    """Return a whole page, which loads nothing, sends nothing, and runs only its own script.

    Args:
        language: of the page, zh or en.
        title: of the page.
        body: the elements in it.
        script: the script that ships; nothing else can run, whatever a name says.
        connected: whether the script may ask the server from which the page came.
    """
    style = shipped("page.css")
    rules = ["default-src 'none'", f"style-src {_hash(style)}", "base-uri 'none'", "form-action 'none'"]
    rules += [f"script-src {_hash(script)}"] if script else []
    rules += ["connect-src 'self'"] if connected else []
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content="; ".join(rules)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("style", Html(style)),
    )
    whole = el("body", body, el("script", Html(script)) if script else None)
    spoken = "zh-CN" if language == "zh" else "en"
    return f"<!DOCTYPE html>\n{el('html', head, whole, lang=spoken)}\n".encode()


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
