"""What the live page can do: show the books, take in a roster, make a report. Nothing here knows HTTP."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from dualcert import (
    Directory,
    DualcertError,
    How,
    Imported,
    ImportedAll,
    Plugins,
    Question,
    Registry,
    Right,
    Rights,
    hand_back,
    import_rosters,
    new_request,
)
from dualcert import questions as questions_of
from dualcert import render as run_reporter
from dualcert.reporting import Books, Document, Request
from dualcert_dashboard import DashboardConfig
from dualcert_dashboard.page import Live, dashboard
from dualcert_dashboard.words import Asked, Words

KEPT = 8
"""Rosters, and reports, that are kept for the person who looks at them; older ones are forgotten."""
MOST = 500
"""Lines of a plan that are shown."""
MOST_NAME = 200
"""Bytes of a roster's name."""
SAFE = re.compile(r"[^\w.()（）【】-]+")
ABOUT = ("lab", "county", "pairing", "campaign", "stream")


class NotThere(LookupError):
    """There is no such roster, or no such document."""


@define
class Roster:
    """A roster that was dropped: its file, how it is read, and what came of it last."""

    file: Path
    how: How
    done: ImportedAll
    asked: Sequence[Question]
    recorded: bool = False

    def findings(self) -> list[tuple[Imported, Any]]:
        """Return the findings of all tables, each with its table."""
        return [(table, finding) for table in self.done.tables for finding in table.findings]

    def place(self, table: Imported, finding: Any) -> tuple[str, str, int, int] | None:
        """Return the cell that a finding is about; None where it is about a row."""
        at = re.fullmatch(r"([A-Z]+)(\d+)", finding.cell or "")
        if at is None:
            return None
        column = 0
        for letter in at[1]:
            column = column * 26 + ord(letter) - 64
        return table.file, table.chosen.table.page.name, finding.row, column - 1

    def question(self, place: tuple[str, str, int, int] | None) -> Question | None:
        """Return what can be asked about a cell."""
        return next((each for each in self.asked if place in each.places), None)

    def content(self, table: Imported, place: tuple[str, str, int, int]) -> str:
        """Return what is in a cell, as it was read last."""
        for row in table.chosen.table.rows:
            if row.number == place[2] and place[3] < len(row.cells):
                return "" if row.cells[place[3]] is None else str(row.cells[place[3]])
        return ""


