"""Memory, SQLite and PostgreSQL hold the same bytes and answer alike."""

from __future__ import annotations

import os
import uuid

import psycopg
from hypothesis import given, settings

from dualcert import Registry
from dualcert.errors import Refused
from dualcert.testing import Clock
from strategies import REGISTERED, everything


def rows(books):
    """Return stream, version, topic and bytes of every fact but the opening one, which is random."""
    return [row[1:] for row in books._fold.log.recorder.page(0, 10_000) if row[1] != "log-1"]


@settings(max_examples=2_000 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 12)
@given(everything)
def test_the_same_commands_leave_the_same_bytes_and_digest(tmp_path_factory, postgres_server, commands):
    name = f"agree_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    urls = [
        ":memory:",
        str(tmp_path_factory.mktemp("agree") / "b.db"),
        postgres_server.replace("/postgres?", f"/{name}?"),
    ]
    stores = [Registry.open(url, policy="shanxi-2023", clock=Clock()) for url in urls]
    for command in [*REGISTERED, *commands]:
        outcomes = {outcome(store, command) for store in stores}
        assert len(outcomes) == 1

    memory, sqlite, postgresql = (rows(store) for store in stores)
    assert memory == sqlite
    assert memory == [(s, v, t, bytes(b)) for s, v, t, b in postgresql]
    assert len({store.replay().digest for store in stores}) == 1
    for store in stores:
        store.close()


def outcome(store, command):
    try:
        return store.execute(command).recorded
    except Refused as refusal:
        return refusal.code
