"""The map keeps the contract of reporters, and has the figures at their points."""

import json

import pytest
from dualcert_geojson import Config, GeoJson

from dualcert.testing.reporters import ReporterContract

JINCHENG = (112.85, 35.49)


class TestContract(ReporterContract):
    reporter = GeoJson()
    languages = False


def features(books, config=Config(), **how):
    (document,) = GeoJson().render(*books.asked(config, **how))
    made = json.loads(document.content)
    assert made["type"] == "FeatureCollection"
    return {each["id"]: each for each in made["features"]}


def test_a_city_stands_at_its_point_with_its_figures(small_books):
    city = features(small_books, Config(points={"140500": JINCHENG}))["140500"]

    assert city["geometry"] == {"type": "Point", "coordinates": list(JINCHENG)}
    assert {key: city["properties"][key] for key in ("name", "labs", "dual", "percent")} == {
        "name": "晋城市", "labs": 5, "dual": 3, "percent": "60.0",
    }  # fmt: skip


def test_what_has_no_point_keeps_its_figures(small_books):
    assert features(small_books)["140500"]["geometry"] is None


def test_a_subject_narrows_it_down(small_books):
    counties = Config(by="county")

    assert set(features(small_books, counties, subject="140500")) >= {"140521", "140522", "140524", "140525"}
    assert set(features(small_books, counties, subject="140521")) == {"140521"}
    assert features(small_books, subject="350200") == {}


def test_latitude_and_longitude_are_not_taken_for_each_other():
    with pytest.raises(ValueError, match="longitude comes first"):
        Config(points={"140500": (35.49, 112.85)})
