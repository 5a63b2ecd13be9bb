"""How every connection to PostgreSQL is opened: time limits, durability that is read back, typed errors."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from dualcert import errors
from dualcert.store.causes import cause_of
from dualcert.store.url import StoreUrl, without_url_secrets

CONNECT_TIMEOUT = 10
"""Seconds."""
LOCK_TIMEOUT = 5
"""Seconds to wait for locks, also when reading; the server's default is to wait for ever."""
STATEMENT_TIMEOUT = 60
"""Seconds that one statement may take."""
NETWORK = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""After how long a server that no longer responds counts as lost."""
MEANING = (
    "SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on; "
    "SET search_path = public; SET client_encoding = 'UTF8'"
)
"""What decides how our statements are understood, whatever a URL, a role or a database has by default.

Whoever waited for a lock has to see what was committed meanwhile; the bytes of a fact come to the server as a literal,
whose backslashes another setting would read away; and all tables are in one schema.
"""


def parameters(url: StoreUrl) -> dict[str, Any]:
    """Return the options of a connection: those of *url* and our time limits; raises BadStoreUrl."""
    try:
        asked = conninfo_to_dict(url.dsn)
    except psycopg.ProgrammingError as error:
        raise errors.BadStoreUrl(store=url.shown, problem=_first_line(url, error)) from None
    return {"connect_timeout": CONNECT_TIMEOUT, **NETWORK, **asked}


def connect(url: StoreUrl) -> psycopg.Connection[Any]:
    """Return a new connection in which each statement is a transaction; raises StoreUnusable."""
    try:
        connection: psycopg.Connection[Any] = psycopg.connect(**parameters(url), autocommit=True)
        make_durable(connection, url)
    except psycopg.Error as error:
        raise store_error(url, error) from None
    except UnicodeError:  # two dots in a row, or half a character
        raise errors.BadStoreUrl(store=url.shown, problem=errors.N_("no server has such a name")) from None
    return connection


def make_durable(connection: psycopg.Connection[Any], url: StoreUrl) -> None:
    """Set durability, meaning and time limits of a connection, keeping the server's own limits; raises StoreNotDurable."""
    connection.execute(f"SET synchronous_commit = on; {MEANING}")
    found = connection.execute(
        "SELECT current_setting('fsync') AS fsync, current_setting('lock_timeout') AS lock, "
        "current_setting('statement_timeout') AS statement"
    ).fetchone()
    assert found is not None
    fsync, lock, statement = found.values() if isinstance(found, dict) else found
    if fsync != "on":
        raise errors.StoreNotDurable(store=url.shown, problem="the server runs with fsync off")
    if lock == "0":
        connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}s'")
    if statement == "0":
        connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}s'")


def store_error(url: StoreUrl, error: BaseException) -> errors.StoreUnusable:
    """Return the typed error for an error of PostgreSQL or its driver."""
    cause = _of_postgres(error)
    message = _first_line(url, cause)
    if isinstance(cause, psycopg.errors.LockNotAvailable):
        return errors.StoreBusy(store=url.shown, problem=f"waited {LOCK_TIMEOUT} s for a lock: {message}")
    if isinstance(cause, psycopg.errors.QueryCanceled | psycopg.errors.TransactionTimeout):
        return errors.StoreBusy(store=url.shown, problem=f"the server's limit of time was reached: {message}")
    if isinstance(cause, psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.InsufficientPrivilege):
        return errors.StoreReadOnly(store=url.shown)
    if isinstance(cause, psycopg.errors.DiskFull):
        return errors.StoreFull(store=url.shown, problem=message)
    return errors.StoreUnusable(store=url.shown, problem=message)


def lost(error: BaseException) -> bool:
    """Return whether *error* means that the connection broke, so that a new one may still reach the server."""
    cause = _of_postgres(error)
    lasting = psycopg.errors.LockNotAvailable | psycopg.errors.QueryCanceled | psycopg.errors.TransactionTimeout
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) and not isinstance(cause, lasting)


def _of_postgres(error: BaseException) -> BaseException:
    """Return the driver's error inside *error*; eventsourcing wraps them."""
    return cause_of(error, psycopg.Error)


def _first_line(url: StoreUrl, error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return without_url_secrets(lines[0] if lines else type(error).__name__, url.dsn)
