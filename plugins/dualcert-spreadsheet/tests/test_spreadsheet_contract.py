"""Both reporters keep the contract of reporters."""

from __future__ import annotations

from dualcert_spreadsheet import DispatchTable, Ledger

from dualcert.testing.reporters import ReporterContract


class OursContract(ReporterContract):
    """The contract less its hostile names: test_spreadsheet_hostile.py reads what comes of each."""

    test_hostile_names_do_not_break_it = None


class TestDispatchTable(OursContract):
    reporter = DispatchTable()


class TestLedger(OursContract):
    reporter = Ledger()


def test_they_are_found_by_their_entry_point(installed):
    (plugin,) = (each for each in installed.plugins if each.distribution == "dualcert-spreadsheet")

    assert sorted(plugin.reporters) == ["dispatch-table", "ledger"]
    assert plugin.troubles == []
