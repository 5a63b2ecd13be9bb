"""The example is run as its README says, and its copies are those that ship."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "shanxi-2023"


def test_the_officers_script_answers_both_clocks():
    ran = subprocess.run(
        [sys.executable, EXAMPLE / "officer.py"], capture_output=True, text=True, encoding="utf-8", check=True
    )

    assert ran.stdout.splitlines() == [
        "晋城市: 5 of 6 labs, 83.3 %",
        "dual-certified on 2023-09-30, as known on 2023-10-08: False",
        "dual-certified on 2023-09-30, as known on 2023-10-12: True",
        "certificate-already-held: lab-140522-1 holds CMA certificate 230404090099 on 2023-10-01, valid until 2029-09-27",
    ]


def test_roster_and_policy_are_those_that_ship():
    data = files("dualcert") / "data"

    assert (data / "examples" / "shanxi-2023.xlsx").read_bytes() == (EXAMPLE / "shanxi-2023.xlsx").read_bytes()
    assert (data / "policies" / "shanxi-2023.toml").read_bytes() == (EXAMPLE / "shanxi-2023.toml").read_bytes()
