"""What a process with several threads does to a store, and what it was told."""

from __future__ import annotations

import threading
from contextlib import closing

from dualcert import RegisterLab, Registry
from dualcert.errors import Conflict, StoreBusy
from dualcert.store.log import Bookmark, existing_log
from dualcert.store.url import parse_url


def write(store, process, threads, count):
    """Register labs, each thread some of its own and all of them the same ones; return what each was told.

    `own` and `shared` are the labs that were recorded, `busy` those of which it was told that they were not.
    """
    told = {"own": [], "shared": [], "busy": [], "wrong": []}
    gate, lock = threading.Barrier(threads), threading.Lock()
    with Registry.open(store) as registry:

        def work(thread):
            gate.wait()
            for number in range(count):
                own = 1_000 + (process * threads + thread) * count + number
                for kind, lab in (("own", own), ("shared", number + 1)):
                    _register(registry, kind, f"lab-140525-{lab}", told, lock)

        workers = [threading.Thread(target=work, args=(thread,)) for thread in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return told


def _register(registry, kind, lab, told, lock):
    command = RegisterLab(lab=lab, name=lab, level="county", division="140525", on="2018-01-01")
    try:
        recorded = registry.execute(command).recorded
    except (StoreBusy, Conflict):
        kind, recorded = "busy", True
    except Exception as error:  # noqa: BLE001  told to who judges
        kind, recorded, lab = "wrong", True, repr(error)
    if recorded:
        with lock:
            told[kind].append(lab)


def stored(store):
    """Return the stream of every fact in the log, in order."""
    with closing(existing_log(parse_url(store))) as log:
        return [row[1] for _, rows in log.rows(Bookmark()) for row in rows]
