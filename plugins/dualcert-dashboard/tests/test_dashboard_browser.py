"""The pages in a real browser: their figures, their controls, and what everybody has of them."""

from __future__ import annotations

import re
import subprocess
from datetime import date, timedelta
from itertools import cycle
from random import Random

import pytest
from attrs import evolve
from browsing import Opened, chromium, examined
from dualcert_dashboard import Dashboard, DashboardConfig, Dispute

from dualcert.testing.books import small_books
from dualcert.testing.hostile import PAYLOADS

FIRST, LAST = date(2023, 4, 13), date(2023, 12, 31)
KNOWN_FIRST, KNOWN_LAST = date(2023, 4, 14), date(2024, 1, 10)


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def files(year, tmp_path_factory):
    """The year's pages as files, by name: zh, en, dispute."""
    folder = tmp_path_factory.mktemp("pages")
    for language in ("zh", "en"):
        (made,) = year.made(Dashboard(), language=language).values()
        (folder / f"{language}.html").write_bytes(made)
    (folder / "dispute.html").write_bytes(year.made(Dispute())["争议-河津市.html"])
    return {each.stem: each for each in folder.iterdir()}


@pytest.fixture(scope="module")
def shared(browser, files):
    """One open page for tests that only look at it, or put it back as it was."""
    with Opened(browser, files["zh"]) as opened:
        yield opened


@pytest.fixture
def page(shared):
    yield shared.page
    shared.page.evaluate("document.getElementById('back').click()")


SET = """([asOf, known]) => {
  for (const [id, value] of [["as-of", asOf], ["known-at", known]]) {
    const slider = document.getElementById(id);
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
  }
}"""
READ = """() => Object.fromEntries([...document.querySelectorAll("[data-of]")]
  .map((cell) => [`${cell.dataset.unit} ${cell.dataset.of}`, cell.textContent]))"""


def test_it_loads_without_a_network_and_without_complaints(browser, files):
    for file in files.values():
        with Opened(browser, file) as opened:
            assert opened.requests == [file.as_uri()]
            assert opened.complaints == []


def figures(books):
    """Return what `ratio` answers by city, as the page shows it."""
    ratios = books.ratio("city")
    told = {}
    for unit, row in [("all", ratios.total), *((f"city-{row.division}", row) for row in ratios.rows)]:
        told |= {f"{unit} {what}": str(getattr(row, what)) for what in ("labs", "cma", "catl", "dual")}
        told[f"{unit} percent"] = f"{row.percent}%" if row.percent else "—"
        told[f"{unit} met"] = {None: "无数据", True: "达标", False: "未达标"}[row.met]
    return {**told, "all missing": str(ratios.total.missing), "all target": f"{ratios.target_percent}%"}


def test_the_sliders_show_what_ratio_answers_for_any_pair_of_days(page, year):
    random = Random(17)
    pairs = [(random.randrange((LAST - FIRST).days + 1), random.randrange((KNOWN_LAST - KNOWN_FIRST).days + 1))
             for _ in range(100)]  # fmt: skip
    shown = page.evaluate(f"pairs => pairs.map((pair) => {{ ({SET})(pair); return ({READ})(); }})", pairs)

    for (day, known), told in zip(pairs, shown, strict=True):
        books = year.registry.books(FIRST + timedelta(days=day), KNOWN_FIRST + timedelta(days=known))
        expected = figures(books)
        assert {key: told[key] for key in expected} == expected, (books.as_of, books.known_at)


def test_the_sliders_move_the_counties_too(page, year):
    page.evaluate(SET, [60, 40])
    told = page.evaluate(READ)

    for row in year.registry.books(FIRST + timedelta(days=60), KNOWN_FIRST + timedelta(days=40)).ratio("county").rows:
        assert told[f"place-{row.division} dual"] == str(row.dual)
        assert told[f"place-{row.division} labs"] == str(row.labs)


