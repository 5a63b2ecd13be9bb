"""The examples of third parties pass their own tests, without being installed; that of the tutorial does so there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PYTEST_ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""They depend on pytest and none of its plugins, which take a third of a second to import."""


@pytest.mark.parametrize("name", ["third-party-channel", "third-party-reporter-geojson"])
def test_it_passes_its_own_tests(name):
    example = EXAMPLES / name
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"], cwd=example,
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(example / "src"), **PYTEST_ALONE},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
