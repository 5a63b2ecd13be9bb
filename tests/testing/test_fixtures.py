"""The fixtures for authors are for those runs of pytest that ask for them; no other run has their names."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points


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
    assert fixtures == {"small_books", "example_year", "installed"}
