"""Fixtures for tests of reporters, for those runs of pytest that ask for them: `-p dualcert.testing.fixtures`."""

from __future__ import annotations

from collections.abc import Iterator
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


@pytest.fixture
def installed() -> Any:
    """The plugins of this installation, loaded without a configuration."""
    from dualcert.reporting.configuration import Configuration
    from dualcert.reporting.plugins import load_plugins

    return load_plugins(Configuration())