def test_cities_are_ranked_anew_and_the_picture_is_drawn_anew(page, year):
    before = page.evaluate("document.getElementById('trend-now').getAttribute('d')")
    page.evaluate(SET, [100, 0])
    ratios = year.registry.books(FIRST + timedelta(days=100), KNOWN_FIRST).ratio("city").rows
    ranked = sorted(ratios, key=lambda row: (-row.dual / row.labs, row.division))

    assert page.eval_on_selector_all("#ranked tbody tr th", "cells => cells.map(cell => cell.textContent)") == [
        row.name for row in ranked
    ]
    assert page.evaluate("document.getElementById('trend-now').getAttribute('d')") != before
    assert page.is_visible("#owed .fixed")
    assert page.evaluate("document.body.classList.contains('moved')")


def test_what_the_script_draws_is_what_the_page_came_with(browser, files):
    drawn = """() => [document.getElementById("trend-now").getAttribute("d"),
      [...document.querySelectorAll("#bars rect")].map((bar) => ["x", "width"].map((side) => +bar.getAttribute(side))),
      [...document.querySelectorAll("[data-now], [data-rank], [data-of]")].map((cell) => cell.textContent)]"""
    with Opened(browser, files["zh"]) as opened:
        came = opened.page.evaluate(drawn)
        opened.page.evaluate("document.querySelectorAll('#bars details').forEach(part => { part.open = true; })")
        opened.page.evaluate(SET, [10, 10])
        opened.page.evaluate("document.getElementById('back').click()")
        again = opened.page.evaluate(drawn)

    assert again[2] == came[2]
    for bar, before in zip(again[1], came[1], strict=True):
        assert bar == pytest.approx(before, abs=0.11)
    numbers = [list(map(float, re.findall(r"[\d.]+", path))) for path in (came[0], again[0])]
    assert numbers[1] == pytest.approx(numbers[0], abs=0.06)


def test_the_reader_picks_since_when_changes_are_listed(page, year):
    page.fill("#since", "2023-06-30")
    told = page.inner_text("#changed").splitlines()
    before, after = year.registry.books(date(2023, 6, 30), date(2023, 6, 30)).ratio().total, year.books().ratio().total

    first, last = (f"{each.dual}/{each.labs} ({each.percent}%)" for each in (before, after))
    assert f"全省\t{first}\t{last}\t+{after.dual - before.dual}" in told
    assert "河津市农产品质量安全检验检测站\tCATL（机构考核）\t2023年9月27日" in told


@pytest.fixture(scope="module")
def little(tmp_path_factory):
    """Pages of small books as files: all sections, few rows."""
    folder = tmp_path_factory.mktemp("little")
    for reporter, language in ((Dashboard(), "zh"), (Dashboard(), "en"), (Dispute(), "zh")):
        (made,) = reporter.render(*small_books().asked(reporter.Config(), language=language))
        (folder / f"{reporter.name}-{language}.html").write_bytes(made.content)
    return folder


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("dashboard-zh", 1280, "light"), ("dashboard-en", 390, "dark"), ("dispute-zh", 390, "light")],
)
def test_axe_finds_nothing(browser, little, name, width, scheme):
    settings = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with Opened(browser, little / f"{name}.html", **settings) as opened:
        found, passed = examined(opened.page)

    assert found == []
    assert {"color-contrast", "document-title", "html-has-lang"} <= passed


@pytest.mark.parametrize("name", ["zh", "en", "dispute"])
def test_nothing_is_wider_than_a_phone(browser, files, name):
    with Opened(browser, files[name], viewport={"width": 390, "height": 800}) as opened:
        assert opened.page.evaluate("document.documentElement.scrollWidth") == 390


def focused(page):
    return page.evaluate("""() => { const it = document.activeElement;
      return it.id || it.getAttribute("href") || it.dataset.tile || it.getAttribute("aria-label") || it.textContent.slice(0, 12); }""")


