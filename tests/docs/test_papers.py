"""One lint over the approved texts of all papers: the notices, the workbooks, the digests of the Shanxi year."""

from __future__ import annotations

from pathlib import Path

import pytest

from dualcert.testing.papers import ODD, odd

PLUGINS = Path(__file__).parents[2] / "plugins"
GOLDEN = sorted(PLUGINS.glob("*/tests/golden/*.txt"))
KINDS = ("bulletin", "notice", "reminder", "dispatch-table", "ledger", "digest")


def test_every_kind_of_paper_has_an_approved_text():
    names = [path.stem for path in GOLDEN]

    for kind in KINDS:
        assert any(name.startswith(kind) for name in names), kind


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_no_approved_text_has_what_no_official_paper_has(path):
    assert list(odd(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("由person-prov-07负责。", "an id or a position"),
        ("依据county-140423@2。", "an id or a position"),
        ("（日志位置 1689）", "an id or a position"),
        ("应于2023-10-31前报送。", "an ISO date or instant"),
        ("未取得(含创建)。", "a half-width bracket or quote"),
        ('未取得"双认证"。', "a half-width bracket or quote"),
        ("取得「双认证」。", "a quote of another land"),
        ("第0036号 于2024年到期。", "a blank between Chinese"),
        ("6 | 太原市 | 0 | 0", "an empty city"),
        ("涉及：。", "an empty city"),
        ("期限None。", "a place of the program"),
    ],
)
def test_the_lint_finds_it(text, found):
    assert [what for what, _ in odd(text)] == [found]
    assert found in ODD
