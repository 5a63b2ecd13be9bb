"""What a cell means: one reading, or a refusal that says why."""

from __future__ import annotations

from datetime import date

import pytest

from dualcert.errors import (
    AmbiguousDate,
    BadText,
    BadValue,
    DigitsLost,
    ErrorValue,
    FormulaWithoutValue,
    ImplausibleDate,
    Refused,
)
from dualcert.roster import cells
from dualcert.roster.reading.messages import Hollow, Odd

SEPTEMBER = date(2023, 9, 30)


@pytest.mark.parametrize(
    "cell",
    ["2023-09-30", "2023.9.30", "2023.09.30", "2023/9/30", "2023年9月30日", "2023年09月30号", "20230930", 20230930,
     20230930.0, "２０２３．９．３０", "２０２３年９月３０日", " 2023-9-30 ", "2023 年 9 月 30 日", "2023.9.30.", SEPTEMBER,
     "2023-09-30 00:00:00", "2023/9/30 00:00", 45199, 45199.0],
)  # fmt: skip
def test_a_date_is_understood_however_it_is_written(cell):
    assert cells.as_day(cell, 1900)[0] == SEPTEMBER


@pytest.mark.parametrize(("serial", "epoch"), [(45199, 1900), (43737, 1904)])
def test_a_days_number_is_read_by_the_workbooks_epoch_with_a_remark(serial, epoch):
    day, remark = cells.as_day(serial, epoch)

    assert (day, remark.code, remark.date) == (SEPTEMBER, "serial-date", "2023-09-30")


@pytest.mark.parametrize(
    "cell",
    ["2023-02-30", "2023.13.1", "2023年9月", "2023", "二〇二三年九月三十日", "115-01-01", "长期", "23.9.30日", "2023.9-30",
     "45199", 0, 60, 45199.5, -1, True, Odd("2023-09-30 08:30:00"), "2023-09-30 08:30", "2023-09-31", 1e9],
)  # fmt: skip
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(BadValue):
        cells.as_day(cell, 1900)


@pytest.mark.parametrize("cell", ["1/2/2023", "30.9.2023", "9-30-23", "01/02/03"])
def test_an_order_of_day_and_month_is_never_guessed(cell):
    with pytest.raises(AmbiguousDate):
        cells.as_day(cell, 1900)


def test_a_days_number_is_refused_where_the_file_does_not_tell_its_epoch():
    with pytest.raises(BadValue):
        cells.as_day(45199, 0)


@pytest.mark.parametrize("cell", ["0001-01-01", "9999-12-31", "1984.12.31", "2100.1.1", date(1900, 1, 1)])
def test_a_day_outside_the_years_of_these_books_is_refused(cell):
    with pytest.raises(ImplausibleDate):
        cells.as_day(cell, 1900)


@pytest.mark.parametrize("cell", [None, "", "  ", "\u3000"])
def test_an_empty_cell_states_no_day(cell):
    assert cells.as_day(cell, 1900) == (None, None)


@pytest.mark.parametrize(
    "cell", ["2021.6.15-2027.6.14", "2021年6月15日至2027年6月14日", "2021-06-15~2027-06-14", "2021/6/15—2027/6/14",
             "2021.6.15 - 2027.6.14", "20210615-20270614"],
)  # fmt: skip
def test_a_validity_may_say_both_its_days(cell):
    begins, ends = cells.as_range(cell)

    assert cells.as_day(begins, 1900)[0] == date(2021, 6, 15)
    assert cells.as_day(ends, 1900)[0] == date(2027, 6, 14)


@pytest.mark.parametrize("cell", ["2027-06-14", "2027.6.14", "20270614", date(2027, 6, 14), None])
def test_one_date_is_no_range(cell):
    assert cells.as_range(cell) == (None, cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [("２１０４０４０９００４２", "210404090042"), (210404090042.0, "210404090042"), (5, "5"), (" 陵川县中心\u3000", "陵川县中心"),
     (True, "是"), ("综合（检验）中心", "综合（检验）中心"), ("ＣＭＡ", "CMA"), ("", None), (None, None)],
)  # fmt: skip
def test_text_keeps_its_brackets_and_loses_full_width_figures(cell, text):
    assert cells.as_text(cell, 200) == text


