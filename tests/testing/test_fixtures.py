"""The fixtures for authors are for those runs of pytest that ask for them; no other run has their names."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from dualcert import ClockBehindLog, RegisterLab

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "testing.md"


def test_pytest_loads_nothing_of_dualcert_by_itself(tmp_path):
    assert not [point for point in entry_points(group="pytest11") if point.value.startswith("dualcert")]

    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for asked, known in (((), False), (("-p", "dualcert.testing.fixtures"), True)):
        command = [sys.executable, "-m", "pytest", "--fixtures", "-p", "no:cacheprovider", *asked]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ("small_books" in ran.stdout) is known


def test_fixtures_cost_nothing_until_they_are_used():
    code = (
        "import sys\nimport pytest\nbefore = set(sys.modules)\nimport dualcert.testing.fixtures\n"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('_')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "['dualcert', 'dualcert.testing', 'dualcert.testing.fixtures']"


def test_its_fixtures_are_those_that_the_documents_name():
    from dualcert.testing import fixtures as module

    fixtures = {name for name, value in vars(module).items() if type(value).__name__ == "FixtureFunctionDefinition"}
    assert fixtures == {"given", "clock", "books", "small_books", "example_year", "installed"}
    page = PAGE.read_text(encoding="utf-8")
    assert {name for name in fixtures if f"| `{name}` |" in page} == fixtures


def test_the_tests_that_the_page_shows_pass(given, books, clock):
    shown: dict[str, Any] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        exec(block, shown)
    tests = {name: test for name, test in shown.items() if name.startswith("test_")}

    assert len(tests) == 4
    for test in tests.values():
        test(books, clock) if "books" in signature(test).parameters else test(given)


def test_books_have_the_clock_of_the_test(books, clock, given):
    lab = RegisterLab(lab="lab-140525-1", name="站", level="county", division="140525", on="2024-01-15")
    given().when(lab).then("lab.registered")
    clock.on("2024-01-14")
    with pytest.raises(ClockBehindLog):
        books.execute(lab)
    clock.on("2024-01-16")
    books.execute(lab)

    assert books.history(lab.lab)[0].recorded_at == clock()
