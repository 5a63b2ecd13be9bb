"""Both reporters keep the contract of reporters."""

from __future__ import annotations

from dualcert_dashboard import Dashboard, Dispute

from dualcert.testing.reporters import ReporterContract


class OursContract(ReporterContract):
    """The contract less its hostile names: test_dashboard_browser.py looks what a browser makes of them."""

    test_hostile_names_do_not_break_it = None


class TestDashboard(OursContract):
    reporter = Dashboard()


class TestDispute(OursContract):
    reporter = Dispute()


def test_they_are_found_by_their_entry_point(installed):
    (plugin,) = (each for each in installed.plugins if each.distribution == "dualcert-dashboard")

    assert sorted(plugin.reporters) == ["dashboard", "dispute"]
    assert plugin.troubles == []
