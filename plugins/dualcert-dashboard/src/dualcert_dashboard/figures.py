"""The sections that follow both sliders: the province's share, the cities ranked, the tile map with its counties."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dualcert_dashboard.markup import Html, el, named, shipped, unseen
from dualcert_dashboard.pictures import bar, trend
from dualcert_dashboard.surface import Share, Surface
from dualcert_dashboard.tables import Header, folded, row, section, table
from dualcert_dashboard.words import Asked


def figure(unit: str, of: str, value: object) -> Html:
    """Return a figure that the script changes with the sliders: *of* labs, cma, catl, dual, percent, missing or met."""
    return el("span", "—" if value is None else value, data_unit=unit, data_of=of)


def percent(figures: Any) -> str | None:
    """Return a share as people read it."""
    return None if figures.percent is None else f"{figures.percent}%"


def met(asked: Asked, figures: Any) -> str:
    """Return in words whether the target is met."""
    return asked.words("js no data" if figures.met is None else "js met" if figures.met else "js not met")


def share_of(figures: Any) -> float | None:
    """Return a share for a picture."""
    return 100 * figures.dual / figures.labs if figures.labs else None


def headline(asked: Asked, surface: Surface, ratios: Any) -> Html:
    """Return the province's share against the target, how many labs are missing to it, and how it moved."""
    words, total, target = asked.words, ratios.total, ratios.target_percent
    said = el("p", el("strong", figure("all", "percent", percent(total)), class_="big"),
              el("span", figure("all", "met", met(asked, total)), class_="verdict"))  # fmt: skip
    facts = el(
        "dl",
        *(
            el("div", el("dt", words(word)), el("dd", figure("all", of, value)))
            for word, of, value in (
                ("target", "target", f"{target}%"), ("js missing", "missing", total.missing), ("labs", "labs", total.labs),
                ("js CMA", "cma", total.cma), ("js CATL", "catl", total.catl), ("js dual", "dual", total.dual),
            )
        ),
        class_="facts",
    )  # fmt: skip
    left = el("div", said, bar(share_of(total), target, data_bar="all"), facts, _short(asked, ratios))
    return section("share", words("share"), el("div", left, _moved(asked, surface), class_="two"))


def _short(asked: Asked, ratios: Any) -> Html:
    """Return which cities are short of the target; the script says it anew."""
    if not ratios.total.labs:
        return el("p", id="short")
    short = [city.name for city in ratios.rows if city.met is False]
    told = asked.words("js short", cities=asked.words("js list").join(short)) if short else asked.words("js none short")
    return el("p", told, id="short")


def _moved(asked: Asked, surface: Surface) -> Html:
    """Return how the share moved, as a picture and as a table of the months' ends."""
    words, days, now, then = asked.words, surface.days(), surface.now(), surface.then()
    picture = trend(now, then, days, (asked.books.as_of - surface.first).days)
    legend = [el("span", el("span", class_=f"key {kind}"), words(word))
              for kind, word in (("now", "js as known now"), ("then", "as known then"), ("aim", "target"))]  # fmt: skip
    headers: list[Header] = [
        words("month end"),
        (words("js as known now"), "n"),
        (words("as known then"), "n"),
        (words("target"), "n"),
    ]
    rows = []
    for end in asked.books.month_ends(surface.first, surface.last):
        place = (end - surface.first).days
        share = now[place]
        aim = f"{share.target}%" if share else "—"
        cells = [end, el("span", _shown(share), data_now=place), _shown(then[place]), aim]
        rows.append(row(headers, cells))
    behind = folded(words("as a table"), table(words("how it moved"), headers, rows))
    return el("figure", picture, el("figcaption", legend, class_="legend"), behind)


def _shown(share: Share | None) -> str:
    """Return a share with one decimal, half up, as `ratio` prints it."""
    if share is None or not share.labs:
        return "—"
    tenths = (2000 * share.dual + share.labs) // (2 * share.labs)
    return f"{tenths // 10}.{tenths % 10}%"


