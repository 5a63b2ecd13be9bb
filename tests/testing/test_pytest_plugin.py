"""The plugin for pytest costs next to nothing in a run that does not ask for it, and gives authors' fixtures only."""

from __future__ import annotations

import ast
import subprocess
import sys

PLUGIN = "dualcert.testing.pytest_plugin"


def test_what_pytest_loads_in_every_run_loads_nothing_of_dualcert_but_itself():
    code = (
        f"import sys\nimport pytest\nbefore = set(sys.modules)\nimport {PLUGIN}\n"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('_')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ast.literal_eval(ran.stdout) == ["dualcert", "dualcert.testing", PLUGIN]


def test_its_fixtures_are_those_that_the_documents_name():
    from dualcert.testing import pytest_plugin

    fixtures = {
        name for name, value in vars(pytest_plugin).items() if type(value).__name__ == "FixtureFunctionDefinition"
    }
    assert fixtures == {"small_books", "example_year", "installed"}
