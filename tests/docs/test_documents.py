"""The documents say what is so: their commands run, their lists are whole."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import get_args

import attrs
import dualcert_dashboard
import dualcert_email
import dualcert_notice
import dualcert_spreadsheet
import msgspec
import pytest

from dualcert import reporting
from dualcert.cli import program
from dualcert.divisions import Division
from dualcert.domain.commands import by_name
from dualcert.domain.names import NAMES
from dualcert.errors import DualcertError
from dualcert.policy import Gate, Policy
from dualcert.projections.answers import Table
from dualcert.projections.both_clocks import FigureStep, FigureSteps, RuleStep
from dualcert.projections.dispatches import DispatchStatus, LastPlan
from dualcert.projections.finding import Finding
from dualcert.projections.histories import HistoryRow
from dualcert.projections.pairings import PairingStatus
from dualcert.projections.plan_figures import PlanFigures
from dualcert.projections.ratios import Figures, Ratios
from dualcert.projections.risks import Risk
from dualcert.projections.scores import Component, Score
from dualcert.reporting import hooks
from dualcert.reporting.configuration import DispatchConfig, PluginsConfig, RenderConfig
from dualcert.roster.kinds import KINDS
from dualcert.values.terms import FindingKind

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def difference(tmp_path_factory):
    """Say how a document differs from what its commands print now; one process runs them for all documents."""
    errors = tmp_path_factory.mktemp("shown") / "errors"
    demo = {**os.environ, "SHOWN_DEMO": str(tmp_path_factory.mktemp("demo"))}
    shown = [sys.executable, ROOT / "scripts" / "shown.py", "--ask"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    with errors.open("w") as said, subprocess.Popen(shown, **pipes, stderr=said, env=demo) as asked:

        def of(document):
            print(document, file=asked.stdin, flush=True)
            answer = asked.stdout.readline()
            assert answer, errors.read_text(encoding="utf-8")
            return json.loads(answer)

        yield of


@pytest.mark.parametrize("document", [ROOT / "README.md", *DOCS.glob("*.md"), *DOCS.glob("how-to/*.md")], ids=str)
def test_what_the_documents_show_is_what_the_program_prints(difference, document):
    assert difference(document) == ""


def test_every_command_of_the_shell_is_documented():
    program._add_commands()
    text = (DOCS / "shell.md").read_text(encoding="utf-8")

    for name, command in program.dualcert.commands.items():
        assert f"## `{name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert option in text or not option.startswith("--"), (name, option)


@pytest.mark.parametrize(("heading", "names", "columns"), [("Commands", by_name(), 4), ("Facts", NAMES, 3)])
def test_every_command_and_fact_of_the_books_is_documented_in_its_own_table(heading, names, columns):
    section = (DOCS / "facts.md").read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]

    assert sorted(row[0].strip("`") for row in rows) == sorted(names)
    assert {len(line.split("|")) - 2 for line in section.splitlines() if line.startswith("| `")} == {columns}


def test_every_kind_of_finding_is_documented():
    text = (DOCS / "findings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) == set(FindingKind)


def test_every_kind_of_finding_is_made_by_a_source():
    sources = (ROOT / "src" / "dualcert" / "projections").rglob("*.py")
    made = {
        name for path in sources for name in re.findall(r"FindingKind\.([A-Z_]+)", path.read_text(encoding="utf-8"))
    }
    assert made == set(FindingKind.__members__)


def test_every_column_of_a_roster_is_documented():
    text = (DOCS / "rosters.md").read_text(encoding="utf-8")
    for kind in KINDS.values():
        _, _, own = text.partition(f"### `{kind.name}` {kind.title}")
        for column in kind.columns.offered:
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


def signature(text):
    """Return a signature as the page has it: annotations without quotes and modules."""
    return re.sub(r"'([^']*)'", r"\1", text).replace("typing.", "")


def test_every_hook_and_method_of_the_contract_stands_with_its_exact_signature():
    text = (DOCS / "hooks.md").read_text(encoding="utf-8")
    said = {
        line
        for block in re.findall(r"^```python-signatures\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    }
    hooked = [hook for name in hooks.HOOKS for hook in [getattr(hooks, name)]]
    methods = [reporting.Reporter.render, reporting.Channel.deliver, reporting.Words.check, reporting.Words.finding]
    found = {f"{each.__qualname__}{signature(str(inspect.signature(each)))}" for each in (*hooked, *methods)}
    assert said - {line for line in said if line.startswith(("Document", "Message"))} == found

    for cls in (reporting.Document, reporting.Message):
        (line,) = (line for line in said if line.startswith(f"{cls.__name__}("))
        parameters = inspect.signature(cls).parameters
        assert re.findall(r"(\w+):", line.partition("(")[2]) == list(parameters)
        kinds = {each.kind for each in parameters.values()}
        assert ("*, " in line) == (inspect.Parameter.KEYWORD_ONLY in kinds)


def test_everything_that_a_reporter_or_channel_is_given_is_documented():
    text = (DOCS / "hooks.md").read_text(encoding="utf-8")
    given = [
        *(name for name in vars(reporting.Books) if not name.startswith("_")),
        *(name for name in vars(reporting.Request) if not name.startswith("_")),
        *(field.name for cls in (reporting.Request, reporting.Envelope, Figures, Ratios, Finding, Score, Component,
                                 PairingStatus, HistoryRow, LastPlan, Division, FigureStep, RuleStep) for field in attrs.fields(cls)),
        *(name for name in reporting.__all__ if name != "Books"),
    ]  # fmt: skip
    for name in given:
        assert re.search(rf"\b{name}\b", text), name


ANSWERS: dict[str, tuple[type, ...]] = {
    "policy": (Policy,), "ratio": (Ratios, Figures), "due": (Table, Finding), "gates": (Gate,), "risk": (Table, Risk),
    "plans": (PlanFigures,), "score": (Table, Score, Component), "status": (Table,), "pairings": (PairingStatus,),
    "history": (HistoryRow,), "dispatches": (DispatchStatus,), "divisions": (Division,), "last_planned": (LastPlan,),
    "figure_steps": (FigureSteps, FigureStep, RuleStep),
}  # fmt: skip
WORDS = {"policy": {"from"}, "ratio": {"by"}, "due": {"said"}, "score": {"county"}, "divisions": {"city", "county"}}
"""What else is set like a field: a key of a file, an argument, one of its values, another member."""


def test_every_field_that_the_page_gives_an_answer_is_one_of_it():
    text = (DOCS / "hooks.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)\([^|]*\| (.*) \|$", text.partition("## Books")[2], re.MULTILINE))
    for name, classes in ANSWERS.items():
        known = {each for cls in classes for each in dir(cls)} | WORDS.get(name, set())
        assert set(re.findall(r"`(\w+)`", rows[name])) <= known, name


def test_every_table_and_key_of_the_configuration_is_documented():
    text = (DOCS / "reporters.md").read_text(encoding="utf-8")
    for table, cls in (("plugins", PluginsConfig), ("render", RenderConfig), ("dispatch", DispatchConfig)):
        keys = tomllib.loads(text.split("```toml\n", 1)[1].split("```")[0])[table]
        defaults = {field.name: field.default for field in attrs.fields(cls)}
        assert keys.keys() == defaults.keys()
        assert all(keys[name] == value for name, value in defaults.items() if value is not None)


def test_every_key_of_a_shipped_plugin_is_documented():
    for plugin in (dualcert_dashboard, dualcert_email, dualcert_notice, dualcert_spreadsheet):
        name = plugin.__name__.removeprefix("dualcert_")
        text = (ROOT / "plugins" / f"dualcert-{name}" / "README.md").read_text(encoding="utf-8")
        for given in (*plugin.dualcert_reporters(), *getattr(plugin, "dualcert_channels", list)()):
            assert f"`{given.name}`" in text
            for field in attrs.fields(given.Config):
                assert field.name in text, (given.name, field.name)


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


@pytest.mark.parametrize("page", sorted((DOCS / "adr").glob("[0-9]*.md")), ids=lambda page: page.stem)
def test_a_decision_has_its_status_and_its_day_below_its_title(page):
    title, _, status = page.read_text(encoding="utf-8").splitlines()[:3]

    assert title.startswith(f"# {int(page.name[:4])}. ")
    found = re.fullmatch(
        r"Status: (accepted|superseded by \[\d+\]\(\d{4}-[a-z0-9-]+\.md\)) · (\d{4}-\d\d-\d\d)", status
    )
    assert found, f"the third line of {page.name} is not «Status: accepted · YYYY-MM-DD» but {status!r}"
    date.fromisoformat(found[2])


@pytest.mark.parametrize("document", [ROOT / "CONTRIBUTING.md", DOCS / "the-datas-way.md"], ids=lambda each: each.name)
def test_every_file_that_a_guide_names_is_there(document):
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+)`", document.read_text(encoding="utf-8"))
    missing = [name for name in named if not any((root / name).exists() for root in (ROOT, ROOT / "src" / "dualcert"))]

    assert len(named) > 12
    assert not missing


def test_the_ranks_that_the_guide_shows_are_those_that_are_enforced():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    enforced = [{each.split(".")[1] for each in layer.split(" | ")} for layer in reversed(contracts[0]["layers"])]
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", (DOCS / "the-datas-way.md").read_text(encoding="utf-8"), re.MULTILINE)
    shown = [set() for _ in enforced]
    for rank, modules in rows:
        shown[int(rank) - 1] |= set(re.findall(r"`(\w+)`", modules))

    assert shown == enforced


def test_every_member_that_the_worked_examples_name_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Adding a fact")[2]
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))

    for name in re.findall(r"\b[A-Z]{4,}\b", text):
        assert re.search(rf"\b{name}\b *[:=]", sources), name


def test_every_worked_example_shows_a_real_commit_and_files_that_it_changed():
    """A source archive has no history; there the form alone is looked at."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"`git show ([0-9a-f]{7,}) -- ([^`]+)`", text)

    assert [line for line in text.splitlines() if "@@" in line] == []
    assert len(shown) == len(re.findall(r"^## Adding", text, re.MULTILINE)) == 4
    for commit, files in shown if (ROOT / ".git").exists() else ():
        names = ["git", "show", "--name-only", "--format=", commit]
        changed = subprocess.run(names, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
        assert set(files.split()) <= set(changed), commit
