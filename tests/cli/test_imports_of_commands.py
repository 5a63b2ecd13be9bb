"""What a command of the shell does not need is not imported: the program's start is most of its time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dualcert import RegisterLab, Registry
from dualcert.cli.program import COMMANDS

HEAVY = {
    "attr",
    "msgspec",
    "eventsourcing",
    "pluggy",
    "tabulate",
    "typing_extensions",
    "asyncio",
    "logging",
    "sqlite3",
    "csv",
    "json",
}
OF_ITS_OWN = {"dualcert.errors", "dualcert.registry", "dualcert.reporting", "dualcert.roster", "dualcert.domain"}
CODE = """
import contextlib, io, sys
from dualcert.cli.program import run
with contextlib.redirect_stdout(io.StringIO()) as out:
    status = run(sys.argv[1:])
print(status, *sys.modules)
"""


def imported(*arguments):
    """The modules that a command imports."""
    command = [sys.executable, "-c", CODE, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    status, *modules = ran.stdout.split()
    assert status == "0", ran.stderr
    return set(modules)


def test_help_imports_neither_attrs_nor_plugins_nor_a_store():
    modules = imported("--help")

    assert not (HEAVY | OF_ITS_OWN) & modules
    assert not [name for name in modules if name.startswith("dualcert_")]
    assert {f"dualcert.cli.{where.partition('.')[0]}" for where in COMMANDS.values()} <= modules


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("imports") / "books.db"
    with Registry.create(path, policy="shanxi-2023") as registry:
        registry.execute(RegisterLab(lab="lab-140525-1", name="站", level="county", division="140525", on="2019-01-01"))
    return path


@pytest.mark.parametrize("question", ["status", "history"])
def test_a_question_about_one_lab_imports_no_commands_and_no_figures(store, question):
    modules = imported("--store", store, question, "lab-140525-1", "--format", "json")

    assert not {"dualcert.domain.commands", "dualcert.projections.ratios", "dualcert.projections.due"} & modules
    assert (
        not {"pluggy", "tabulate", "wcwidth", "dualcert.integrity", "dualcert.roster", "dualcert.reporting"} & modules
    )
    assert "cryptography" not in modules, "nobody's name was asked for"
    assert "dualcert.cli.reports" not in modules


def test_figures_import_neither_commands_nor_findings(store):
    modules = imported("--store", store, "ratio", "--format", "json")

    assert (
        not {"dualcert.domain.commands", "dualcert.projections.due", "dualcert.projections.scores", "dualcert.roster"}
        & modules
    )
