"""The outcome of an import: what is printed, and where sheets are handed back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_csv, print_json, print_lines, print_table

if TYPE_CHECKING:
    from dualcert.roster import How, Imported, ImportedAll
    from dualcert.roster.handback import HandedBack

WHY = (
    N_("total"), N_("subtotal"), N_("footer"), N_("example"), N_("section"), N_("repeated header"), N_("hidden"),
    N_("very hidden"), N_("no table"), N_("no rows"), N_("findings of a sheet handed back"), N_("another kind"),
    N_("another table"),
)  # fmt: skip
"""Why rows and sheets are skipped, in the words of `dualcert.roster`."""
MOST_RANGES = 20
"""The most ranges of hidden rows that are listed."""


class Returned(NamedTuple):
    """Where sheets are handed back: in a file, or with several files in a folder."""

    path: Path
    in_folder: bool
    replace: bool

    @classmethod
    def to(cls, path: Path, files: Sequence[Path], *, replace: bool) -> Self:
        """Return the place *path* for the sheets of *files*; raises BadConfiguration or FileExists where one cannot be written."""
        from dualcert.errors import BadConfiguration, Phrase
        from dualcert.files import is_a_file, is_a_folder
        from dualcert.roster.handback import check_path

        place = cls(path, len(files) > 1, replace)
        if place.in_folder and (path.suffix or not is_a_folder(path.absolute().parent) or is_a_file(path)):
            problem = Phrase(N_("{path}: with several files --errors takes a folder"), path=str(path))
            raise BadConfiguration(problem=problem)
        if place.in_folder and len({each.stem for each in files}) < len(files):
            problem = Phrase(N_("{path}: two files of one name cannot be handed back together"), path=str(path))
            raise BadConfiguration(problem=problem)
        for file in files:
            if not place.in_folder or is_a_folder(path):
                check_path(place.of(file), file, replace=replace)
        return place

    def of(self, file: Path, sheet: str = "") -> Path:
        """Return where the sheet of a file is handed back; with *sheet*, where it is not the only one."""
        from dualcert.roster.writing import sheet_name

        base = self.path / f"{file.stem}.xlsx" if self.in_folder else self.path
        return base.with_stem(f"{base.stem}-{sheet_name(sheet)}") if sheet else base

    def hand_back(self, tables: Sequence[Imported]) -> list[HandedBack]:
        """Write the sheets that have findings; return what was written."""
        from dualcert.files import make_folder
        from dualcert.roster.handback import hand_back

        wrong = [each for each in tables if each.findings]
        written = []
        for each in wrong:
            several = sum(other.file == each.file for other in wrong) > 1
            path = self.of(Path(each.file), each.chosen.table.page.name if several else "")
            make_folder(path.parent)
            written.append(hand_back(each, path, _, replace=self.replace))
        return [each for each in written if each]


def tell_back(asked: Path, written: Sequence[HandedBack]) -> None:
    """Print on stderr which sheets were handed back, and what was not kept; *asked* is where they were asked for."""
    from dualcert.roster.handback import NOTES

    if not written:
        note(_("nothing is wrong: {file} was not written").format(file=asked))
    for each in written:
        note(_("handed back: {file}").format(file=each.path))
        for code in each.notes:
            note(_(NOTES[code]))


def print_outcome(done: ImportedAll, how: How, format_: str, *, errors: bool) -> None:
    """Print the outcome of an import: that of one table by itself, of several with their totals."""
    if len(done.tables) == 1 and not done.files_refused:
        document = _document(done.tables[0], how)
        tables = [document]
    else:
        document = {**done.to_dict(_), "tables": [_document(each, how) for each in done.tables]}
        tables = document["tables"]
    findings = [{"file": each["file"], **f} if len(tables) > 1 else f for each in tables for f in each["findings"]]
    match format_:
        case "json":
            print_json(document)
        case "jsonl":
            print_lines(findings)
        case "csv":
            print_csv(findings)
        case _:
            for each in tables:
                _tell_table(each, how, named=document is not each)
            _tell_advice(tables, how, errors=errors)
            if document not in tables:
                _tell_total(document, how)


def _document(done: Imported, how: How) -> dict[str, Any]:
    plan = {"plan": done.plan()} if how.dry_run else {}
    return {**done.to_dict(_), **plan}


def _tell_table(document: Mapping[str, Any], how: How, *, named: bool) -> None:
    """Print one table's outcome; with *named*, under the name of its file."""
    if named:
        note(_("file {file}:").format(file=document["file"]))
    _tell_aside(document)
    if how.dry_run:
        print_table((N_("row"), N_("command"), N_("id"), N_("what")), [_plan_line(c) for c in document["plan"]], [0])
    if document["findings"]:
        rows = [[f["cell"] or f["row"], f["column"], f["code"], f["message"]] for f in document["findings"]]
        print_table((N_("cell"), N_("column"), N_("code"), N_("message")), rows)
    if not named:
        _tell_counts(document["sheet"], document, dry_run=how.dry_run)
        if document["rows"] and not document["recorded"] and not document["refused"]:
            click.echo(_("the books know all of it already: nothing was recorded"))
    else:
        _tell_counts(f"{document['file']} {document['sheet']}", document, dry_run=how.dry_run)


