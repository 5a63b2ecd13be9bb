"""The digest of a replay can be made by anyone who has the rows."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

from dualcert import Registry
from dualcert.domain.commands import RegisterLab


def test_it_is_the_hash_of_stored_lines_by_stream(tmp_path):
    path = tmp_path / "books.db"
    with Registry.open(str(path), policy="shanxi-2023") as registry:
        for n in (2, 1):
            registry.execute(
                RegisterLab(lab=f"lab-140525-{n}", name="站", level="county", division="140525", on="2019-01-01")
            )
        digest = registry.replay().digest
        earlier = registry.replay(known_at=3).digest

    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT originator_id, topic, state, rowid FROM stored_events WHERE originator_id <> 'log-1' "
            "ORDER BY originator_id, originator_version"
        ).fetchall()

    def by_hand(rows):
        lines = [f"{stream} {hashlib.sha256(topic.encode() + b' ' + state + chr(10).encode()).hexdigest()}\n"
                 for stream, topic, state, _ in rows]  # fmt: skip
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    assert digest == by_hand(rows)
    assert earlier == by_hand([row for row in rows if row[3] <= 3])
