"""A password is in no message, however the URL is spelt."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from dualcert.errors import BadStoreUrl, DualcertError
from dualcert.store.log import open_log
from dualcert.store.url import parse_url, without_url_secrets

SPELLINGS = [
    "postgresql://u:{}@127.0.0.1:1/db",
    "postgres://u:{}@127.0.0.1:1/db",
    "POSTGRESQL://u:{}@127.0.0.1:1/db",
    "postgresql://u:{}@/db?host=/nowhere",
    "postgresql://127.0.0.1:1/db?user=u&password={}",
    "postgresql:/u:{}@h/db",
    "postgresql//u:{}@h/db",
    "postgresql:u:{}@h/db",
    " postgresql://u:{}@h/db",
    "postgresql://u:{}",
    "mysql://u:{}@h/db",
    "sqlite://u:{}@h",
    "sqlite://u:{}@h/b.db?mode=ro",
    "host=127.0.0.1 port=1 user=u password={}",
    "host=127.0.0.1 password='{}'",
]
PASSWORDS = [
    "geheim",
    "geh#eim",
    "geh/eim",
    "geh?eim",
    "geh@eim",
    "geh:eim",
    "geh%zzeim",
    "geh%23eim",
    "geh eim",
    "ge&him",
]


SPELT = [
    (spelling, password)
    for spelling in SPELLINGS
    for password in PASSWORDS
    if "@" not in password or "@" in spelling or "password" in spelling  # else what follows it is a host
]


@pytest.mark.parametrize(("spelling", "password"), SPELT)
def test_no_message_has_a_password(spelling, password, monkeypatch, tmp_path):
    """Those that are stores are opened, too, so that what libraries say of them is looked at."""
    monkeypatch.chdir(tmp_path)
    url = spelling.format(password)

    with pytest.raises(DualcertError) as refused:
        open_log(url)

    said = f"{refused.value} {refused.value.facts()}"
    for piece in ("geh", "eim"):
        assert piece not in said, said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://clerk:geheim@db:5432/books", "postgresql://clerk@db:5432/books"),
        ("postgresql://clerk@db/books?sslmode=require", "postgresql://clerk@db/books"),
        ("postgresql:///books?host=/run/pg", "postgresql:///books?host=/run/pg"),
        ("postgresql://[::1]:5432/books", "postgresql://[::1]:5432/books"),
        ("postgresql://a:1,b:2/books", "postgresql://a:1,b:2/books"),
        ("books@2023:old.db", "books@2023:old.db"),
    ],
)
def test_a_place_is_shown_as_it_is_but_for_secrets(url, shown):
    assert parse_url(url).shown == shown


def test_what_looks_like_a_server_is_no_file():
    with pytest.raises(BadStoreUrl, match="write postgresql://"):
        parse_url("postgresql:/clerk@db/books")


@pytest.mark.parametrize("password", PASSWORDS)
def test_what_the_driver_says_of_a_url_has_nothing_of_its_password(password):
    url = f"postgresql://u:{password}@h/db"
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        said = without_url_secrets(str(error), url)
        assert "geh" not in said, said
        assert "eim" not in said, said


def test_the_scheme_of_a_url_may_be_in_capitals():
    assert parse_url("POSTGRESQL://h/x").dsn == "postgresql://h/x"