def _tell_total(document: Mapping[str, Any], how: How) -> None:
    for each in document["files_refused"]:
        click.echo(_("{file}: not read: {code}: {message}").format(**each))
    _tell_counts(_("total"), document["total"], dry_run=how.dry_run)


def _tell_aside(document: Mapping[str, Any]) -> None:
    """Print on stderr which sheets, rows and columns were skipped, and the remarks."""
    for other in document["left_alone"]:
        reason = other["why"]
        why = _("{why}: {kind}").format(why=_(reason), kind=other["kind"]) if "kind" in other else _(reason)
        note(_("sheet {sheet} is left alone: {why}").format(sheet=other["sheet"], why=why))
    for row in document["skipped"]:
        reason = row["why"]
        note(_("row {row} is not read: {why}").format(row=row["row"], why=_(reason)))
    if document["hidden_rows"]:
        note(_("hidden rows are read like the others: {rows}").format(rows=_ranges(document["hidden_rows"])))
    if document["hidden_columns"]:
        columns = ", ".join(document["hidden_columns"])
        note(_("hidden columns are read like the others: {columns}").format(columns=columns))
    for untold in document["untold"]:
        note(untold["message"])
    for unread in document["unread"]:
        partly = _("column {column} is read only for what became of a certificate or a lab")
        template = partly if unread in document["partly_read"] else _("column {column} is not read")
        note(template.format(column=unread))
    for kind, headers in document["also"].items():
        note(_("columns {columns} are read with --kind {kind}").format(columns=", ".join(headers), kind=kind))
    for remark in document["remarks"]:
        note(f"{remark['cell'] or remark['row']} {remark['column']}: {remark['message']}")
    for person in document["people"]:
        would_be, added = (
            _("would be added to the directory: {name} as {person}"),
            _("added to the directory: {name} as {person}"),
        )
        note((added if person["added"] else would_be).format(**person))


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers in order as ranges: 3, 5-9."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    shown = [f"{first}-{last}" if last > first else str(first) for first, last in parts[:MOST_RANGES]]
    return ", ".join([*shown, f"… ({len(numbers)})"] if len(parts) > MOST_RANGES else shown)


def _plan_line(command: Mapping[str, Any]) -> list[Any]:
    about = ("lab", "county", "pairing", "campaign", "stream")
    own = {k: v for k, v in command.items() if k not in {"row", "do", "by", "source", "on", *about}}
    subject = next((command[name] for name in about if name in command), "")
    return [command["row"], command["do"], subject, _listed({"on": command.get("on"), **own})]


def _listed(fields: Mapping[str, Any]) -> str:
    """Return a command's fields on one line; nested values are in brackets."""
    return ", ".join(f"{name}={_shown(value)}" for name, value in fields.items() if value is not None)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({_listed(value)})"
    return "; ".join(map(_shown, value)) if isinstance(value, list | tuple) else str(value)


def _tell_advice(tables: Sequence[Mapping[str, Any]], how: How, *, errors: bool) -> None:
    """Print how to go on after a refusal: only by options that were not given and would help."""
    if not any(each["refused"] for each in tables):
        return
    ways = []
    if any(each["held_back"] for each in tables) and not how.accept_valid:
        ways.append(_("--accept-valid takes the sound rows"))
    if not errors:
        ways.append(_("--errors OUT.xlsx hands the sheet back"))
    said = "" if any(each["recorded"] for each in tables) or how.dry_run else _("nothing was recorded")
    if said or (ways and not how.accept_valid):
        note(_("; ").join(filter(None, [said, _(", ").join(ways)])))


def _tell_counts(name: str, counts: Mapping[str, Any], *, dry_run: bool) -> None:
    template = (
        _("{name}: {rows} rows; {recorded} would be recorded ({facts} facts), {unchanged} unchanged, {refused} refused")
        if dry_run
        else _("{name}: {rows} rows; {recorded} recorded ({facts} facts), {unchanged} unchanged, {refused} refused")
    )
    held = _(", {held_back} held back by them").format(**counts) if counts["held_back"] else ""
    click.echo(template.format(**{**counts, "name": name}) + held)