def cities(asked: Asked, ratios: Any, findings: Sequence[Any]) -> Html:
    """Return the cities, those with the highest share first."""
    words = asked.words
    headers: list[Header] = [(words("rank"), "n"), (words("city"), "city"), words("dual share"), (words("labs"), "n wide-only"), ("CMA", "n wide-only"),
               ("CATL", "n wide-only"), (words("js dual"), "n wide-only"), words("met"), (words("findings"), "n wide-only"),
               (words("urgent"), "n")]  # fmt: skip
    open_, urgent = Counter[str](), Counter[str]()
    for each in findings:
        city = asked.books.city_of(each.division)
        open_[city] += 1
        urgent[city] += each.severity.value == "high"
    ranked = sorted(ratios.rows, key=lambda each: (-each.dual / each.labs if each.labs else 1, each.division))
    rows = []
    for city in ranked:
        unit = f"city-{city.division}"
        rank = 1 + sum(
            1 for other in ranked if other.labs and city.labs and other.dual * city.labs > city.dual * other.labs
        )
        share = el("span", bar(share_of(city), ratios.target_percent, data_bar=unit), figure(unit, "percent", percent(city)),
                   class_="share")  # fmt: skip
        cells = [el("span", rank if city.labs else "—", data_rank=unit), named(city.name), share,
                 *(figure(unit, of, getattr(city, of)) for of in ("labs", "cma", "catl", "dual")),
                 figure(unit, "met", met(asked, city)), open_[city.division], urgent[city.division]]  # fmt: skip
        rows.append(row(headers, cells, naming=1, data_city=unit))
    note = el("span", words("findings stand", day=words.day(asked.books.as_of)))
    return section("cities", words("cities"), table(words("cities"), headers, rows, id_="ranked"), note=note)


def tile_map(asked: Asked, ratios: Any, of_places: Any) -> Html:
    """Return the cities as tiles, each of which opens its counties."""
    places = _places(asked, [city.division for city in ratios.rows])
    by_code = {city.division: city for city in ratios.rows}
    tiles = [_tile(asked, by_code[code], column, line) for code, (column, line) in places.items()]
    counties: dict[str, list[Any]] = {}
    for each in of_places:
        counties.setdefault(asked.books.city_of(each.division), []).append(each)
    panels = [_counties(asked, city, counties.get(city.division, []), ratios.target_percent) for city in ratios.rows]
    legend = el("p", asked.words("tile legend"), class_="note")
    note = asked.words("tiles say")
    left = el("div", el("div", tiles, class_="tiles"), legend)
    both = el("div", left, el("div", panels, class_="panels"), class_="two")
    return section("map", asked.words("map"), both, note=note)


def _places(asked: Asked, codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return column and line of each city: as configured or shipped, the others below in order of code."""
    lines = asked.request.config.tiles or tomllib.loads(shipped("tiles.toml")).get(asked.books.policy().province, ())
    found: dict[str, tuple[int, int]] = {}
    for down, line in enumerate(lines, start=1):
        for across, code in enumerate(line.split(), start=1):
            if code in codes:
                found[code] = (across, down)
    wide = max((across for across, _ in found.values()), default=4)
    for nth, code in enumerate(each for each in codes if each not in found):
        found[code] = (1 + nth % wide, len(lines) + 1 + nth // wide)
    return dict(sorted(found.items(), key=lambda each: (each[1][1], each[1][0])))


def _tile(asked: Asked, city: Any, column: int, line: int) -> Html:
    unit, code = f"city-{city.division}", city.division
    state = "none" if city.met is None else "met" if city.met else "short"
    inside = [
        el("span", named(city.name), class_="name"),
        el("span", figure(unit, "percent", percent(city)), class_="value"),
        el("span", figure(unit, "dual", city.dual), "/", figure(unit, "labs", city.labs), class_="of"),
        unseen([" ", figure(unit, "met", met(asked, city))]),
    ]
    return el("button", inside, type="button", class_=f"tile {state} c{min(column, 12)} r{min(line, 12)}", data_tile=unit,
              aria_controls=f"counties-{code}", aria_expanded="false")  # fmt: skip


def _counties(asked: Asked, city: Any, places: Sequence[Any], target: int) -> Html:
    words = asked.words
    headers: list[Header] = [(words("county"), "city"), words("dual share"), (words("labs"), "n"), ("CMA", "n wide-only"), ("CATL", "n wide-only"),
               (words("js dual"), "n")]  # fmt: skip
    rows = []
    for place in places:
        unit = f"place-{place.division}"
        name = words("own labs") if place.division == city.division else named(place.name)
        share = el(
            "span", bar(share_of(place), target, data_bar=unit), figure(unit, "percent", percent(place)), class_="share"
        )
        rows.append(
            row(
                headers,
                [name, share, *(figure(unit, of, getattr(place, of)) for of in ("labs", "cma", "catl", "dual"))],
            )
        )
    title = words("counties of", city=city.name)
    return el("div", el("h3", title), table(title, headers, rows), class_="panel", id=f"counties-{city.division}")
