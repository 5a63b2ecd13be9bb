"""Answers as records and frames."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal

import pytest

from dualcert.errors import LibraryMissing
from dualcert.testing.books import AS_OF, small_books


@pytest.fixture(scope="module")
def books():
    return small_books().registry.books(AS_OF)


@pytest.fixture(scope="module")
def tables(books):
    return {
        "labs": books.status(),
        "counties": books.status(kind="county"),
        "pairings": books.status(kind="pairing"),
        "campaigns": books.status(kind="campaign"),
        "ratio": books.ratio("city", explain=True, series=["2023-06-30"]),
        "due": books.due(),
        "agenda": books.agenda(),
        "risk": books.risk("batch-5"),
        "plans": books.plans(),
        "score": books.score(),
    }


def test_a_record_is_flat_and_typed(books):
    record = books.status("lab-140521-1").rows[0].to_record()
    city = books.ratio("city")["140500"].to_record()

    assert record["catl_granted_on"] == date(2021, 7, 15)
    assert (record["cma_state"], record["cma_application_state"], record["level"]) == ("valid", None, "county")
    assert (city["percent"], city["met"]) == (Decimal("60.0"), False)
    assert books.ratio("city").to_records()[-1]["percent"] is None


def test_facts_and_findings_are_records_with_what_only_they_have(books):
    (fact, *_) = [row.to_record() for row in books.history("county-140524")]
    finding = books.due().to_records()[0]

    assert (fact["fact"], type(fact["on"]), fact["data"]) == ("county.lab-designated", date, {"lab": "lab-140524-1"})
    assert finding["message"]
    assert "template" not in finding


def test_rows_are_found_by_what_names_them(books, tables):
    assert tables["labs"]["lab-140524-1"].lab == "lab-140524-1"
    assert tables["counties"]["county-140524"].county == "county-140524"
    assert books.ratio("level")["city"].labs == 1
    assert (len(tables["labs"]), [row.lab for row in tables["labs"]][-1]) == (5, "lab-140525-1")
    with pytest.raises(KeyError):
        tables["labs"]["lab-140524-9"]


def test_a_table_is_one_line_and_in_a_notebook_a_table(tables):
    assert repr(tables["labs"]).startswith("<Table as of 2023-10-10 at position ")
    assert "<td>沁水县站</td>" in tables["labs"]._repr_html_()
    assert repr(tables["ratio"]).endswith("11 rows>")


def test_names_are_no_markup_in_a_notebook():
    hostile = small_books(lambda text: f"<b>{text}").registry.books(AS_OF)

    assert "<b>" not in hostile.status()._repr_html_()


@pytest.mark.parametrize(
    "name", ["labs", "counties", "pairings", "campaigns", "ratio", "due", "agenda", "risk", "plans", "score"]
)
def test_every_table_is_a_frame(tables, name):
    table = tables[name]
    pandas, polars = table.to_pandas(), table.to_polars()

    assert list(pandas.columns) == list(polars.columns)
    assert len(pandas) == len(polars) == len(table)
    assert pandas.attrs == {"as_of": AS_OF, "known_at": table.known_at, "position": table.position}


def test_days_and_numbers_of_a_frame_can_be_computed_on(tables):
    labs, polars, cities = tables["labs"].to_pandas(), tables["labs"].to_polars(), tables["ratio"].to_pandas()

    assert labs["cma_valid_until"].dt.year.max() == polars["cma_valid_until"].dt.year().max() == 2027
    assert cities.set_index("division").percent["140500"] == 60.0


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_without_its_library_says_what_to_install(tables, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(LibraryMissing, match=f"pip install {library}"):
        getattr(tables["labs"], f"to_{library}")()
