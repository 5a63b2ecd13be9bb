"""The directory of people: outside the log, erasable for good, on every store."""

from __future__ import annotations

import stat
from datetime import date

import psycopg
import pytest

from dualcert import Registry
from dualcert.errors import BadText, BadValue, PersonErased, UnknownPerson
from dualcert.people import Directory, Person

ZHANG = Person("person-17", "张三丰-canary", "0351-1234567", "zhang@example.cn")


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return str(tmp_path / "b.db") if request.param == "sqlite" else ":memory:"


def test_chinese_names_are_looked_up_without_their_blanks(url):
    with Directory.open(url) as directory:
        for person, name in (
            ("person-1", "张　三"),
            ("person-2", "张 三"),
            ("person-3", "张三"),
            ("person-4", "Ann Lee"),
        ):
            directory.add(Person(person, name))

        assert directory.called("张三") == directory.called("张　三") == ["person-1", "person-2", "person-3"]
        assert (directory.called("Ann Lee"), directory.called("AnnLee")) == (["person-4"], [])


def test_a_person_is_added_changed_found_and_erased(url):
    with Directory.open(url) as directory:
        directory.add(Person("person-17", "张三"))
        directory.add(ZHANG)
        directory.add(Person("person-2"))

        assert directory.find("person-17") == ZHANG
        assert [p.person for p in directory.all()] == ["person-17", "person-2"]
        directory.erase("person-17", date(2024, 1, 2))
        directory.erase("person-17", date(2024, 1, 3))
        assert directory.find("person-17") == Person("person-17", erased_on=date(2024, 1, 2))
        with pytest.raises(PersonErased):
            directory.add(ZHANG)
        with pytest.raises(UnknownPerson):
            directory.erase("person-9", date(2024, 1, 2))


def test_it_lies_beside_the_store_and_is_kept(url):
    if url == ":memory:":
        assert not Directory.exists(url)
        return
    Registry.open(url, policy="shanxi-2023").close()
    assert not Directory.exists(url)
    with Directory.open(url) as directory:
        directory.add(ZHANG)

    assert Directory.exists(url)
    with Directory.open(url) as directory:
        assert directory.find("person-17") == ZHANG
    with Registry.open(url) as registry:
        assert registry.catch_up() == 2, "the log knows nothing of it"


def test_what_is_erased_is_in_no_byte_of_the_file(tmp_path):
    path = str(tmp_path / "b.db")
    with Directory.open(path) as directory:
        directory.add(ZHANG)
        directory.erase("person-17", date(2024, 1, 2))

    beside = tmp_path / "b.db.people"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    for file in tmp_path.iterdir():
        assert b"canary" not in file.read_bytes()


def test_what_is_erased_is_in_no_row_version_of_the_table(postgres_url):
    with Directory.open(postgres_url) as directory:
        directory.add(ZHANG)
        directory.erase("person-17", date(2024, 1, 2))

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        file = "SELECT pg_read_binary_file(pg_relation_filepath('dualcert_people'))"
        raw = bytes(connection.execute(file).fetchone()[0])
    assert b"person-17" in raw
    assert b"canary" not in raw


@pytest.mark.parametrize("email", ["zhang", "z@", "z@x\n", "a@b@c", "Zhang <z@x.cn>"])
def test_an_address_that_is_none_is_refused(email):
    with Directory.open(":memory:") as directory, pytest.raises((BadValue, BadText)):
        directory.add(Person("person-1", email=email))