@frozen
class Desk:
    """The books of one store, and what one person does with them; one thing at a time."""

    registry: Registry
    plugins: Plugins
    folder: Path
    token: str
    """What a request that writes has to know besides its cookie."""
    by: str = "system"
    as_of: date | None = None
    language: Any = "zh"
    _rosters: OrderedDict[str, Roster] = field(factory=OrderedDict, init=False)
    _documents: OrderedDict[str, Document] = field(factory=OrderedDict, init=False)
    _spoken: list[Callable[[str], str]] = field(factory=list, init=False)
    """How the last request was translated."""
    _lock: threading.RLock = field(factory=threading.RLock, init=False)

    def _request(self) -> tuple[Request, Books]:
        self.registry.catch_up()
        request, books = new_request(self.registry, self.as_of or self.registry.today(), language=self.language)
        self._spoken[:] = [request.translate]
        return request, books

    def position(self) -> int:
        """Return how much is recorded."""
        return self.registry.catch_up()

    def page(self) -> bytes:
        """Return the dashboard with what only the live one has."""
        request, books = self._request()
        reporters = [(name, self.plugins.reporter(name)[1].summary) for name in self.plugins.reporters]
        config = self.plugins.configuration.of_reporter("dashboard", DashboardConfig)
        return dashboard(evolve(request, config=config), books, Live(self.token, books.position, reporters))

    def receive(self, name: str, content: bytes) -> dict[str, Any]:
        """Take a roster, look at it without recording anything, and return what it would come to."""
        with self._lock:
            id_ = secrets.token_urlsafe(9)
            folder = self.folder / id_
            folder.mkdir(mode=0o700)
            file = folder / _named(name)
            file.write_bytes(content)
            roster = self._read(Roster(file, How(dry_run=True, by=self.by), ImportedAll((), (), 0), ()))
            for old in _keep(self._rosters, id_, roster):
                shutil.rmtree(old.file.parent, ignore_errors=True)
            return self._told(id_, roster)

    def mend(self, id_: str, texts: Mapping[int, str], answers: Mapping[int, str]) -> dict[str, Any]:
        """Read a roster anew, with other content for the cells of findings, and with answers to questions."""
        with self._lock:
            roster, how = self._roster(id_), self._roster(id_).how
            found = roster.findings()
            for nth, text in texts.items():
                if not 0 <= nth < len(found) or (place := roster.place(*found[nth])) is None:
                    raise NotThere(nth)
                question = roster.question(place)
                how = question.answered(how, text) if question else evolve(how, instead={**how.instead, place: text})
            for nth, text in answers.items():
                if not 0 <= nth < len(roster.asked):
                    raise NotThere(nth)
                how = roster.asked[nth].answered(how, text)
            anew = self._read(evolve(roster), how)
            told = self._told(id_, anew)
            anew.how, self._rosters[id_] = how, anew  # only what could be read and told
            return told

    def record(self, id_: str, *, valid_only: bool) -> dict[str, Any]:
        """Record a roster, whole or its sound rows; once."""
        with self._lock:
            roster = self._roster(id_)
            if not roster.recorded:
                how = evolve(roster.how, dry_run=False, accept_valid=valid_only)
                self._read(roster, how)
                roster.recorded = roster.done.refused == 0 or valid_only
            return self._told(id_, roster)

    def marked(self, id_: str) -> Document:
        """Return the file of a roster with its findings marked in it."""
        with self._lock:
            roster = self._roster(id_)
            request, _ = self._request()
            table = next((each for each in roster.done.tables if each.findings), None)
            if table is None:
                raise NotThere(id_)
            name = f"{roster.file.stem}-{Words(self.language)('marked file')}.xlsx"
            back = hand_back(
                table, roster.file.parent / f"marked-{len(roster.how.instead)}.xlsx", request.translate, replace=True
            )
            if back is None:
                raise NotThere(id_)
            return Document(name, XLSX, back.path.read_bytes())

    def report(self, name: str) -> dict[str, Any]:
        """Run a reporter, and return what it made, or what went wrong."""
        request, books = self._request()
        done = run_reporter(self.plugins, name, request, books)
        if done.trouble:
            refusal = done.trouble.refusal
            return {"trouble": refusal.render(request.translate) if refusal else done.trouble.detail, "made": []}
        made = []
        for document in (each for each in done.artifacts if isinstance(each, Document)):
            id_ = secrets.token_urlsafe(9)
            with self._lock:
                _keep(self._documents, id_, document, 64)
            made.append({"id": id_, "name": document.filename, "bytes": len(document.content)})
        return {"made": made, "messages": len(done.artifacts) - len(made)}

    def said(self, refusal: DualcertError) -> str:
        """Return the sentence of a refusal in the language of the page; the store, which may be what is refused, is not asked."""
        return refusal.render(self._spoken[0] if self._spoken else str)

    def document(self, id_: str) -> Document:
        """Return what a reporter made."""
        found = self._documents.get(id_)
        if found is None:
            raise NotThere(id_)
        return found

    def _roster(self, id_: str) -> Roster:
        found = self._rosters.get(id_)
        if found is None:
            raise NotThere(id_)
        return found

    def _read(self, roster: Roster, how: How | None = None) -> Roster:
        """Read a roster, and keep what came of it and what can be asked about it."""
        with Directory.open(self.registry.store) as people, Rights.open(self.registry.store) as rights:
            asked = evolve(how or roster.how, people=people)
            principal = rights.principal(self.by)
            if asked.add_names:
                principal.check(Right.PEOPLE)
            roster.done = import_rosters(self.registry.acting(principal), [roster.file], asked)
            names = {each.person: each.name for each in people.all() if each.name}
            rows: Sequence[Any] = self.registry.status(kind="lab", as_of=self.registry.today()).rows
            labs = {lab.lab: lab.name for lab in rows}
            roster.asked = tuple(questions_of(roster.done, asked, names, labs))
        return roster

    def _told(self, id_: str, roster: Roster) -> dict[str, Any]:
        request, books = self._request()
        told = roster.done.to_dict(request.translate)
        plan = [line for table in roster.done.tables for line in table.plan()]
        new = {line["lab"]: line["name"] for line in plan if line["do"] == "register-lab"}
        about = Asked.of(request, books)
        shown: dict[str, Any] = _without(f"{roster.file.parent}/", {
            "id": id_, "name": roster.file.name, "recorded": roster.recorded, "total": told["total"],
            "plan": [_planned(about, line, new) for line in plan[:MOST]], "planned": len(plan),
            "findings": [_finding(roster, request, nth, *found) for nth, found in enumerate(roster.findings())],
            "questions": [_question(each, request, nth) for nth, each in enumerate(roster.asked) if not each.places],
            "refused": [each["message"] for each in told["files_refused"]],
            "remarks": [_remark(each) for table in told["tables"] for each in table["remarks"]],
        })  # fmt: skip
        return shown


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _named(name: str) -> str:
    """Return the name of a roster here: the last letters of its own, no more bytes than file systems take."""
    kept = SAFE.sub("_", Path(name).name).lstrip(".")[-80:].encode()[-MOST_NAME:]
    return kept.decode(errors="ignore") or "roster.xlsx"


