from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from post import Post

Install = Callable[..., EntryPoint]


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


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A post office with its books in memory."""
    office = Post(":memory:", tmp_path / "state")
    yield office
    office.close()
