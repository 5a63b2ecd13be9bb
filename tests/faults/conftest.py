"""Benches on which commands are struck."""

from __future__ import annotations

from contextlib import closing

import pytest

from faults.cases import Bench, PostgresBench
from faults.wire import proxy_before


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    with closing(Bench(tmp_path_factory.mktemp("faults") / "work")) as made:
        yield made


@pytest.fixture
def broken():
    """Put a fault back into the build that runs on a bench, by its name in `broken.BUILDS`."""
    benches = []

    def build(bench, name):
        benches.append(bench)
        bench.broken = name
        return bench

    yield build
    for bench in benches:
        bench.broken = None


@pytest.fixture(scope="session")
def postgres_bench(tmp_path_factory, postgres_server):
    with closing(PostgresBench(tmp_path_factory.mktemp("faults-pg") / "work", server=postgres_server)) as made:
        yield made


@pytest.fixture(scope="session")
def proxy(postgres_bench, postgres_server):
    with proxy_before(postgres_server, postgres_bench.work / "proxy") as made:
        yield made