@pytest.mark.parametrize("cell", [1.23457e17, 2e15, "1.23457E+17", "2.00404e+11"])
def test_a_number_of_which_digits_are_lost_is_refused(cell):
    with pytest.raises(DigitsLost):
        cells.as_text(cell, 200)


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#DIV/0!", "Err:502"])
def test_an_error_is_no_text_and_no_day(cell):
    with pytest.raises(ErrorValue):
        cells.as_text(cell, 200)
    with pytest.raises(ErrorValue):
        cells.as_day(cell, 1900)


@pytest.mark.parametrize("cell", ["a\x00b", "阳城\x0b县", "\u202e站", "x" * 201])
def test_text_that_no_document_can_carry_is_refused(cell):
    with pytest.raises(BadText):
        cells.as_text(cell, 200)


def test_a_note_may_be_broken_within_its_cell():
    assert cells.as_note("仪器不足\n人员不足", 200) == "仪器不足 人员不足"


@pytest.mark.parametrize(
    ("text", "batch"), [("5", 5), ("第5批", 5), ("第五批", 5), ("五", 5), ("第十二批", 12), ("二十", 20)]
)
def test_a_batch_is_understood_in_figures_and_in_words(text, batch):
    assert cells.as_batch(text) == batch


@pytest.mark.parametrize("text", ["", "0", "第批", "二百", "五批六", "第-1批", "二三"])
def test_what_is_no_batch_is_refused(text):
    with pytest.raises(Refused):
        cells.as_batch(text)


@pytest.mark.parametrize(
    ("text", "flag"), [("是", True), ("√", True), ("否", False), ("×", False), ("X", False), ("Y", True)]
)
def test_yes_and_no_in_their_variants(text, flag):
    assert cells.as_word(text, cells.YES_NO, "") is flag


@pytest.mark.parametrize("tail", [" 0:00", " 00:00", " 0:00:00", "  00:00:00.000", "T00:00:00", "\u3000０：００"])
@pytest.mark.parametrize("day", ["2021/6/30", "2021-06-03", "2021年6月3日", "20210630", "2021.6.3"])
def test_midnight_behind_a_day_leaves_it_as_it_is(day, tail):
    assert cells.as_day(f"{day}{tail}", 1900) == cells.as_day(day, 1900)


@pytest.mark.parametrize("cell", ["2021/6/3 0:15", "2021/6/3 10:00", "2021/6/3 0", "2021-06-03T08:00:00", "2021.6.1 5"])
def test_another_time_of_day_never_makes_another_day(cell):
    with pytest.raises(BadValue):
        cells.as_day(cell, 1900)


def test_a_validity_with_midnights_says_both_its_days():
    begins, ends = cells.as_range("2021/6/30 0:00至2027/6/29 0:00:00")

    assert (cells.as_day(begins, 1900)[0], cells.as_day(ends, 1900)[0]) == (date(2021, 6, 30), date(2027, 6, 29))


@pytest.mark.parametrize("cell", ['="210404090012"', "'210404090012", "210404\n090012", "2104040\r\n 90012"])
def test_what_keeps_a_number_whole_is_taken_off(cell):
    assert cells.as_text(cell, 200) == "210404090012"


def test_a_name_that_is_broken_within_its_cell_is_joined():
    assert cells.as_text("泽州县农产品\n检测站", 200) == "泽州县农产品检测站"
    assert cells.as_text("Zezhou\nlab", 200) == "Zezhou lab"


def test_a_formula_without_a_value_is_no_text_and_no_day():
    cell = Hollow("#VALUE!")
    with pytest.raises(FormulaWithoutValue):
        cells.as_text(cell, 200)
    with pytest.raises(FormulaWithoutValue):
        cells.as_day(cell, 1900)
