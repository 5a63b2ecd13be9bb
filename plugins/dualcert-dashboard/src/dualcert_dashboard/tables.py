"""Tables and the frames of sections, alike on every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dualcert_dashboard.markup import Html, el

Header = str | tuple[str, str]
"""What a column is called, and perhaps its class.

`n` is for numbers, `day` and `city` for what is kept in one line, `text` for sentences, `labelled` for what
needs its header beside it on a phone, `wide-only` for what a phone leaves out.
"""


def table(
    caption: str, headers: Sequence[Header], rows: Iterable[object], *, id_: str | None = None, cards: bool = False
) -> Html:
    """Return a table in a frame that can be scrolled sideways, by keyboard too; *rows* are those of `row`.

    With *cards*, a phone shows each row as a block, with the headers of numbers in it; the roles say that it is a table
    all the same.
    """
    named = [each if isinstance(each, tuple) else (each, None) for each in headers]
    role = (lambda name: name) if cards else (lambda _: None)
    head = [el("th", name, scope="col", class_=kind, role=role("columnheader")) for name, kind in named]
    inside = [el("caption", caption, class_="unseen"), el("thead", el("tr", head, role=role("row")), role=role("rowgroup")),
              el("tbody", rows, role=role("rowgroup"))]  # fmt: skip
    whole = el("table", inside, id=id_, class_="cards" if cards else None, role=role("table"))
    return el("div", whole, class_="frame", role="group", tabindex="0", aria_label=caption)


def row(
    headers: Sequence[Header], cells: Sequence[object], *, naming: int = 0, cards: bool = False, **attributes: object
) -> Html:
    """Return a row, whose cell at *naming* names it; *cards* as of its table."""
    made = []
    for place, (header, cell) in enumerate(zip(headers, cells, strict=True)):
        name, kind = header if isinstance(header, tuple) else (header, None)
        told = name if cards and kind in {"n", "labelled"} else None
        if place == naming:
            made.append(el("th", cell, class_=kind, scope="row", role="rowheader" if cards else None))
        else:
            made.append(el("td", cell, class_=kind, role="cell" if cards else None, data_told=told))
    return el("tr", made, role="row" if cards else None, **attributes)


def section(id_: str, title: str, *inside: object, note: object = None) -> Html:
    """Return a section with its heading; *note* says for what day it is."""
    heading = el("h2", title, id=f"{id_}-title")
    said = el("p", note, class_="note") if note else None
    return el("section", heading, said, inside, id=id_, aria_labelledby=f"{id_}-title")


def folded(title: object, *inside: object, open_: bool = False, id_: str | None = None) -> Html:
    """Return what opens under its title."""
    return el("details", el("summary", title), inside, open=open_, id=id_)
