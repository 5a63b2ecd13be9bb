"""Tables are those that the library would write, cell by cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tabulate import tabulate
from wcwidth import wcswidth

from dualcert.cli.tables import CONTROL, simple_table, width

words = st.text(st.sampled_from("a7 -=%市县区站〔〕，。（）　éœ́αЖ한か…—·𠀀\u200b\u200d️❤👍"), max_size=9)
sizes = st.integers(1, 5)


@st.composite
def tables(draw):
    columns = draw(sizes)
    row = st.lists(words, min_size=columns, max_size=columns)
    return draw(row), draw(st.lists(row, min_size=1, max_size=5)), draw(st.sets(st.integers(0, columns - 1)))


@given(table=tables())
def test_a_table_is_the_one_of_the_library(table):
    titles, rows, numbers = table
    align = ["right" if nth in numbers else "left" for nth in range(len(titles))]

    assert simple_table(titles, rows, numbers) == tabulate(
        rows, titles, tablefmt="simple", disable_numparse=True, colalign=align
    )


def test_the_width_of_every_character_is_that_of_the_terminal():
    plain = [chr(code) for code in range(32, 0x20000) if not CONTROL.match(chr(code)) and not 0xD800 <= code < 0xE000]
    assert [char for char in plain if width(f"字{char}") != wcswidth(f"字{char}")] == []


def test_tables_with_control_characters_are_left_to_the_library():
    for cell in ("one\ntwo", "\x1b[31mred", "\r", "\x00"):
        assert simple_table(["title"], [[cell]], ()) is None
    assert simple_table(["title"], [], ()) is None
