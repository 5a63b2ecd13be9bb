"""What people get wrong at the shell: each slip is told, none is passed over in silence."""

from __future__ import annotations

import pytest

from dualcert import Registry
from dualcert.cli.program import USAGE


@pytest.mark.parametrize("arguments", [(), ("people",), ("gate",), ("record",)])
def test_a_group_without_a_command_shows_its_help_in_lines(shell, arguments):
    ran = shell(*arguments)

    assert (ran.status, ran.out) == (USAGE, "")
    assert ran.err.startswith("Usage: dualcert")
    assert len(ran.err.splitlines()) > 5


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "--policy", "shanxi-2023"),
        ("ratio", "--from", "2023-05-01"),
        ("ratio", "--to", "2023-05-01"),
        ("ratio", "--series", "month", "--from", "2023-12-01", "--to", "2023-01-01"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(shanxi, arguments):
    ran = shanxi(*arguments)

    assert (ran.status, ran.error_code) == (USAGE, "bad-usage")


def test_a_city_is_no_county(shanxi):
    ran = shanxi("status", "county-140500")

    assert (ran.status, ran.error_code) == (3, "wrong-level")


def test_a_time_of_a_table_is_one_that_known_at_reads(shanxi):
    """In Asia/Shanghai, as times without an offset are."""
    (fact,) = shanxi("history", "lab-140522-1", "--format", "json").json["rows"]
    shown = shanxi("history", "lab-140522-1").out.splitlines()[2].split()[3]

    known = shanxi("status", "lab-140522-1", "--known-at", f"{shown}.999999", "--format", "json").json
    assert known["position"] >= fact["position"]
    assert shanxi("status", "lab-140522-1", "--known-at", f"{shown[:-8]}00:00:00").status != 0, "not known yet"


def test_no_password_is_printed(shell, postgres_url):
    store = postgres_url.replace("postgres:@", "postgres:s3cret@")
    assert "s3cret" in store

    for arguments in (("init",), ("init",), ("due",), ("people", "show"), ("copy", store, store)):
        ran = shell("--store", store, *arguments)
        assert "s3cret" not in ran.out + ran.err, arguments


@pytest.mark.parametrize(
    ("text", "place", "en", "zh"),
    [
        ("on = 2023-09-30", "gate[0]", "there is no key foo", "没有 foo 这一项"),
        ("", "gate[0]", "on is missing", "缺少 on"),
    ],
)
def test_what_is_wrong_with_a_policy_is_told_with_its_place_in_both_languages(shell, tmp_path, text, place, en, zh):
    more = "foo = 1" if text else ""
    (tmp_path / "policy.toml").write_text(
        'name = "x"\ntitle = "x"\nprovince = "140000"\nfrom = 2023-01-01\nto = 2023-12-31\n'
        '[target]\npercent = 85\nbasis = ["county"]\n'
        f'[[gate]]\nname = "g"\n{text}\n{more}\napplies = [{{}}]\n'
    )

    assert f"policy, {place}: {en}" in shell("init", "--policy", "policy.toml").err
    assert f"{place}：{zh}" in shell("--lang", "zh", "init", "--policy", "policy.toml").err


def test_a_policy_in_another_encoding_is_said_to_be_so(shell, tmp_path):
    (tmp_path / "policy.toml").write_bytes('title = "双认证"'.encode("gb18030"))

    assert "not in UTF-8" in shell("init", "--policy", "policy.toml").err


def test_chinese_has_no_english_words_where_officials_read(shanxi):
    enrol = ("--county", "county-140522", "--programme", "provincial", "--batch", 3, "--standing", "named")
    assert shanxi("record", "enrol-county", *enrol, "--on", "2020-01-01").status == 0

    told = shanxi("--lang", "zh", "history", "county-140522").out
    assert "项目=省级" in told
    assert "批次=3" in told
    assert "称号=命名" in told


@pytest.mark.parametrize(
    ("question", "how"),
    [("ratio", {"by": "foo"}), ("score", {"of": "foo"}), ("status", {"kind": "foo"}), ("due", {"known_at": "3"})],
)
def test_from_python_a_word_that_is_none_of_those_asked_for_is_refused(question, how):
    from dualcert.errors import BadValue

    with Registry.open(":memory:", policy="shanxi-2023") as books, pytest.raises(BadValue):
        getattr(books, question)(**how)
