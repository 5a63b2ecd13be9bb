"""What the books of a store are, for comparing: the log fact by fact, the people, the dispatches, the outbox."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256

from dualcert import Registry
from dualcert.domain.entry import LOG_STREAM
from dualcert.errors import DualcertError, StoreMissing
from dualcert.people import Directory
from dualcert.projections.dispatches import dispatch_statuses
from dualcert.reporting.outbox import Outbox
from dualcert.store.log import Bookmark, existing_log
from dualcert.store.url import parse_url


def look(store):
    """Return the books of *store* as JSON has them; what cannot be opened is under `error`."""
    try:
        with (
            Registry.open(store) as registry,
            Directory.open(registry.store) as people,
            Outbox.open(registry.store) as outbox,
        ):
            return {
                "digest": registry.replay().digest,
                "trail": _trail(store),
                "dispatches": sorted(
                    [row.dispatch, row.state.value, row.attempts] for row in dispatch_statuses(registry.view())
                ),
                "people": [person.to_dict() for person in people.all()],
                "outbox": sorted({kept.dispatch for kept in outbox.kept()}),
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
