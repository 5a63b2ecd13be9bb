"""The words of the workbooks: as they were approved, for every kind of finding, and an office's own."""

from __future__ import annotations

import pytest
from dualcert_spreadsheet import DispatchTable, TableConfig
from dualcert_spreadsheet.words import Words
from spreadsheet_golden import GOLDEN, texts
from spreadsheet_reading import sheets

from dualcert.errors import BadConfiguration
from dualcert.reporting.configuration import typed
from dualcert.reporting.wording import fields_of
from dualcert.values.terms import FindingKind


def test_the_workbooks_of_the_year_read_as_they_were_approved(year):
    made = texts(year)

    assert {each.name: each.read_text(encoding="utf-8") for each in GOLDEN.iterdir()} == made


def test_every_kind_of_finding_has_its_words_in_both_languages():
    chinese, english = Words.shipped("zh"), Words.shipped("en")

    assert {f"{part}-{kind}" for part in ("heading", "item") for kind in FindingKind} <= chinese.keys()
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert fields_of(english[key]) - fields_of(chinese[key]) <= {"milestone", "since", "due", "programme"}, key


def test_what_is_due_is_never_written_of_as_missing(year):
    for told in texts(year).values():
        for line in (line for line in told.splitlines() if "还有" in line or "今日到期" in line):
            assert "未报送" not in line
            assert "未开展" not in line
            assert "未走访" not in line


def test_an_office_writes_its_own_words(year):
    config = typed("reporter.dispatch-table", {"words": {"short": "未达标：{cities}。"}}, TableConfig)
    (made,) = year.made(DispatchTable(), config, on="2023-10-31").values()

    assert "\n未达标：阳泉市、长治市、" in sheets(made)["汇总"][2][0]
    with pytest.raises(BadConfiguration, match="has no field names"):
        typed("reporter.dispatch-table", {"words": {"short": "{names}"}}, TableConfig)
