from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualcert.values import dates, ids, numbers, text
from dualcert.values.days import Days
from dualcert.values.ratio import Ratio
from dualcert.values.terms import Scheme

# --- ratios --------------------------------------------------------------------------------------


def test_jincheng_in_february_2023_is_83_3_percent():
    """Shanxi Daily, 2023-02-16: five of six labs."""
    assert Ratio(5, 6).percent == "83.3"
    assert Ratio(5, 6).meets(85) is False


def test_the_rounded_figure_never_decides():
    """84.96 % prints as 85.0 and has not met 85."""
    almost = Ratio(8496, 10000)

    assert almost.percent == "85.0"
    assert almost.meets(85) is False


@pytest.mark.parametrize(("labs", "needed"), [(11, 10), (117, 100), (128, 109)])
def test_85_percent_of_n_labs(labs, needed):
    assert Ratio(needed, labs).meets(85)
    assert not Ratio(needed - 1, labs).meets(85)


def test_of_no_labs_there_is_no_percentage():
    assert Ratio(0, 0).percent is None
    assert Ratio(0, 0).meets(85) is None


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(1, 8, "12.5"), (1, 2000, "0.1"), (1, 16, "6.3"), (6, 6, "100.0")]
)
def test_half_goes_up(part, whole, percent):
    assert Ratio(part, whole).percent == percent


# --- sets of days --------------------------------------------------------------------------------

EPOCH = date(2020, 1, 1)
spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
        lambda pair: (EPOCH + timedelta(days=pair[0]), EPOCH + timedelta(days=pair[1]))
    ),
    max_size=5,
)
WINDOW = [EPOCH + timedelta(days=n) for n in range(-1, 43)]


def naive(spans):
    return {day for day in WINDOW for first, last in spans if first <= day <= last}


@given(spans, spans)
def test_days_behave_as_sets_of_days_do(one, other):
    a, b = Days.of(one), Days.of(other)

    assert {d for d in WINDOW if d in a} == naive(one)
    assert {d for d in WINDOW if d in (a & b)} == naive(one) & naive(other)
    assert {d for d in WINDOW if d in (a - b)} == naive(one) - naive(other)


@given(spans)
def test_a_run_is_unbroken_and_as_long_as_can_be(some):
    days = Days.of(some)
    for day in WINDOW:
        run = days.run(day)
        assert (run is not None) == (day in days)
        if run:
            assert run[0] - timedelta(days=1) not in days
            assert run[1] + timedelta(days=1) not in days


def test_days_reach_to_the_end_of_the_calendar():
    assert Days.of([(EPOCH, date.max)]) - Days.of([(EPOCH + timedelta(days=1), date.max)]) == Days.of([(EPOCH, EPOCH)])
    assert Days.of([(EPOCH, date.max), (EPOCH, EPOCH)]).spans == ((EPOCH, date.max),)


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["2023-02-30", "2023.9.30", "1/2/2023", "20230930", "２０２３-09-30", "2023-9-30", "2023-09-30T00:00", ""]
)
def test_only_one_form_of_a_date_is_taken(said):
    assert dates.parse_date(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "20231008", "2023-W40-7", "20231008T12:00", "2023-W40-7T12:00", "2023-10-08x12:00", "2023-10-08 ", " 2023-10-08", "2023-10-08T",
        "2023-02-29T12:00", "2023-10-08T25:00", "@-1", "@1.5", "@٣", "@", "now", "",
    ],
)  # fmt: skip
def test_no_other_spelling_of_a_moment_is_guessed(said):
    """A day without hyphens would be its first midnight: what was entered on it would not be known."""
    assert dates.parse_moment(said) is None


@pytest.mark.parametrize(
    "said", ["2023-10-08T12", "2023-10-08 12:00", "2023-10-08T12:00:00", "2023-10-08T04:00Z", "2023-10-08T12:00+08:00"]
)
def test_a_time_may_have_an_offset_and_is_of_shanghai_without(said):
    assert dates.parse_moment(said) == datetime(2023, 10, 8, 4, tzinfo=UTC)


def test_the_civil_day_is_that_of_shanghai():
    assert dates.civil_day(datetime(2023, 9, 30, 15, 59, tzinfo=UTC)) == date(2023, 9, 30)
    assert dates.civil_day(datetime(2023, 9, 30, 16, 0, tzinfo=UTC)) == date(2023, 10, 1)


def test_the_end_of_a_day_is_its_last_instant_in_shanghai():
    assert dates.end_of(date(2023, 10, 8)) == datetime(2023, 10, 8, 15, 59, 59, 999999, tzinfo=UTC)


def test_month_ends_are_cut_at_the_last_day():
    assert dates.month_ends(date(2023, 11, 5), date(2024, 2, 10)) == (
        date(2023, 11, 30), date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 10),
    )  # fmt: skip


# --- numbers, ids, texts --------------------------------------------------------------------------


def test_brackets_blanks_and_width_of_a_number_do_not_matter():
    written = [
        "[2021]农质检核（晋）字第0038号",
        "〔2021〕农质检核(晋)字第0038号",
        " ［２０２１］农质检核（晋）字 第0038号",
    ]

    assert len({numbers.canonical_number(number) for number in written}) == 1


@pytest.mark.parametrize(
    ("scheme", "number", "odd"),
    [
        (Scheme.CMA, "181004090030", False),
        (Scheme.CMA, "(2004)量认(国)字(H2402)号", True),
        (Scheme.CATL, "[2020]农质检核（苏）字第0021号", False),
        (Scheme.CATL, "2020-21", True),
    ],
)
def test_an_odd_number_is_known_as_one(scheme, number, odd):
    assert numbers.looks_odd(scheme, number) is odd


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000802100433B"])
def test_credit_codes_with_a_right_check_digit(code):
    assert numbers.credit_code_problem(code) is None


@pytest.mark.parametrize(
    "code", ["91350100M000100Y44", "91350100M000100Y4", "9135O100M000100Y43", "91350100m000100y43"]
)
def test_credit_codes_that_are_wrong(code):
    assert numbers.credit_code_problem(code)


@pytest.mark.parametrize(
    "bad", ["a\x00b", "a\r\nBcc: x", "\u202ereversed", "\ud800", "", " \u3000", "\u200b", "x" * 201]
)
def test_texts_that_no_document_can_carry(bad):
    assert text.text_problem(bad, text.NAME_LIMIT)


@pytest.mark.parametrize(
    "odd", ["=cmd|'/c calc'!A0", "<script>alert(1)</script>", "../../etc/passwd", "CON", "{{7*7}}", "＝1+1", "𬭛县"]
)
def test_markup_and_formulas_are_text(odd):
    assert text.text_problem(odd, text.NAME_LIMIT) is None


def test_a_letter_that_only_looks_latin_is_named():
    assert text.foreign_letter("СМА-1") == "С"
    assert text.foreign_letter("[2021]农质检核（晋）字第0038号 CMA Ａ") is None


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("lab", "lab-140525-1", ["lab-140525-0", "lab-14052-1", "lab-140525-1x", "LAB-140525-1", "lab-１40525-1"]),
        ("county", "county-140525", ["county-14052", "county-140525-1"]),
        ("campaign", "campaign-shanxi-2023", ["campaign-", "campaign-Shanxi", "campaign-a--b"]),
        ("person", "person-17", ["张三", "a@b.cn", "Person-1", ""]),
    ],
)
def test_ids_have_one_form(kind, good, bad):
    assert ids.is_id(kind, good)
    assert not any(ids.is_id(kind, each) for each in bad)
