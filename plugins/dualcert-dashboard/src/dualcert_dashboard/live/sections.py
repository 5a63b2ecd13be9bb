"""The sections that only the live page has."""

from __future__ import annotations

from collections.abc import Sequence

from dualcert_dashboard.markup import Html, el, named
from dualcert_dashboard.tables import section
from dualcert_dashboard.words import Words

KINDS = ".xlsx,.xls,.ods,.csv"


def news(words: Words) -> Html:
    """Return the line that says that facts were recorded meanwhile."""
    return el("p", words("news"), " ", el("button", words("load again"), type="button", id="reload"), id="news", role="status",
              hidden=True)  # fmt: skip


def rosters(words: Words) -> Html:
    """Return the place where a roster is dropped, and what comes of it."""
    pick = el("p", el("label", words("drop here"), for_="roster"), " ", el("input", type="file", id="roster", accept=KINDS),
              class_="drop")  # fmt: skip
    said = el("p", id="roster-said", role="status", class_="unseen")
    return section("import", words("import"), pick, said, el("div", id="roster-told"), note=words("nothing yet"))


def reports(words: Words, reporters: Sequence[tuple[str, str]]) -> Html:
    """Return the reporters, each of which makes its documents on a click."""
    makers = [
        el("li", el("button", named(name), type="button", data_report=name), " ", named(summary))
        for name, summary in reporters
    ]
    return section("reports", words("reports"), el("ul", makers, class_="makers"), el("ul", id="made", role="status"))
