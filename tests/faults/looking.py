"""What the books of a store are, for comparing: the log fact by fact, the people, the dispatches, the outbox."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256

from dualcert import Registry
from dualcert.domain.entry import LOG_STREAM
from dualcert.errors import DualcertError, StoreMissing
from dualcert.people import Directory
from dualcert.projections.dispatches import dispatch_statuses
from dualcert.store.log import Bookmark, existing_log
from dualcert.store.url import parse_url


def look(store):
    """Return the books of *store* as JSON has them; what cannot be opened is under `error`."""
    try:
        with Registry.open(store) as registry:
            digest = registry.replay().digest
            dispatches = [[row.dispatch, row.state.value, row.attempts] for row in dispatch_statuses(registry.view())]
        people = []
        if Directory.exists(store):
            with Directory.open(store) as directory:
                people = [person.to_dict() for person in directory.all()]
        return {
            "digest": digest,
            "trail": _trail(store),
            "dispatches": sorted(dispatches),
            "people": people,
            "outbox": _outbox(store),
        }
    except StoreMissing:
        return {"missing": True}
    except DualcertError as error:
        return {"error": f"{error.code}: {error}"}
    except Exception as error:  # noqa: BLE001  shown by who looks
        return {"error": repr(error)}


def _trail(store):
    """Return for each position a hash of all facts up to it; the log's own fact, whose id is random, counts as one."""
    with closing(existing_log(parse_url(store))) as log:
        hashed, trail = sha256(), []
        for _, rows in log.rows(Bookmark()):
            for _, stream, version, topic, state in rows:
                hashed.update(f"{stream}@{version} {topic} ".encode() + (b"" if stream == LOG_STREAM else bytes(state)))
                trail.append(hashed.hexdigest()[:10])
        return trail


def _outbox(store):
    url, asked = parse_url(store), "SELECT DISTINCT dispatch FROM dualcert_outbox ORDER BY 1"
    if url.kind == "postgresql":
        import psycopg

        with psycopg.connect(url.dsn) as connection:
            found = connection.execute("SELECT to_regclass('dualcert_outbox')").fetchone()[0]
            return [row[0] for row in connection.execute(asked)] if found else []
    path = url.path.with_name(f"{url.path.name}.outbox")
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        made = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'dualcert_outbox'").fetchone()[0]
        return [row[0] for row in connection.execute(asked)] if made else []
