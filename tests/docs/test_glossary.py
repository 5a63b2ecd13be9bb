"""The glossary is true: each word lives where it says, and is in Chinese what the messages say."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "dualcert"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| word |")
]
SEPARATORS = re.compile("[,，、]")
TRANSLATED = gettext.translation("dualcert", SOURCE / "locale", ["zh_CN"])


def test_a_word_has_one_line():
    words = [row[0] for row in ROWS]

    assert len(words) == len(set(words)) > 70


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_word_lives_where_the_glossary_says(row):
    path, name = re.fullmatch(r"`([a-z_/]+\.py)` (\w+)", row[-1]).groups()
    text = (SOURCE / path).read_text(encoding="utf-8")

    assert re.search(rf"^ *(class|def|async def) {name}\b|^ *{name}\b *[:=]|^    {name}\b", text, re.MULTILINE), row[-1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_word_is_in_chinese_what_the_messages_say(row):
    english = [word.strip() for word in SEPARATORS.split(row[0])]
    chinese = [word.strip() for word in SEPARATORS.split(row[1])]
    for nth, word in enumerate(english):
        message = TRANSLATED.gettext(word)
        if message != word:
            assert message in (chinese if len(english) == 1 else chinese[nth : nth + 1])
