"""Tables beside a log."""

from __future__ import annotations

import threading

from dualcert.people import Directory, Person
from dualcert.reporting import Message
from dualcert.reporting.outbox import Outbox


def test_a_table_is_made_once_though_many_ask_at_once(postgres_url):
    barrier, errors = threading.Barrier(8), []

    def ask():
        barrier.wait()
        try:
            Outbox.open(postgres_url).close()
            Directory.open(postgres_url).close()
        except Exception as error:  # noqa: BLE001  shown by the test
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_what_lies_beside_is_the_same_in_both_databases(postgres_url, tmp_path):
    message = Message(key="k", to="person-1", subject="站", text="站")
    for store in (postgres_url, tmp_path / "books.db"):
        assert not Outbox.exists(store)
        with Outbox.open(store) as outbox, Directory.open(store) as people:
            sha256 = outbox.put("dispatch-1", message)
            assert outbox.put("dispatch-1", message) == sha256
            assert outbox.get("dispatch-1", sha256) == message
            assert outbox.get("dispatch-2", sha256) is None
            outbox.erase(["dispatch-1"])
            assert outbox.get("dispatch-1", sha256) is None
            people.add(Person("person-1", "张三"))
        assert Outbox.exists(store)
        assert Directory.exists(store)