def test_every_control_is_reached_and_worked_by_keyboard(browser, files):
    with Opened(browser, files["zh"]) as opened:
        page, met = opened.page, []
        for _ in range(200):
            page.keyboard.press("Tab")
            met.append(focused(page))
            if met[-1] == "#share" and len(met) > 20:
                break  # once around
            match None if met[-1] in met[:-1] else met[-1]:
                case "as-of":
                    page.keyboard.press("ArrowLeft")
                    assert page.inner_text("#as-of-day") == "2023年12月30日"
                case "known-at":
                    page.keyboard.press("Home")
                    assert page.inner_text("#known-at-day") == "2023年4月14日"
                case "back":
                    page.keyboard.press("Enter")
                    assert page.inner_text("#as-of-day") == "2023年12月31日"
                case "city-140500":
                    page.keyboard.press("Enter")
                    assert page.is_visible("#counties-140500")
                    assert not page.is_visible("#counties-140600")

    assert {"#share", "as-of", "known-at", "back", "city-140500", "各市排名", "since"} <= set(met)
    assert sum(each.startswith("city-") for each in met) == 11


def test_a_screen_reader_hears_what_the_sliders_changed(page):
    page.evaluate(SET, [170, 272])
    told = page.inner_text("#said")

    assert told.startswith("截至2023年9月30日，按2024年1月10日前录入的记录：122家机构中")
    assert page.get_attribute("#as-of", "aria-valuetext") == "2023年9月30日"


def test_without_a_script_all_is_there_but_the_sliders(browser, files):
    with Opened(browser, files["zh"], java_script_enabled=False) as opened:
        assert opened.page.inner_text("#share .big") == "86.1%"
        assert not opened.page.is_visible("#sliders")
        assert opened.page.is_visible("#counties-140500")
        assert opened.page.is_visible("#changes-still")


def test_printed_it_is_whole_pages_with_everything_on_them(browser, files, year, tmp_path):
    with Opened(browser, files["zh"]) as opened:
        opened.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    told, info = (subprocess.run(command, capture_output=True, text=True, check=True).stdout for command in (
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], ["pdfinfo", tmp_path / "page.pdf"]))  # fmt: skip
    names = "".join(told.split())

    assert "A4" in info
    for lab in year.books().status(kind="lab").rows:
        assert lab.name[:6] in names
    for city in year.books().divisions("140000", "city"):
        assert f"{city.name}所辖县（市、区）" in names
    assert "截至哪一天" not in told
    pages = told.split("\f")[:-1]
    assert all(each.strip() for each in pages)
    assert f"Pages:           {len(pages)}" in info


SKELETON = """() => [...document.querySelectorAll("*")].map((each) => each.tagName).sort().join(" ")"""
LONG = "<script>alert(1)</script>" + "x" * 1_000_000


@pytest.mark.parametrize("reporter", [Dashboard(), Dispute()], ids=lambda each: each.name)
def test_hostile_names_change_nothing(browser, tmp_path, reporter):
    payloads = cycle((*PAYLOADS, "\u202eabc", "</script><script>alert(1)</script>", "\u2028'\"`"))

    def some(name):
        text = next(payloads)
        return text if text.isprintable() else name

    skeletons = []
    for nth, named in enumerate((str, some)):
        request, books = small_books(named).asked(reporter.Config())
        if nth:
            request = evolve(request, names=dict.fromkeys(request.names, LONG))
        (made,) = reporter.render(request, books)
        (tmp_path / f"{nth}.html").write_bytes(made.content)
        with Opened(browser, tmp_path / f"{nth}.html", viewport={"width": 390, "height": 800}) as opened:
            assert opened.complaints == []
            assert opened.requests == [(tmp_path / f"{nth}.html").as_uri()]
            skeletons.append(opened.page.evaluate(SKELETON))
            assert opened.page.evaluate("document.documentElement.scrollWidth") == 390

    assert skeletons[1] == skeletons[0]


def test_the_tiles_can_be_set_up(browser, small_books, tmp_path):
    request, books = small_books.asked(DashboardConfig(tiles=("140500 -", "- 140100")))
    (made,) = Dashboard().render(request, books)
    (tmp_path / "page.html").write_bytes(made.content)
    with Opened(browser, tmp_path / "page.html") as opened:
        places = [opened.page.locator(f"[data-tile=city-{code}]").bounding_box() for code in ("140500", "140100")]

    assert places[0]["x"] < places[1]["x"]
    assert places[0]["y"] < places[1]["y"]
