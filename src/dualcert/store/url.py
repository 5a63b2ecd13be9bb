"""The URL or path of a store, parsed and checked before anything is opened."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from attrs import field, frozen

from dualcert.errors import N_, BadStoreUrl, Phrase
from dualcert.files import can_be_a_file

MEMORY = ":memory:"

_OPTIONS = {"journal": {"wal", "rollback"}, "mode": {"ro"}}
_SHOWN_OPTIONS = ("host", "hostaddr", "port", "dbname", "user", "service", "journal", "mode")
"""The options of a URL that messages may show; others may be secrets."""
_SERVER = re.compile(r"\s*postgres(ql)?\s*[:/]|.*\bpassword\s*=", re.IGNORECASE | re.DOTALL)
"""Matches text that is meant as the URL of a server, even if it is misspelt."""
_UNFINISHED = re.compile(r"([^/?:\[\]]*):(?![0-9]*(?:[/?,]|$))(.*)", re.DOTALL)
"""Matches a user and a password without a host, but not a host and its port."""
_SIGNS = re.compile(r"[:@/#?%&\s]+")
_EXAMPLE = "write postgresql://USER:PASSWORD@HOST/DATABASE, with % for what a URL cannot hold (%23 for #)"


@frozen
class StoreUrl:
    """The address of a store; `shown` is the form for messages, without a password."""

    kind: str
    shown: str
    path: Path = Path()
    options: dict[str, str] = field(factory=dict)
    dsn: str = field(default="", repr=False)

    @property
    def read_only(self) -> bool:
        """Whether the store is opened for reading only."""
        return self.options.get("mode") == "ro"


@frozen
class Store:
    """An opened store: its address, and the random id in its first fact."""

    url: StoreUrl
    id: str


def parse_url(url: str | Path) -> StoreUrl:
    """Return the address that *url* means: `:memory:`, `sqlite:///PATH`, `postgresql://…`, or the path of a file.

    An SQLite URL may have the options `?journal=wal|rollback` and `?mode=ro`. Raises BadStoreUrl.
    """
    url = str(url)
    if url == MEMORY:
        return StoreUrl("memory", MEMORY)
    scheme = re.match(r"([a-z][a-z0-9+.-]+)://", url, re.IGNORECASE)
    kind = scheme[1].lower() if scheme else None
    match kind:
        case None if _SERVER.match(url):
            raise BadStoreUrl(store=without_password(url), problem=_EXAMPLE)
        case None:
            return _file(url, url, {})
        case "sqlite":
            return _sqlite(url)
        case "postgresql" | "postgres":
            return StoreUrl(
                "postgresql", without_password(url), dsn=kind + url[len(kind) :]
            )  # in capitals psycopg knows it not
        case other:
            raise BadStoreUrl(store=without_password(url), problem=Phrase(N_("unknown kind {kind!r}"), kind=other))


def _sqlite(url: str) -> StoreUrl:
    parts, shown = urlsplit(url), without_password(url)
    if parts.netloc:
        raise BadStoreUrl(store=shown, problem="write sqlite:///relative.db or sqlite:////absolute.db")
    path = unquote(parts.path.removeprefix("/"))
    if path == MEMORY:
        return StoreUrl("memory", MEMORY)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in options.items():
        if value not in _OPTIONS.get(name, ()):
            raise BadStoreUrl(store=shown, problem=Phrase(N_("unknown option {name}={value}"), name=name, value=value))
    return _file(url, path, options)


def _file(url: str, path: str, options: dict[str, str]) -> StoreUrl:
    if not Path(path).name or not can_be_a_file(path):
        raise BadStoreUrl(store=ascii(url), problem="it names no file")
    if path.startswith(("\\\\", "//")):
        problem = "SQLite cannot be trusted on a network share; use PostgreSQL"
        raise BadStoreUrl(store=without_password(url), problem=problem)
    return StoreUrl("sqlite", path, path=Path(path), options=options)


def without_password(url: str) -> str:
    """Return *url* for messages: without its password, even if the URL is misspelt.

    The password is everything between the first colon after the user and the last `@`, because it may contain any
    character, even those that end the name of a host. Options that may be secrets are left out.
    """
    url = re.sub(r"(?is)(password\s*=\s*).*", r"\1***", url)
    head, user, _, rest = _parted(url)
    place, mark, query = rest.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name in _SHOWN_OPTIONS]
    return head + user + place + (mark + urlencode(kept, safe="/") if kept else "")


def without_url_secrets(message: str, url: str) -> str:
    """Return a library's message about *url* without secrets; such a message may quote a part of the password."""
    *_, secret, rest = _parted(url)
    hidden = [secret, *(value for name, value in parse_qsl(rest.partition("?")[2]) if name not in _SHOWN_OPTIONS)]
    pieces = {piece for each in hidden for form in (each, unquote(each)) for piece in (form, *_SIGNS.split(form))}
    quoted = {piece for piece in re.findall(r'"([^"]+)"', message) if any(piece in each for each in hidden)}
    for piece in sorted((each for each in pieces if len(each) > 2), key=len, reverse=True):
        message = message.replace(piece, "***")
    for piece in quoted:
        message = message.replace(f'"{piece}"', '"***"')
    return message


def _parted(url: str) -> tuple[str, str, str, str]:
    """Return four parts of *url*: the scheme, the user, the password, and all from the host on."""
    scheme = re.match(r"\s*[a-z][a-z0-9+.-]*\s*:?/+|", url, re.IGNORECASE)
    assert scheme is not None
    head, rest = scheme[0], url[scheme.end() :]
    user, at, host = rest.rpartition("@")
    if at:
        name, _, secret = user.partition(":")
        return head, f"{name}@", secret, host
    unfinished = _UNFINISHED.match(rest) if head else None
    return (head, unfinished[1], unfinished[2], "") if unfinished else (head, "", "", rest)
