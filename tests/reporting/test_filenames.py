from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualcert.reporting.filenames import LONGEST, RESERVED, distinct_names, safe
from dualcert.testing.hostile import PAYLOADS


def holds(name: str) -> None:
    """Assert that *name* is one part of a path on any system, and no device."""
    assert name
    assert name not in {".", ".."}
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert len(name.encode()) <= LONGEST
    assert not name.startswith((".", " ", "-"))
    assert not name.endswith((".", " "))
    assert name.partition(".")[0].lower() not in RESERVED
    assert name.isprintable()


@given(st.text() | st.sampled_from(PAYLOADS))
def test_whatever_a_document_is_called_its_file_is_safe(name):
    holds(safe(name))
    assert safe(safe(name)) == safe(name)


@given(st.lists(st.sampled_from([*PAYLOADS, "a.txt", "A.TXT", "a-2.txt", "a-2-2.txt", "", "..."])))
def test_names_differ_also_where_capitals_do_not_count(names):
    made = distinct_names(names)

    assert len({name.casefold() for name in made}) == len(names)
    for name in made:
        assert PurePosixPath(name).name == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("晋城市通报-2023-09.docx", "晋城市通报-2023-09.docx"),
        ("../../etc/passwd", "etc_passwd"),
        ("..\\..\\win.ini", "win.ini"),
        ("C:\\x", "C__x"),
        ("nul.txt", "_nul.txt"),
        ("COM1", "_COM1"),
        ("", "document"),
        ("...", "document"),
        (".bashrc", "document.bashrc"),
        ("-rf", "rf"),
        ("a\x00b\r\nc", "a_b__c"),
        ("报\u202egnp.exe", "报_gnp.exe"),
        ("a.txt ", "a.txt"),
    ],
)
def test_names_as_they_come(name, expected):
    assert safe(name) == expected


def test_a_long_name_keeps_its_ending(tmp_path: Path):
    name = safe("站" * 300 + ".docx")

    assert name.endswith(".docx")
    (tmp_path / name).write_bytes(b"")
