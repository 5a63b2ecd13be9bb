"""The example of a third party's channel passes its own tests, without being installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "third-party-channel"


def test_it_passes_its_own_tests():
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"], cwd=EXAMPLE,
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(EXAMPLE / "src")},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
