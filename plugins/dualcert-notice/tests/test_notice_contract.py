"""The three reporters keep the contract of reporters, with and without a PDF."""

from __future__ import annotations

from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig

from dualcert.testing.books import CITY
from dualcert.testing.reporters import ReporterContract


class OursContract(ReporterContract):
    """The contract less its hostile names: test_notice_hostile.py and test_notice_pdf.py read what comes of each."""

    test_hostile_names_do_not_break_it = None


class TestBulletin(OursContract):
    reporter = Bulletin()


class TestGateNotice(OursContract):
    reporter = GateNotice()


class OfOneCity(OursContract):
    """The city that has the labs: what the others are told has no names in it."""

    def made(self, books, language="zh"):
        config = self.config or self.reporter.Config()
        request, views = books.asked(config, language=language, subject=CITY)
        return tuple(self.reporter.render(request, views))


class TestCityReminder(OfOneCity):
    reporter = CityReminder()


class TestCityReminderAsPdf(OfOneCity):
    reporter = CityReminder()
    config = NoticeConfig(pdf=True)


def test_they_are_found_by_their_entry_point(installed):
    (plugin,) = (each for each in installed.plugins if each.distribution == "dualcert-notice")

    assert sorted(plugin.reporters) == ["bulletin", "city-reminder", "gate-notice"]
    assert plugin.troubles == []
