"""Refusals hold values; sentences and JSON are made of them."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime

import pytest

from dualcert import errors
from dualcert.languages import Phrase, translator
from dualcert.values.terms import Programme, Scheme, Standing

DAY = date(2023, 9, 30)
HELD = errors.CertificateAlreadyHeld(
    lab="lab-140525-1", scheme=Scheme.CMA, number="1", on=DAY, valid_until=date(2029, 5, 5)
)
STANDING = errors.WrongStanding(
    county="county-140525", programme=Programme.NATIONAL, on=DAY, standing="none", expected=Standing.NAMED
)


def test_values_become_text_in_sentences_and_in_json():
    assert str(HELD) == "lab-140525-1 holds CMA certificate 1 on 2023-09-30, valid until 2029-05-05"
    assert HELD.facts() == {
        "lab": "lab-140525-1",
        "scheme": "CMA",
        "number": "1",
        "on": "2023-09-30",
        "valid_until": "2029-05-05",
    }


def test_an_instant_is_written_as_in_json():
    behind = errors.ClockBehindLog(now=datetime(2023, 1, 1, tzinfo=UTC), newest=datetime(2024, 1, 1, tzinfo=UTC))

    assert behind.facts() == {"now": "2023-01-01T00:00:00+00:00", "newest": "2024-01-01T00:00:00+00:00"}
    assert "2023-01-01T00:00:00+00:00" in str(behind)


def test_words_of_ours_are_translated():
    said = STANDING.render(translator("zh"))

    assert translator("zh")("national") in said
    assert translator("zh")("named") in said
    assert STANDING.facts()["standing"] == "none"


def test_a_list_in_a_phrase_is_joined_as_the_language_joins():
    phrase = Phrase("one of {words}", words=("CMA", "CATL"))

    assert phrase == "one of CMA, CATL"
    assert phrase.render(translator("zh")) == "CMA、CATL 之一"
    assert pickle.loads(pickle.dumps(phrase)).render(translator("zh")) == "CMA、CATL 之一"


@pytest.mark.parametrize("refusal", [HELD, STANDING], ids=["held", "standing"])
def test_a_refusal_crosses_processes_with_its_values(refusal):
    again = pickle.loads(pickle.dumps(refusal))

    assert type(again) is type(refusal)
    assert again.facts() == refusal.facts()
    assert again.on == DAY
