"""Pages for dualcert that people look at: the dashboard 看板, and the page of a county's dispute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from dualcert.reporting import Books, Document, NoConfig, Reporter, Request, hookimpl

HTML = "text/html"


@frozen
class DashboardConfig:
    """How the dashboard is set up."""

    tiles: tuple[str, ...] = ()
    """The rows of the tile map, north first: codes of cities or `-` with blanks between; left out, those that ship."""
    soon_days: int = 30
    """How many days ahead duties are listed."""


class Dashboard:
    """The dashboard: one page of the province for the officer, the leader and the labs."""

    name = "dashboard"
    summary = "看板: the province on one page with two date sliders (.html, works from a mail attachment)"
    Config = DashboardConfig
    triggers = ()  # it makes documents, no messages

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return one page."""
        from dualcert_dashboard.page import dashboard
        from dualcert_dashboard.words import Words

        name = Words(request.language)("dashboard file")
        yield Document(f"{name}-{books.as_of}.html", HTML, dashboard(request, books))


class Dispute:
    """The page of a county's dispute: what was true, what was known when; `subject` may be a county, or a city."""

    name = "dispute"
    summary = "争议: for each county with a decision of a gate, what was true and what was known when (.html)"
    Config = NoConfig
    triggers = ()  # it makes documents, no messages

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return a page for each county that a gate decided about, or for the county that is asked about."""
        from dualcert_dashboard.dispute import disputes

        for name, page in disputes(request, books):
            yield Document(f"{name}.html", HTML, page)


@hookimpl
def dualcert_commands() -> Iterable[Any]:
    """Give the command that serves the dashboard on this machine."""
    from dualcert_dashboard.live.serve import group

    return [group]


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give both reporters."""
    return [Dashboard(), Dispute()]
