"""The tutorial is done word by word in a fresh environment; the plugin that comes of it is the example."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tutorial_leads_to_the_third_partys_reporter():
    script = [sys.executable, ROOT / "scripts" / "tutorial.py"]
    ran = subprocess.run(script, check=False, capture_output=True, text=True, encoding="utf-8")

    assert ran.returncode == 0, ran.stdout + ran.stderr
