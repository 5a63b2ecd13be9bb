"""Where a store is: a URL or a path, taken apart and checked before anything is opened."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from attrs import field, frozen

from dualcert.errors import N_, BadStoreUrl, Phrase

MEMORY = ":memory:"

_OPTIONS = {"journal": {"wal", "rollback"}, "mode": {"ro"}}


@frozen
class StoreUrl:
    """A store's place; `shown` is fit for messages: it has no password."""

    kind: str
    shown: str
    path: Path = Path()
    options: dict[str, str] = field(factory=dict)
    dsn: str = field(default="", repr=False)


def parse_url(url: str | Path) -> StoreUrl:
    """Return what *url* names: `:memory:`, `sqlite:///PATH`, `postgresql://…`, or a path to a file.

    An SQLite URL takes `?journal=wal|rollback` and `?mode=ro`. Raises BadStoreUrl.
    """
    url = str(url)
    if url == MEMORY:
        return StoreUrl("memory", MEMORY)
    scheme = re.match(r"([a-z][a-z0-9+.-]+)://", url, re.IGNORECASE)
    if scheme is None:
        return _file(url, url, {})
    match scheme[1].lower():
        case "sqlite":
            return _sqlite(url)
        case "postgresql" | "postgres":
            return StoreUrl("postgresql", _without_password(url), dsn=url)
        case other:
            raise BadStoreUrl(store=_without_password(url), problem=Phrase(N_("unknown kind {kind!r}"), kind=other))


def _sqlite(url: str) -> StoreUrl:
    parts = urlsplit(url)
    if parts.netloc:
        raise BadStoreUrl(store=url, problem="write sqlite:///relative.db or sqlite:////absolute.db")
    path = unquote(parts.path.removeprefix("/"))
    if path == MEMORY:
        return StoreUrl("memory", MEMORY)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in options.items():
        if value not in _OPTIONS.get(name, ()):
            raise BadStoreUrl(store=url, problem=Phrase(N_("unknown option {name}={value}"), name=name, value=value))
    return _file(url, path, options)


def _file(url: str, path: str, options: dict[str, str]) -> StoreUrl:
    if not path or "\0" in path:
        raise BadStoreUrl(store=repr(url), problem="it names no file")
    if path.startswith(("\\\\", "//")):
        raise BadStoreUrl(store=url, problem="SQLite cannot be trusted on a network share; use PostgreSQL")
    return StoreUrl("sqlite", path, path=Path(path), options=options)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=user.partition(":")[0] + at + host, query=""))
