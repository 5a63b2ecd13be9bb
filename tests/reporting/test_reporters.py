"""What a request gives a reporter: words and names in the language that was asked for."""

from __future__ import annotations

import pytest

from dualcert.testing.books import small_books


@pytest.fixture
def books():
    return small_books()


def findings(books, kind, language="zh"):
    request, views = books.asked(None, language=language)
    return [request.said(each, views) for each in views.due().rows if each.kind == kind]


@pytest.mark.parametrize(
    ("language", "code", "word"),
    [
        ("zh", "plan-missing", "无方案"),
        ("en", "plan-missing", "plan missing"),
        ("zh", "valid", "有效"),
        ("en", "valid", "valid"),
    ],
)
def test_codes_are_words(books, language, code, word):
    request, _ = books.asked(None, language=language)

    assert request.word(code) == word


def test_a_person_is_called_by_name_and_one_whom_nobody_knows_by_id(books):
    request, _ = books.asked(None)

    assert (request.name("person-1"), request.name("person-99")) == ("张三", "person-99")


@pytest.mark.parametrize(("language", "supporter"), [("zh", "李四"), ("en", "李四")])
def test_a_finding_names_people(books, language, supporter):
    assert any(supporter in told for told in findings(books, "unvisited", language))
    assert not any("person-" in told for told in findings(books, "unvisited", language))


def test_a_lab_is_called_as_on_the_day_that_is_asked_about(books):
    _, views = books.asked(None)

    assert views.lab_name("lab-140521-1") == "沁水县站"
    assert views.lab_name("lab-140521-9") == "lab-140521-9"