def _without(folder: str, told: Any) -> Any:
    """Return what is told without the folder in which the roster lies here."""
    if isinstance(told, str):
        return told.replace(folder, "")
    if isinstance(told, dict):
        return {key: _without(folder, each) for key, each in told.items()}
    return [_without(folder, each) for each in told] if isinstance(told, list) else told


def _keep(kept: OrderedDict[str, Any], id_: str, what: Any, most: int = KEPT) -> list[Any]:
    """Keep something, and return what is forgotten for it."""
    kept[id_] = what
    return [kept.popitem(last=False)[1] for _ in range(len(kept) - most)]


def _finding(roster: Roster, request: Request, nth: int, table: Imported, finding: Any) -> dict[str, Any]:
    place = roster.place(table, finding)
    question = roster.question(place)
    return {
        "nth": nth,
        "cell": finding.cell or str(finding.row),
        "column": finding.column,
        "message": finding.problem.render(request.translate),
        "content": roster.content(table, place) if place else None,
        "choices": [[each.answer, request.translate(each.shown)] for each in question.choices] if question else [],
    }


def _question(question: Question, request: Request, nth: int) -> dict[str, Any]:
    sentence = question.sentence.render(request.translate)
    choices = [[each.answer, request.translate(each.shown)] for each in question.choices]
    return {"nth": nth, "sentence": sentence, "choices": choices}


def _remark(remark: Mapping[str, Any]) -> str:
    return f"{remark['cell'] or remark['row']} {remark['column']}: {remark['message']}"


def _planned(asked: Asked, line: Mapping[str, Any], new: Mapping[str, str]) -> list[Any]:
    """Return a line of the plan: the row, what is recorded, about whom, and with which content; *new* are names of new labs."""
    about = next((str(line[each]) for each in ABOUT if each in line), "")
    what = asked.words.command(line["do"], asked.request.word)
    return [line["row"], what, new.get(about) or asked.who(about), "; ".join(_content(asked, line))]


def _content(asked: Asked, line: Mapping[str, Any]) -> Iterator[str]:
    for key, value in line.items():
        if key not in {"row", "do", "by", "source", *ABOUT} and value is not None:
            yield f"{asked.request.translate(key)} {asked.request.translate(str(value))}"
