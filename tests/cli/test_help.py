"""The help of every command: examples that work, the codes that an option takes, and layout in both languages."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from wcwidth import wcswidth

from dualcert.cli import language
from dualcert.cli.program import _add_commands, dualcert
from dualcert.cli.shell import Shell
from dualcert.domain.commands import Command, parse

_add_commands()


def commands(command=dualcert, words=()):
    """Yield every command with the words that name it."""
    yield " ".join(words), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*words, name))


ALL = dict(commands())
ACTS = {"people erase", "people keys", "dispatch resolve", "dispatch retry", "restore", "undo"}
"""Those whose examples name what no store has at first."""


def examples(shell, words, *before):
    """Return the examples in the help of a command."""
    shown = shell(*before, *words.split(), "--help").out
    heading = "示例：" if "zh" in before else "Examples:"
    return [line.strip() for line in shown.partition(f"\n{heading}\n")[2].splitlines() if "dualcert " in line]


def arguments(example):
    """Return what the program is given by an example, which may have its input from a pipe."""
    *_, command = example.split(" | ")
    program, *given = shlex.split(command)
    assert program == "dualcert"
    return given


def parsed(given):
    """Return the words of the command that click finds, and its values; raises what is wrong with them."""
    context = dualcert.make_context("dualcert", list(given), obj=Shell())
    while isinstance(context.command, click.Group) and (context._protected_args or context.args):
        name, command, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)
    return context.command_path.partition(" ")[2], context.params


@pytest.mark.parametrize("words", ALL)
def test_every_command_has_one_or_two_examples_that_are_understood(shell, words, tmp_path):
    (tmp_path / "labs.xlsx").touch()
    found = examples(shell, words)

    assert 1 <= len(found) <= 2
    for example in found:
        path, values = parsed(arguments(example))
        assert path == words or isinstance(ALL[words], click.Group)
        if path.startswith("record "):
            as_parsed(path.partition(" ")[2], values)


def as_parsed(name, values):
    """Fail where the command's class would not take the values."""
    from dualcert.cli.record import _fields, _meant
    from dualcert.domain.commands import by_name

    known = _fields(by_name()[name])
    meant = {field: _meant(known[field], value) for field, value in values.items() if field in known and value}
    assert isinstance(parse({"do": name, **meant}), Command)


ONCE = [
    words
    for words, command in ALL.items()
    if not words.startswith("record ") and words not in {*ACTS, "demo"} and not isinstance(command, click.Group)
]
"""The commands whose examples are run here: those of groups are their commands', and the demo is in test_main_job.py."""


@pytest.mark.parametrize("words", ONCE)
def test_examples_work_when_they_are_copied(shanxi, configured_folder, words, tmp_path, monkeypatch):
    if words == "init":
        (tmp_path / "dualcert.db").unlink()
    for example in examples(shanxi, words):
        given = arguments(example)
        if "erase" in given or "send" in given or "resume" in given:
            given.append("--yes")
        if " | " in example:
            (tmp_path / "piped.jsonl").write_text(shlex.split(example.split(" | ")[0])[1], encoding="utf-8")
            given[given.index("-")] = "piped.jsonl"
        ran = shanxi(*given)
        # these say that no mail server is set up, and that no issuer is
        assert ran.status == 0 or words in {"plugins doctor", "report check"}, ran.err


@pytest.fixture
def configured_folder(tmp_path):
    (tmp_path / "dualcert.toml").write_text(
        '[dispatch]\nchannel = "folder"\n[channel.folder]\nfolder = "out"\nsender = "books@example.org"\n'
        "[reporter.reminder-digest]\n[plugins]\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize("words", ALL)
@pytest.mark.parametrize("chosen", ["en", "zh"])
def test_help_fits_eighty_columns_and_is_aligned(shell, monkeypatch, words, chosen):
    monkeypatch.setenv("COLUMNS", "80")
    shown = shell("--lang", chosen, *words.split(), "--help").out
    lines = [line for line in shown.splitlines() if "dualcert " not in line]

    assert max(map(wcswidth, lines)) <= 80
    begins = {
        wcswidth(found[0])
        for line in lines
        if (found := re.match(r"  --?[a-z]\S*.*?  +(?=\S)", line)) and not line.startswith("   ")
    }
    assert len(begins) <= 1


@pytest.mark.parametrize("words", ALL)
def test_what_stands_for_a_value_is_chinese_in_chinese(words, monkeypatch):
    monkeypatch.setattr(language._Chosen, "language", "zh")
    command = ALL[words]
    context = command.context_class(command, info_name="x")
    pieces = command.collect_usage_pieces(context)
    metavars = [p.make_metavar(context) for p in command.params if isinstance(p, click.Option) and not p.is_flag]

    for said in (*pieces, *metavars):
        assert not set(re.findall(r"[A-Z_]{2,}", said)) - {"CMA", "CATL", "JSON", "URL"}, said


def test_the_codes_that_an_option_takes_are_listed_with_their_words(shell):
    from dualcert.values.terms import FindingKind

    kinds = " ".join(shell("due", "--help").out.split())
    assert ", ".join(kind.value for kind in FindingKind) in kinds
    chinese = "".join(shell("--lang", "zh", "record", "record-assessment", "--help").out.split())
    assert "passed通过、failed未通过、rectify整改" in chinese


def test_a_list_of_commands_has_whole_sentences(shell):
    assert "Show how many labs are dual-certified on a day, by province, city, county or level" in " ".join(
        shell("--help").out.split()
    )
    assert "..." not in shell("record", "--help").out.partition("Commands:")[2]


def test_whatever_records_can_go_on_although_the_clock_is_behind():
    """One fact recorded under a clock that was ahead must not end a job until that day; a new store has no such fact."""
    recording = {words: {each.name for each in command.params} for words, command in ALL.items()}
    missing = [words for words, names in recording.items() if "by" in names and "accept_clock" not in names]

    without_facts = [f"people {each}" for each in ("add", "show", "erase", "keys", "allow", "withdraw", "rights")]
    assert set(missing) == {"init", "ratio", *without_facts}  # of `ratio`, `by` means how it is split
