"""Which cells of a sheet are marked: comments for the first ones, colour for the first areas."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dualcert.roster.marking import marks
from dualcert.roster.marking.marks import Mark, marked_cells


def mark(row, column):
    return Mark(row=row, place=None if column is None else (row, column), said="", message=f"{row}", listed=[])


found = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, 0, 1, 2])), max_size=40).map(
    lambda places: [mark(*each) for each in sorted(places, key=lambda place: place[0])]
)


@given(found)
def test_every_cell_with_a_mark_is_in_one_area_and_has_all_its_messages(found):
    comments, areas = marked_cells(found)

    coloured = [(row, column) for column, first, last in areas for row in range(first, last + 1)]
    assert len(coloured) == len(set(coloured))
    assert set(coloured) == {each.place for each in found if each.place} == set(comments)
    assert sum(map(len, comments.values())) == sum(each.place is not None for each in found)
    below = {(column, last + 1) for column, _, last in areas}
    assert not any((column, first) in below for column, first, _ in areas), "an area is as long as it can be"


def test_beyond_the_first_cells_nothing_is_added(monkeypatch):
    """A spreadsheet program opens no file with very many comments, however many messages a cell has."""
    monkeypatch.setattr(marks, "COMMENTED", 2)
    monkeypatch.setattr(marks, "COLOURED", 2)
    found = [mark(0, 0), mark(0, 1), mark(1, 0), mark(3, 0), mark(3, 0), mark(3, 1)]

    assert marked_cells(found) == ({(0, 0): ["0"], (0, 1): ["0"]}, [(0, 0, 1), (1, 0, 0)])
