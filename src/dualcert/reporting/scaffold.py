"""A new plugin: a working reporter, channel or command with its test, in a folder of its own."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from string import Template

from dualcert.errors import N_, BadConfiguration, Phrase
from dualcert.files import written_folder
from dualcert.reporting.beginnings import KINDS
from dualcert.reporting.configuration import normal
from dualcert.values.ids import is_id

PYPROJECT = Template("""\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "dualcert-$name"
version = "0.1.0"
description = "$what."
readme = "README.md"
keywords = ["dualcert", "dualcert-plugin"]   # by the second, plugins are found
classifiers = ["Natural Language :: Chinese (Simplified)", "Natural Language :: English"]
requires-python = ">=3.11"
dependencies = [$dependencies]

[project.optional-dependencies]
test = ["pytest"]

[project.entry-points.dualcert]
$name = "$module"

[tool.hatch.build.targets.wheel]
packages = ["src/$module"]

[tool.pytest.ini_options]
addopts = ["-p", "dualcert.testing.fixtures"]   # small_books and example_year
""")

README = Template("""\
# dualcert-$name

$what.

| | |
|---|---|
$use\
| test | `pip install -e '.[test]' && pytest` |
""")

WORKFLOW = Template("""\
name: check
on: [push, pull_request]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python: ["3.11", "3.14"]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: $${{ matrix.python }}
      - run: pip install '.[test]'
      - run: pytest
""")

SHIPPED = frozenset({"dualcert-dashboard", "dualcert-email", "dualcert-notice", "dualcert-spreadsheet"})
"""The plugins that are dualcert's own."""


def _check_name(name: str) -> None:
    """Refuse a name that will not do, or that a distribution has; raises BadConfiguration."""
    if not is_id("item", name) or not name[0].isalpha():
        raise BadConfiguration(problem=Phrase(N_("{name!r}: small letters, digits and single hyphens"), name=name))
    full = f"dualcert-{name}"
    try:
        taken = normal(full) in SHIPPED or distribution(full) is not None
    except PackageNotFoundError:
        taken = False
    if taken:
        raise BadConfiguration(problem=Phrase(N_("{name} is a distribution already; choose another name"), name=full))


def write_plugin(name: str, folder: Path, kind: str = "document") -> list[Path]:
    """Write a plugin called *name* to *folder*, which must not exist, and return its files.

    *kind* is one of `beginnings.KINDS`. The folder is written whole or not at all. Raises BadConfiguration if the name or the
    folder will not do, FileUnwritable.
    """
    _check_name(name)
    if os.path.lexists(folder):
        raise BadConfiguration(problem=Phrase(N_("{folder} exists already; nothing was touched"), folder=str(folder)))
    module, begin = f"dualcert_{name.replace('-', '_')}", KINDS[kind]
    values = {
        "name": name,
        "module": module,
        "cls": "".join(part.capitalize() for part in name.split("-")),
        "what": begin.what,
        "use": Template(begin.use).substitute(name=name),
        "dependencies": '"dualcert>=0.1,<1"' + (', "click>=8"' if kind == "command" else ""),
    }
    files = {
        "pyproject.toml": PYPROJECT,
        "README.md": README,
        ".github/workflows/check.yml": WORKFLOW,
        f"src/{module}/__init__.py": begin.module,
        f"tests/test_{module}.py": begin.test,
    }
    with written_folder(folder) as part:
        for file, template in files.items():
            (part / file).parent.mkdir(parents=True, exist_ok=True)
            (part / file).write_text(template.substitute(values), encoding="utf-8")
    return [folder / file for file in files]
