"""What the tests share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def year(example_year):
    return example_year
