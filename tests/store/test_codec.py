"""Stored names and bytes: a closed list, read by one look-up; old versions upcast, newer ones refused."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest

from dualcert.domain.certificate import CertificateGranted
from dualcert.domain.cycle import BulletinIssued
from dualcert.domain.entry import Entry
from dualcert.domain.names import NAMES, Name, stored_name
from dualcert.errors import StoreDamaged, UnknownFactName, WrittenByNewer
from dualcert.store.codec import Codec, codec
from dualcert.values.terms import Scheme

GOLDEN = Path(__file__).parent.parent / "golden"

ENTRY = Entry(
    on=date(2023, 5, 6),
    by="person-17",
    source="晋市监许〔2023〕12号",
    command_id=None,
    recorded_at=datetime(2023, 5, 8, 1, 2, 3, 456, tzinfo=UTC),
    fact=CertificateGranted(Scheme.CMA, "230404090012", date(2023, 5, 6), date(2029, 5, 5)),
    stream="lab-140525-1",
    version=2,
)


def test_the_list_of_stored_names_is_golden():
    """A released name is never changed or used again: add to the list, never edit it."""
    current = {name: {"version": n.version, "fields": sorted(attrs.fields_dict(n.fact))} for name, n in NAMES.items()}

    assert current == json.loads((GOLDEN / "names.json").read_text(encoding="utf-8"))


def test_stored_bytes_are_golden():
    topic, state = codec().encode(ENTRY)

    assert topic == "lab.certificate-granted"
    assert state == (GOLDEN / "lab.certificate-granted.json").read_bytes()


def test_an_entry_reads_back_as_it_was_written():
    topic, state = codec().encode(ENTRY)

    assert codec().decode("lab-140525-1", 2, topic, state) == ENTRY


def test_a_fact_knows_its_stored_name():
    assert stored_name(ENTRY.fact) == "lab.certificate-granted"


@pytest.mark.parametrize(
    "topic", ["lab.certified", "os:system", "dualcert.domain.lab:LabRegistered", "json.tool:main", ""]
)
def test_a_name_that_is_on_no_list_is_refused_and_imports_nothing(topic):
    before = set(sys.modules)

    with pytest.raises(UnknownFactName) as refused:
        codec().decode("lab-140525-1", 3, topic, b"{}")

    assert (refused.value.fact, refused.value.name) == ("lab-140525-1@3", topic)
    assert set(sys.modules) == before


def test_a_fact_of_a_newer_version_is_refused_by_name():
    with pytest.raises(WrittenByNewer) as refused:
        codec().decode("lab-140525-1", 3, "lab.certificate-granted.v2", b"{}")

    assert refused.value.name == "lab.certificate-granted.v2"


@pytest.mark.parametrize("state", [b"", b"{", b"{}", b"null", b"\xff", b'{"on":"2023-02-30"}'])
def test_bytes_that_are_no_fact_are_damage(state):
    with pytest.raises(StoreDamaged) as refused:
        codec().decode("lab-140525-1", 3, "lab.certificate-granted", state)

    assert "lab-140525-1@3" in str(refused.value)


@attrs.frozen
class Moved:
    """A fact in its third version: `to` was `place`, and `place` was `where`."""

    to: str
    since: int


CODEC = Codec.of(
    {
        "thing.moved": Name(
            Moved,
            upcasters=(
                lambda data: {"place": data["where"]},
                lambda data: {"to": data["place"], "since": 0},
            ),
        )
    }
)


@pytest.mark.parametrize(
    ("topic", "data", "fact"),
    [
        ("thing.moved", {"where": "晋城"}, Moved("晋城", 0)),
        ("thing.moved.v2", {"place": "晋城"}, Moved("晋城", 0)),
        ("thing.moved.v3", {"to": "晋城", "since": 7}, Moved("晋城", 7)),
    ],
)
def test_every_old_version_is_upcast_from_its_own_bytes(topic, data, fact):
    envelope = {"on": "2023-05-06", "by": "x", "source": "", "command_id": None, "recorded_at": "2023-05-08T00:00:00Z"}
    state = json.dumps({**envelope, "data": data}).encode()

    assert CODEC.decode("thing-1", 1, topic, state).fact == fact


BULLETIN = (
    b'{"on":"2023-05-05","by":"person-17","source":"","command_id":null,"recorded_at":"2023-05-08T01:02:03.000456Z",'
    b'"data":{"issuer":"x","month":"2023-04"}}'
)
"""A bulletin as it was stored before bulletins told what went out."""


def test_a_fact_that_leaves_out_what_is_new_is_stored_in_the_bytes_of_before():
    entry = codec().decode("campaign-a", 2, "campaign.bulletin-issued", BULLETIN)

    assert entry.fact == BulletinIssued("2023-04", "x")
    assert codec().encode(entry) == ("campaign.bulletin-issued", BULLETIN)


@pytest.mark.parametrize("told", [{"number": "1号"}, {"recipients": ("各市",)}, {"sha256": "0" * 64}])
def test_a_fact_that_says_what_is_new_is_stored_as_the_newest_version(told):
    entry = codec().decode("campaign-a", 2, "campaign.bulletin-issued", BULLETIN)
    entry.fact = BulletinIssued("2023-04", "x", **told)
    topic, state = codec().encode(entry)

    assert topic == "campaign.bulletin-issued.v2"
    assert codec().decode("campaign-a", 2, topic, state) == entry


def test_what_an_older_version_lacks_is_optional_and_last():
    for stored, name in NAMES.items():
        fields = attrs.fields(name.fact)
        assert name.added == tuple(each.name for each in fields[len(fields) - len(name.added) :]), stored
        assert all(each.default is None for each in fields if each.name in name.added), stored


def test_a_new_fact_is_written_under_its_newest_version():
    assert CODEC.topics[Moved] == "thing.moved.v3"
    with pytest.raises(WrittenByNewer):
        CODEC.decode("thing-1", 1, "thing.moved.v4", b"{}")
