"""The documents say what is so: their commands run, their lists are whole."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from dualcert.cli import program
from dualcert.domain.commands import by_name
from dualcert.domain.names import NAMES
from dualcert.errors import DualcertError
from dualcert.policy import Policy
from dualcert.roster.kinds import KINDS
from dualcert.values.terms import FINDINGS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("document", [ROOT / "README.md", *DOCS.glob("*.md"), *DOCS.glob("how-to/*.md")], ids=str)
def test_what_the_documents_show_is_what_the_program_prints(document):
    shown = [sys.executable, ROOT / "scripts" / "shown.py", document]
    ran = subprocess.run(shown, check=False, capture_output=True, text=True, encoding="utf-8")

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_command_of_the_shell_is_documented():
    program._add_commands()
    text = (DOCS / "shell.md").read_text(encoding="utf-8")

    for name, command in program.dualcert.commands.items():
        assert f"## `{name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert option in text or not option.startswith("--"), (name, option)


def test_every_command_and_fact_of_the_books_is_documented():
    text = (DOCS / "facts.md").read_text(encoding="utf-8")

    for name in (*by_name(), *NAMES):
        assert f"`{name}`" in text, name


def test_every_kind_of_finding_is_documented_and_there_is_no_other():
    text = (DOCS / "findings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) == set(FINDINGS)

    source = ROOT / "src" / "dualcert" / "projections"
    written = re.compile(r'kind="([a-z]+(?:-[a-z]+)*)"|"([a-z]+-(?:missing|late|issuer))",')
    found = {a or b for path in source.glob("*.py") for a, b in written.findall(path.read_text(encoding="utf-8"))}
    assert found == set(FINDINGS)


def test_every_column_of_a_roster_is_documented():
    text = (DOCS / "rosters.md").read_text(encoding="utf-8")
    for kind in KINDS.values():
        _, _, own = text.partition(f"### `{kind.name}` {kind.title}")
        for column in kind.columns.columns:
            assert f"`{column.field}`" in own.partition("###")[0], (kind.name, column.field)
            assert column.header in own.partition("###")[0], (kind.name, column.header)


def test_every_key_of_a_policy_is_documented():
    text = (DOCS / "policy.md").read_text(encoding="utf-8")

    def keys(struct):
        for each in msgspec.structs.fields(struct):
            yield each.encode_name
            for part in (each.type, *get_args(each.type)):
                if isinstance(part, type) and issubclass(part, msgspec.Struct):
                    yield from keys(part)

    for key in keys(Policy):
        assert f"`{key}`" in text or f"[{key}]" in text, key


def test_every_code_of_a_refusal_is_documented():
    def tree(cls):
        return [cls, *(each for sub in cls.__subclasses__() for each in tree(sub))]

    text = (DOCS / "refusals.md").read_text(encoding="utf-8")
    for cls in tree(DualcertError):
        assert f"`{cls.code}`" in text, cls.code


@pytest.mark.parametrize(
    "document", [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")], ids=str
)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (DOCS / "adr").glob("[0-9]*.md"))

    assert numbers == list(range(1, len(numbers) + 1))
