from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from post import Post


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A post office with its books in memory."""
    office = Post(":memory:", tmp_path / "state")
    yield office
    office.close()
