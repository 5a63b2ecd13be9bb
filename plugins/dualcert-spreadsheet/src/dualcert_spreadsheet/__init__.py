"""Spreadsheets for dualcert: the dispatch table 调度表 and the ledger 台账."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from dualcert.reporting import Books, Document, Reporter, Request, hookimpl

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _are_words(_config: object, _field: object, value: Mapping[str, str]) -> None:
    from dualcert_spreadsheet.words import Words

    Words.check(value)


@frozen
class TableConfig:
    """How the dispatch table is set up, [reporter.dispatch-table]."""

    findings: bool = True
    """Whether a city's findings are listed below its labs."""
    words: Mapping[str, str] = field(factory=dict, hash=False, validator=_are_words)
    """Words that the office prefers, by the keys of words-zh.toml."""


@frozen
class LedgerConfig:
    """How the ledger is set up, [reporter.ledger]."""

    words: Mapping[str, str] = field(factory=dict, hash=False, validator=_are_words)
    """Words that the office prefers, by the keys of words-zh.toml."""


def _named(kind: str, request: Request, books: Books) -> str:
    """Return what the file of a workbook is called: after its day and, if it is about one, its city."""
    from dualcert_spreadsheet.labs import city_asked, words_of

    words, city = words_of(request), city_asked(request, books)
    if city is None:
        return f"{words(f'{kind}-file', as_of=books.as_of)}.xlsx"
    return f"{words(f'{kind}-file-city', as_of=books.as_of, city=city.name)}.xlsx"


class DispatchTable:
    """The dispatch table: a summary with a chart, and a sheet for each city, or for the one of `subject`."""

    name = "dispatch-table"
    summary = "调度表: the cities with a chart, and each city's labs and what is due (.xlsx)"
    Config = TableConfig
    triggers = ()  # it makes documents, no messages

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return one workbook."""
        from dualcert_spreadsheet.table import dispatch_table

        yield Document(_named("table", request, books), XLSX, dispatch_table(request, books))


class Ledger:
    """The ledger: every lab, county, pairing and finding, of the province or of the city of `subject`."""

    name = "ledger"
    summary = "台账: every lab, county, pairing and finding (.xlsx)"
    Config = LedgerConfig
    triggers = ()  # it makes documents, no messages

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return one workbook."""
        from dualcert_spreadsheet.ledger import ledger

        yield Document(_named("ledger", request, books), XLSX, ledger(request, books))


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give both reporters."""
    return [DispatchTable(), Ledger()]
