"""A new plugin: a working reporter with its test, in a folder of its own."""

from __future__ import annotations

import os
from pathlib import Path
from string import Template

from dualcert.errors import N_, BadConfiguration, Phrase
from dualcert.files import written_folder
from dualcert.values.ids import is_id

PYPROJECT = Template("""\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "dualcert-$name"
version = "0.1.0"
description = "A reporter for dualcert."
readme = "README.md"
keywords = ["dualcert"]
requires-python = ">=3.11"
dependencies = ["dualcert>=0.1,<1"]

[project.optional-dependencies]
test = ["pytest"]

[project.entry-points.dualcert]
$name = "$module"

[tool.hatch.build.targets.wheel]
packages = ["src/$module"]
""")

MODULE = Template('''\
"""A reporter that writes the cities' figures as a page of plain text."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from dualcert.reporting import Document, Reporter, Request, Books, hookimpl

TITLES = {"zh": "各市双认证情况", "en": "Dual certification by city"}


@frozen
class Config:
    """The reporter's configuration, [reporter.$name] in dualcert.toml."""

    only_lacking: bool = False


class $cls:
    """The cities' figures, a line each."""

    name = "$name"
    summary = "the cities' figures as plain text"
    Config = Config
    triggers = ()  # it makes documents; messages are planned daily, monthly, or after facts of a name

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return one page."""
        figures = books.ratio("city")
        lines = [
            f"{row.name}  {row.dual}/{row.labs}  {row.percent or '-'} %"
            for row in figures.rows
            if not (request.config.only_lacking and row.met)
        ]
        text = "\\n".join([TITLES[request.language], *lines, books.basis(request.language), ""])
        yield Document(f"$name-{books.as_of}.txt", "text/plain", text.encode())


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the reporter to dualcert."""
    return [$cls()]
''')

TEST = Template('''\
"""The reporter fulfils the contract of all reporters, and writes the right figures."""

from dualcert.testing.reporters import ReporterContract

from $module import $cls, Config


class TestContract(ReporterContract):
    reporter = $cls()


def test_it_has_a_line_for_every_city(small_books):
    (page,) = $cls().render(*small_books.asked(Config()))

    assert "晋城市  3/5  60.0 %" in page.content.decode()
''')

README = Template("""\
# dualcert-$name

A reporter for dualcert: the cities' figures as plain text.

| | |
|---|---|
| install | `pip install -e .`; then it is one of `dualcert report list` |
| run | `dualcert report run $name` |
| set up | `[reporter.$name]` of dualcert.toml; `dualcert plugins show $name` lists its keys |
| test | `pip install -e '.[test]' && pytest` |
""")


def write_plugin(name: str, folder: Path) -> list[Path]:
    """Write a plugin called *name* to *folder*, which must not exist, and return its files.

    The folder is written whole or not at all. Raises BadConfiguration if the name or the folder will not
    do, FileUnwritable.
    """
    if not is_id("item", name) or not name[0].isalpha():
        raise BadConfiguration(problem=Phrase(N_("{name!r}: small letters, digits and single hyphens"), name=name))
    if os.path.lexists(folder):
        raise BadConfiguration(problem=Phrase(N_("{folder} exists already; nothing was touched"), folder=str(folder)))
    module = f"dualcert_{name.replace('-', '_')}"
    values = {"name": name, "module": module, "cls": "".join(part.capitalize() for part in name.split("-"))}
    files = {
        "pyproject.toml": PYPROJECT,
        "README.md": README,
        f"src/{module}/__init__.py": MODULE,
        f"tests/test_{module}.py": TEST,
    }
    with written_folder(folder) as part:
        for file, template in files.items():
            (part / file).parent.mkdir(parents=True, exist_ok=True)
            (part / file).write_text(template.substitute(values), encoding="utf-8")
    return [folder / file for file in files]
