"""What others wrote in JSON or TOML: whatever is wrong with it is an error with a code, wherever it is read."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dualcert import Registry
from dualcert.backup import back_up, check_backup, restore
from dualcert.cli.program import run
from dualcert.data import check_proof
from dualcert.doctor import examine, mend
from dualcert.documents import json_of, toml_of, typed_json_of
from dualcert.errors import BadConfiguration, BadRoster, BadStoreUrl, DualcertError
from dualcert.files import write_whole
from dualcert.integrity.proofs import path_of
from dualcert.policy import load_policy
from dualcert.reporting.configuration import load_configuration
from dualcert.reporting.quarantine import Quarantine
from dualcert.roster import import_roster
from dualcert.roster.columns import load_mapping
from dualcert.store.keyfile import read_keys
from dualcert.store.url import Store, parse_url

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
NONSENSE = {
    "nested TOML": b"a = " + b"[" * 50_000,
    "nested JSON": b'{"a":' * 50_000,
    "nested within": b'{"format": 1, "place": ' + b"[" * 50_000,
    "6,000 digits in TOML": b"a = " + b"9" * 6_000,
    "6,000 digits in JSON": b'{"format": ' + b"9" * 6_000 + b"}",
    "no UTF-8": b"\xff\xfe",
    "no UTF-8 in a text": b'{"format": 1, "place": "\xff", "position": 1, "recorded_at": "", "store_id": "\xff"}',
    "UTF-16": "a = 1".encode("utf-16"),
    "a list": b"[1]",
    "NUL": b"\0",
}
READ_APART = {
    "documents.py": "here it is",
    "check_proof.py": "one file, which needs nothing of ours",
    "processes.py": "what our own process answers",
    "story.py": "what ships with the program",
    "wording.py": "what ships with the program",
    "words.py": "what ships with the plugin",
    "figures.py": "what ships with the plugin",
    "app.py": "answers 400 for what is no JSON",
    "dying.py": "what the tests write",
    "artifacts.py": "what the outbox froze, of which the SHA-256 is checked",
    "pages.py": "what our own process answers; a line may be cut off",
    "marker.py": "what our own process answers",
    "marks.py": "what our own process is told",
    "worker.py": "what our own process is told",
    "codec.py": "stored facts, whose errors the log knows",
    "people.py": "what was decrypted",
}
"""Modules that read JSON or TOML by themselves, and why."""


def place_of(path, content):
    path.write_bytes(content)
    return path


def _backup(path):
    path.with_name("manifest.json").write_bytes(path.read_bytes())
    check_backup(path.parent)


def _state(ending):
    def read(path):
        path.with_name(f"{'0' * 32}.{ending}").write_bytes(path.read_bytes())
        Quarantine(path.parent).check(Store(parse_url(path.with_name("books.db")), "0" * 32), lambda: None)

    return read


READERS = {
    "policy": load_policy,
    "configuration": load_configuration,
    "columns": load_mapping,
    "keys": lambda path: read_keys(path, "0" * 32),
    "backup": _backup,
    "mark of sending": _state("json"),
    "places that are held": _state("held"),
}


@pytest.mark.parametrize("what", NONSENSE)
@pytest.mark.parametrize("reader", READERS)
def test_nonsense_is_refused_with_a_code(tmp_path, reader, what):
    with pytest.raises(DualcertError):
        READERS[reader](place_of(tmp_path / "given", NONSENSE[what]))


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_is_no_proof(tmp_path, monkeypatch, capsys, what):
    content = NONSENSE[what]
    with pytest.raises(ValueError, match="no proof"):
        path_of(content.decode("latin-1"))
    monkeypatch.setattr(sys, "argv", ["check", str(place_of(tmp_path / "proof", content)), "--code", "1"])

    assert check_proof.main() == 1
    assert capsys.readouterr().out.startswith("NOT PROVED: ")


@pytest.mark.parametrize("what", NONSENSE)
def test_whatever_is_wrong_with_a_document_is_one_error(what):
    with pytest.raises(ValueError, match=r"\S"):
        json_of(NONSENSE[what], dict)
    if what != "a list":  # in TOML it begins a table
        with pytest.raises(ValueError, match=r"\S"):
            toml_of(NONSENSE[what])


def test_a_byte_order_mark_is_no_part_of_a_document():
    assert json_of(b'\xef\xbb\xbf{"a": 1}', dict) == toml_of(b"\xef\xbb\xbfa = 1") == {"a": 1}


@pytest.mark.parametrize(
    "typed", ['{"a": 1, "a": 2}', '{"b": [{"a": 1, "a": 1}]}', r'{"a": 1, "\u0061": 2}', '{"a": {"c": ":"}, "a": 1}']
)
def test_a_key_is_typed_once(typed):
    assert typed_json_of(b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}', dict)
    with pytest.raises(ValueError, match="the key 'a' is given twice"):
        typed_json_of(typed.encode(), dict)


@pytest.mark.parametrize(
    ("command", "given", "told"),
    [
        ("apply", '{"do": "close-lab", "lab": "lab-140525-1", "lab": "lab-140525-2"}', "'lab' is given twice"),
        (
            "record",
            '[{"problem": "a", "problem": "b", "measure": "m", "responsible": "person-1", "due": "2023-06-01"}]',
            "bad-value",
        ),
    ],
)
def test_what_is_typed_at_the_shell_has_each_key_once(tmp_path, capsys, command, given, told):
    store, path = str(tmp_path / "books.db"), tmp_path / "given"
    Registry.create(store, policy="shanxi-2023").close()
    path.write_text(given, encoding="utf-8")
    plan = ["issue-plan", "--county", "county-140525", "--issuer", "county-government", "--on", "2023-05-01"]

    run(["--store", store, command, *([str(path)] if command == "apply" else [*plan, "--items", given])])

    assert told in capsys.readouterr().err


def test_nonsense_at_the_shell(tmp_path, capsys):
    store = str(tmp_path / "books.db")
    Registry.create(store, policy="shanxi-2023").close()
    for what, content in NONSENSE.items():
        given = str(place_of(tmp_path / "given", content))
        assert run(["--store", store, "apply", given]) == 3, what
        assert run(["--store", store, "record", "open-campaign", "--policy", given]) == 2, what
        if what != "a list":
            assert run(["--store", store, "report", "list", "--config", given]) == 2, what
    assert "internal-error" not in capsys.readouterr().err


def test_what_one_of_two_readers_can_just_read_and_the_other_cannot_is_refused():
    """Of some depths near the limit of recursion, `json` has no room and `msgspec` has."""
    for depth in range(sys.getrecursionlimit() - 100, sys.getrecursionlimit() + 100):
        with suppress(ValueError):
            typed_json_of(b"[" * depth + b"]" * depth, list[Any])


def test_documents_are_read_in_one_place():
    reads = re.compile(r"tomllib\.loads?\(|\bjson\.(loads?|decode)\(|json\.Decoder\(")
    modules = [
        each for folder in ("src", "plugins") for each in (ROOT / folder).rglob("*.py") if "tests" not in each.parts
    ]
    found = {each.name for each in modules if reads.search(each.read_text(encoding="utf-8"))}

    assert found == set(READ_APART)


def test_no_path_is_asked_for_what_may_raise_a_fault():
    """`Path.resolve` of a loop of links raises RuntimeError (Python 3.12), `Path.home` that of a user without a home, and
    `Path.exists` and its like that of a name of 256 bytes (Python 3.11): `dualcert.files` has others."""
    sources = {each: each.read_text(encoding="utf-8") for each in (ROOT / "src").rglob("*.py")}
    raising = re.compile(
        r"\.resolve\(\)|Path\.home\(|\.is_(file|dir)\(\)|(path|place|left|part|new|each|of)\.exists\(\)"
    )

    assert {each.name for each, text in sources.items() if raising.search(text)} == {
        "processes.py"
    }  # of its own folder


@pytest.mark.parametrize("name", ["x" * 300, "中" * 90, "x" * 245, "no/x", "file/x", "\0", "\ud800"])
def test_a_path_that_no_file_can_have_is_refused_with_a_code(tmp_path, name):
    """Whatever is asked with it, of Python, in which no shell has looked at it before."""
    Registry.create(tmp_path / "b.db", policy="shanxi-2023").close()
    back_up(tmp_path / "b.db", tmp_path / "backup", NOW)
    (tmp_path / "file").touch()
    path, quarantine = tmp_path / name, Quarantine(tmp_path / "state")
    asked = {
        "restore": lambda: restore(tmp_path / "backup", path, quarantine),
        "restore from": lambda: restore(path, tmp_path / "r.db", quarantine),
        "keys": lambda: restore(tmp_path / "backup", tmp_path / "r.db", quarantine, keys=path),
        "examine": lambda: list(examine(path, quarantine=quarantine, now=NOW)),
        "mend": lambda: mend(path),
        "back up": lambda: back_up(path, tmp_path / "again", NOW),
        "state": lambda: Quarantine(path).hold(Store(parse_url(tmp_path / "b.db"), "0" * 32), "x"),
    }
    done = []
    for what, ask in asked.items():
        with suppress(DualcertError):
            ask()
            done.append(what)
    assert set(done) <= {"examine", "mend", "state", "restore"}  # whose file may be made, or is a finding


@pytest.mark.parametrize(
    "environment",
    [{"DUALCERT_STATE": "state"}, {"DUALCERT_STATE": "~/state"}, {"XDG_STATE_HOME": "x"}, {"HOME": "x"}],
    ids=str,
)
def test_a_folder_for_state_that_is_another_one_in_each_folder_is_refused(monkeypatch, environment):
    """In another folder the machine would not know what it sent, or where its keys are."""
    for name in ("DUALCERT_STATE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(BadConfiguration, match="DUALCERT_STATE has to name a folder"):
        Quarantine.default()


@pytest.mark.parametrize("name", ["\0", "a\0b", "\ud800"], ids=ascii)
def test_what_names_no_file_is_refused_with_a_code(tmp_path, name):
    books = Registry.create(":memory:", policy="shanxi-2023")
    Registry.create(tmp_path / "books.db", policy="shanxi-2023").close()
    writes = (lambda: write_whole(Path(name), b"x"), lambda: back_up(tmp_path / "books.db", Path(name), NOW))
    reads = (lambda: load_policy(name), lambda: load_mapping(Path(name)), lambda: import_roster(books, name))
    for ask in (*writes, *reads, lambda: Registry.open(name), lambda: Registry.create(name, policy="shanxi-2023")):
        with pytest.raises(DualcertError):
            ask()


@pytest.mark.parametrize(
    "url", ["/", ".", "sqlite:///", "postgresql://db..example/books", "postgresql://\ud800/books"], ids=ascii
)
def test_what_is_no_place_of_a_store_is_refused(url):
    with pytest.raises(BadStoreUrl):
        Registry.open(url)


def test_a_loop_of_links_is_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "loop.xlsx").symlink_to("loop.xlsx")

    with pytest.raises(BadRoster):
        import_roster(Registry.create(":memory:", policy="shanxi-2023"), tmp_path / "loop.xlsx")


def test_streams_are_opened_where_they_are_closed_and_need_nothing_otherwise():
    """Whoever has all three needs no `/dev/null`."""
    without = "import os; os.devnull = '/nowhere'; from dualcert.cli.streams import prepare; prepare(); print('ok')"
    closed = "import os; os.close(0); from dualcert.cli.streams import prepare; prepare(); os.fstat(0); print('ok')"

    for code in (without, closed):
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert ran.stdout.strip() == "ok"
