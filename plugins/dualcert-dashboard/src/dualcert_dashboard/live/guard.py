"""Who may ask the live page what: one browser on this machine, from the page itself, and nobody else."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Any

from attrs import define, field
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "dualcert"
MOST_BYTES = 32 << 20
"""The most that may be sent at once: a roster."""

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Of every answer, besides the policy that the page itself has; an answer's own policy stays."""


@define
class Keys:
    """The link that is used once, the session that it opens, and what a request that writes has to know besides."""

    host: str
    """Host and port, as the browser's address has them."""
    link: str | None = field(factory=lambda: secrets.token_urlsafe(24))
    session: str = field(factory=lambda: secrets.token_urlsafe(24))
    token: str = field(factory=lambda: secrets.token_urlsafe(24))

    def enter(self, key: str) -> bool:
        """Return whether *key* is that of the link, which is used up by it."""
        if self.link is None or not _same(key, self.link):
            return False
        self.link = None
        return True

    def refused(self, method: str, path: str, headers: Headers) -> tuple[int, str] | None:
        """Return with which status and why a request is refused; None where it is not.

        The host is checked against names that lead here by a trick; the cookie is sent by no other site; and what writes
        comes from the page itself, which alone knows the token.
        """
        if headers.get("host") != self.host:
            return 421, "this page has another address"
        if method not in {"GET", "POST"}:
            return 405, "GET, POST"
        if path.startswith("/enter/") and method == "GET":
            return None
        if not _same(_cookie(headers), self.session):
            return 403, "open the link that was printed when this page was started"
        return self._refused_to_write(headers) if method == "POST" else None

    def _refused_to_write(self, headers: Headers) -> tuple[int, str] | None:
        own = headers.get("origin") == f"http://{self.host}"
        if not own or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return 403, "another site asked"
        if not _same(headers.get("x-dualcert", ""), self.token):
            return 403, "the page is too old: load it again"
        length = headers.get("content-length", "")
        return (413, "too large") if length.isdecimal() and _over(length, MOST_BYTES) else None


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())


def _over(digits: str, most: int) -> bool:
    """Return whether a number is larger than *most*; no number is too long to be told."""
    return (len(digits), digits) > (len(str(most)), str(most))


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


@define
class Guard:
    """Lets through what the keys allow, and gives every answer its headers."""

    app: ASGIApp
    keys: Keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self.keys.refused(scope["method"], scope["path"], Headers(scope=scope))
        answer: Any = PlainTextResponse(refused[1], refused[0]) if refused else self.app
        await answer(scope, receive, sending)
