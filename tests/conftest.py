from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

os.environ.setdefault(
    "DUALCERT_SQLITE", "system"
)  # the tests look into stores with Python's own library: docs/adr/0060

import pytest
from hypothesis import settings

from campaign import Campaign
from dualcert import Registry
from dualcert.testing import Clock
from dualcert.testing.postgres import postgres_server, postgres_url
from longest import LONGEST
from reading import reading_here

__all__ = ["postgres_server", "postgres_url"]

settings.register_profile("quick", max_examples=6, deadline=None)
settings.register_profile("soak", max_examples=5_000, deadline=None)
settings.register_profile("alike", max_examples=8, deadline=None, derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

Install = Callable[..., EntryPoint]

ROOT = Path(__file__).parent.parent
ROSTERS = ROOT / "examples" / "shanxi-2023"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the others keep their order."""
    place = {ROOT / name: nth for nth, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def books(clock: Clock) -> Iterator[Registry]:
    """Books in memory with the Shanxi campaign open."""
    with Registry.open(":memory:", policy="shanxi-2023", clock=clock) as registry:
        yield registry


@pytest.fixture
def campaign() -> Campaign:
    """A small campaign, to be set up in a line a fact."""
    return Campaign()


@pytest.fixture(scope="module")
def read_here() -> Iterator[None]:
    """Read rosters in this process; tests of reading, of the shell and of hostile sheets start one for each."""
    with reading_here():
        yield


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a plugin as pip would: a module and its metadata on the path; gives its entry point."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    modules = []

    def installed(name: str, source: str, *, version: str = "1.0") -> EntryPoint:
        module = f"dualcert_{name.replace('-', '_')}"
        (site / f"{module}.py").write_text(source, encoding="utf-8")
        metadata = site / f"{module}-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dualcert-{name}\nVersion: {version}\n")
        (metadata / "entry_points.txt").write_text(f"[dualcert]\n{name} = {module}\n")
        modules.append(module)
        return next(point for point in entry_points(group="dualcert") if point.name == name)

    yield installed
    for module in modules:
        sys.modules.pop(module, None)


@pytest.fixture(autouse=True)
def machine(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing is set up and from which nothing was sent."""
    monkeypatch.delenv("DUALCERT_CONFIG", raising=False)
    monkeypatch.setenv("DUALCERT_STATE", str(tmp_path_factory.mktemp("state")))
