"""Spreadsheets for dualcert: the dispatch table 调度表 and the ledger 台账."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from dualcert.reporting import Books, Document, NoConfig, Reporter, Request, hookimpl

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@frozen
class TableConfig:
    """How the dispatch table is set up."""

    findings: bool = True
    """Whether a city's findings are listed below its labs."""


class DispatchTable:
    """The dispatch table: a summary with a chart, and a sheet for each city; `subject` may be one city's code."""

    name = "dispatch-table"
    summary = "调度表: the cities with a chart, and each city's labs and what is due (.xlsx)"
    Config = TableConfig
    triggers = ()  # it makes documents, no messages

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return one workbook."""
        from dualcert_spreadsheet.table import dispatch_table
        from dualcert_spreadsheet.words import words

        name = words(request.language)["table file"]
        yield Document(f"{name}-{books.as_of}.xlsx", XLSX, dispatch_table(request, books))


class Ledger:
    """The ledger: every lab, county, pairing and finding."""

    name = "ledger"
    summary = "台账: every lab, county, pairing and finding (.xlsx)"
    Config = NoConfig
    triggers = ()  # it makes documents, no messages

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return one workbook."""
        from dualcert_spreadsheet.ledger import ledger
        from dualcert_spreadsheet.words import words

        name = words(request.language)["ledger file"]
        yield Document(f"{name}-{books.as_of}.xlsx", XLSX, ledger(request, books))


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give both reporters."""
    return [DispatchTable(), Ledger()]
