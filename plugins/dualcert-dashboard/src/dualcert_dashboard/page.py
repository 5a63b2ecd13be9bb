"""The dashboard: one page that carries all it shows, and a small script for its two sliders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from dualcert.reporting import Books, Request
from dualcert_dashboard.figures import cities, headline, tile_map
from dualcert_dashboard.labs import labs
from dualcert_dashboard.markup import Html, as_data, el, page, shipped
from dualcert_dashboard.surface import Surface
from dualcert_dashboard.tables import section
from dualcert_dashboard.words import Asked
from dualcert_dashboard.work import cycle, difficulties, gates, owed, pairings


@frozen
class Live:
    """What the page has besides where it is served: the token of its requests, and the reporters with their summaries."""

    token: str
    position: int
    reporters: Sequence[tuple[str, str]]


def dashboard(request: Request, books: Books, live: Live | None = None) -> bytes:
    """Return the page; *live* where it is served."""
    asked, surface = Asked.of(request, books), Surface.of(books)
    shown = _sections(asked, surface)
    data = {**surface.data(), "words": asked.words.of_script("js ")}
    script, above = shipped("page.js"), None
    if live:
        from dualcert_dashboard.live import sections

        shown = [sections.rosters(asked.words), *shown, sections.reports(asked.words, live.reporters)]
        data["words"] |= asked.words.of_script("live ")
        data["live"] = {"token": live.token, "position": live.position}
        script, above = script + shipped("live/live.js"), sections.news(asked.words)
    title = asked.words("title", province=asked.who(books.policy().province))
    top = el("header", el("h1", title), el("p", asked.rests(), class_="note"), above)
    skip = el("a", asked.words("skip"), href="#share", class_="skip")
    foot = el("footer", el("p", books.basis(request.language), class_="note"))
    body = [
        skip,
        top,
        _contents(asked, shown),
        _sliders(asked, surface),
        el("main", shown),
        foot,
        as_data(data, "data"),
    ]
    return page(request.language, title, body, script=script, connected=live is not None)


def _sections(asked: Asked, surface: Surface) -> list[Html]:
    """Return the sections in the order in which a reader asks."""
    books = asked.books
    ratios, findings = books.ratio("city"), books.due().rows
    (campaign,) = books.status(ratios.campaign).rows
    sections = [
        headline(asked, surface, ratios), cities(asked, ratios, findings), tile_map(asked, ratios, books.ratio("county").rows),
        owed(asked, findings), gates(asked), pairings(asked), cycle(asked, campaign), labs(asked, surface),
        difficulties(asked, campaign), _changes(asked, surface),
    ]  # fmt: skip
    return [each for each in sections if each is not None]


CONTENTS = {
    "import": "import", "share": "share", "cities": "cities", "map": "map", "owed": "owed", "gates": "gates", "pairings": "pairings",
    "cycle": "cycle", "labs": "all labs", "difficulties": "difficulties", "changes": "changes", "reports": "reports",
}  # fmt: skip
"""Id of a section -> the word for it."""


def _contents(asked: Asked, shown: Sequence[Html]) -> Html:
    """Return links to the sections that the page has."""
    there = (id_ for each in shown for id_ in CONTENTS if each.startswith(f'<section id="{id_}"'))
    links = [el("li", el("a", asked.words(CONTENTS[id_]), href=f"#{id_}")) for id_ in there]
    return el("nav", el("ul", links), aria_label=asked.words("contents"))


def _sliders(asked: Asked, surface: Surface) -> Html:
    """Return the two sliders; they are hidden where no script runs, and the page stands as of its day."""
    words, data = asked.words, surface.data()
    known_days = data["known"]
    both = [_slider(asked, "as-of", words("as of"), data["days"], data["asOf"], surface.books.as_of),
            _slider(asked, "known-at", words("known at"), known_days, known_days, surface.known_last)]  # fmt: skip
    back = el("button", words("back"), type="button", id="back", disabled=True)
    said = el("p", id="said", role="status", aria_live="polite", class_="unseen")
    return el("section", both, back, said, id="sliders", aria_label=words("sliders"), hidden=True)


def _slider(asked: Asked, id_: str, label: str, most: int, value: int, day: Any) -> Html:
    told = el("output", asked.words.day(day), id=f"{id_}-day", for_=id_)
    return el("div", el("label", label, for_=id_), told,
              el("input", type="range", id=id_, min=0, max=most, value=value, aria_valuetext=asked.words.day(day)),
              class_="slider")  # fmt: skip


def _changes(asked: Asked, surface: Surface) -> Html:
    """Return what the script fills in: what changed since the day that the reader picks."""
    words = asked.words
    since = max(surface.first, asked.books.month_ends(surface.first, asked.books.as_of)[0])
    pick = el("p", el("label", words("since when"), for_="since"), " ",
              el("input", type="date", id="since", value=since, min=surface.first, max=surface.last))  # fmt: skip
    return section("changes", words("changes"), el("div", pick, el("div", id="changed"), id="changes-live", hidden=True),
                   el("p", words("needs script"), class_="note", id="changes-still"))  # fmt: skip
