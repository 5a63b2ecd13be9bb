"""Both reporters keep the contract of reporters."""

from __future__ import annotations

from dualcert_spreadsheet import DispatchTable, Ledger

from dualcert.testing.reporters import ReporterContract


class TestDispatchTable(ReporterContract):
    reporter = DispatchTable()


class TestLedger(ReporterContract):
    reporter = Ledger()


def test_they_are_found_by_their_entry_point(installed):
    (plugin,) = (each for each in installed.plugins if each.distribution == "dualcert-spreadsheet")

    assert sorted(plugin.reporters) == ["dispatch-table", "ledger"]
    assert plugin.troubles == []
