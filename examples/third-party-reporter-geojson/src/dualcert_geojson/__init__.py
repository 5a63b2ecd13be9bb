"""The cities' or counties' figures as GeoJSON, a point each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from attrs import Attribute, field, frozen

from dualcert.reporting import Books, Document, Reporter, Request, hookimpl

Point = tuple[float, float]
"""Longitude and latitude in degrees (WGS 84), as RFC 7946 has them."""

FIGURES = ("name", "labs", "cma", "catl", "dual", "percent", "met")
"""What each division has, in the words of the books."""


def _on_earth(_config: object, _field: Attribute[Any], points: Mapping[str, Point]) -> None:
    for code, (longitude, latitude) in points.items():
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise ValueError(f"{code}: longitude comes first, from -180 to 180, then latitude, from -90 to 90")


@frozen
class Config:
    """How the map is set up, in [reporter.geojson]."""

    by: Literal["city", "county"] = "city"
    """What has a point."""
    points: Mapping[str, Point] = field(factory=dict, validator=_on_earth)
    """The point of each code; where there is none, the figures are without a place."""


class GeoJson:
    """Makes one .geojson file."""

    name = "geojson"
    summary = "the figures as points on a map (GeoJSON)"
    Config = Config
    triggers = ()

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return the collection; a subject narrows it down to the divisions in it."""
        config, subject = request.config, request.subject
        within = {subject, *(each.code for each in books.divisions(subject, config.by))} if subject else None
        features = [
            _feature(
                row.division, {each: getattr(row, each) for each in FIGURES}, config.points.get(row.division or "")
            )
            for row in books.ratio(config.by).rows
            if within is None or row.division in within
        ]
        collection = {"type": "FeatureCollection", "features": features, "position": books.position}
        content = json.dumps(collection, ensure_ascii=False, indent=1).encode()
        yield Document(f"{config.by}-{books.as_of}.geojson", "application/geo+json", content)


def _feature(code: str | None, figures: Mapping[str, object], point: Point | None) -> dict[str, object]:
    """Return the figures of one division; names are text of JSON, which escapes them."""
    geometry = {"type": "Point", "coordinates": list(point)} if point else None
    return {"type": "Feature", "id": code, "geometry": geometry, "properties": figures}


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the map to dualcert."""
    return [GeoJson()]
