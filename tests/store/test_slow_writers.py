"""A reader beside writers that keep their transactions open: no fact is passed over, and none comes twice."""

from __future__ import annotations

import itertools
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from dualcert import Registry
from dualcert.domain.commands import RegisterLab

EACH = 1_000 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 15
"""Facts of each of the two writers."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    return str(tmp_path / "b.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def register(number):
    return RegisterLab(lab=f"lab-140525-{number}", name="站", level="county", division="140525", on="2019-01-01")


def kept_open(pages, seconds):
    """Yield the pages that an append inserts; its transaction stays open behind each."""
    for page in pages:
        yield page
        time.sleep(seconds)


def test_a_reader_passes_over_no_fact_of_a_slow_writer(url, monkeypatch):
    with Registry.open(url, policy="shanxi-2023") as reader, Registry.open(url) as slow, Registry.open(url) as fast:
        log = slow._fold.log
        pages_of = log._pages_of
        monkeypatch.setattr(log, "_pages_of", lambda entries: kept_open(pages_of(entries), 0.003))
        numbers, head = itertools.count(1), reader.catch_up()
        wanted, stop = head + 2 * EACH, threading.Event()

        def write(books):
            for _ in range(EACH):
                books.execute(register(next(numbers)))

        with ThreadPoolExecutor(2) as pool, closing(reader.follow(every=0.001, stop=stop)) as following:
            writing = [pool.submit(write, books) for books in (slow, fast)]
            seen = [entry.position for entry in itertools.islice(following, wanted)]
            for each in writing:
                each.result()
        assert seen == list(range(1, wanted + 1))
        assert reader.replay().position == wanted
