"""A plugin of pytest for those who build on dualcert: given/when/then, books, small books, an example's year.

A run of pytest that asks for it has its fixtures: `-p dualcert.testing.fixtures`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def given() -> Any:
    """Given, when, then: `given(*commands).when(command).then_refused("lab-closed")` decides without a store."""
    from dualcert.testing.scenario import given as begun

    return begun


@pytest.fixture
def clock() -> Any:
    """The clock of `books`: noon of 15 January 2024 until `clock.on("2024-02-08")`."""
    from dualcert.testing.clocks import Clock

    return Clock()


@pytest.fixture
def books(clock: Any) -> Iterator[Any]:
    """A registry in memory with the campaign of shanxi-2023, by the clock of the test; it is closed after it."""
    from dualcert.registry import Registry

    with Registry.create(":memory:", policy="shanxi-2023", clock=clock) as registry:
        yield registry


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
