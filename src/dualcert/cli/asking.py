"""Mending an import in the terminal: its questions are asked, and the answers go into it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dualcert.cli.language import _

if TYPE_CHECKING:
    from dualcert.people import Directory
    from dualcert.registry import Registry
    from dualcert.roster import How
    from dualcert.roster.outcome import Progress
    from dualcert.roster.questions import Question


def check_terminal() -> None:
    """Raise UsageError where nobody can be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError(_("--ask needs a terminal"))


def ask(
    registry: Registry, files: Sequence[Path], how: How, people: Directory, progress: Progress, end: Callable[[], None]
) -> How:
    """Return *how* with the answers to all questions; each is asked once, and nothing is recorded."""
    from attrs import evolve

    from dualcert.roster import import_rosters
    from dualcert.roster.questions import questions

    names = {each.person: each.name for each in people.all() if each.name}
    labs = {lab: state.details[-1][1].name for lab, state in registry.view().labs()}
    seen = set()
    while True:
        done = import_rosters(registry, files, evolve(how, dry_run=True), progress=progress)
        end()
        new = [each for each in questions(done, how, names, labs) if each.key not in seen]
        if not new:
            return how
        for question in new:
            seen.add(question.key)
            answer = _answer(question)
            how = how if answer is None else question.answered(how, answer)


def _answer(question: Question) -> str | None:
    """Ask one question; return the answer, or None where it is left open."""
    click.echo(question.sentence.render(_), err=True)
    for number, choice in enumerate(question.choices, start=1):
        click.echo(f"  {number:>2}  {_(choice.shown)}", err=True)
    prompt = _("number, or the right content") if question.free else _("number")
    while True:
        text = click.prompt(
            _("{prompt} (Enter: leave it)").format(prompt=prompt), default="", show_default=False, err=True
        ).strip()
        if not text:
            return None
        if text.isdecimal() and 1 <= int(text) <= len(question.choices):
            return question.choices[int(text) - 1].answer
        if question.free:
            return str(text)
        click.echo(_("give a number from 1 to {n}").format(n=len(question.choices)), err=True)
