"""The pages as they are written: their figures, their policy, their size."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import msgspec
import pytest
from dualcert_dashboard import Dashboard, DashboardConfig, Dispute
from dualcert_dashboard.markup import as_data, el, named
from dualcert_dashboard.words import catalogue

from dualcert import EnrolCounty, OpenCampaign
from dualcert.policy import load_policy, policy_of


@pytest.fixture(scope="module")
def page(year):
    (made,) = year.made(Dashboard()).values()
    return made.decode()


def test_the_figures_are_those_of_ratio(year, page):
    ratios = year.books().ratio("city")
    for unit, row in [("all", ratios.total), *((f"city-{row.division}", row) for row in ratios.rows)]:
        for what in ("labs", "cma", "catl", "dual"):
            assert set(re.findall(f'data-unit="{unit}" data-of="{what}">([^<]*)<', page)) == {str(getattr(row, what))}
        assert set(re.findall(f'data-unit="{unit}" data-of="percent">([^<]*)<', page)) == {f"{row.percent}%"}


def test_nothing_loads_and_only_our_own_script_and_style_count(year, page):
    for each in (page, year.made(Dispute())["争议-河津市.html"].decode()):
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', each)[1].replace("&#x27;", "'")
        inside = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", each, re.DOTALL)
        hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inside]

        assert sorted(re.findall("'sha256-[^']*'", policy)) == sorted(hashes)
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert not re.search(
            r"<(link|img|iframe|object|embed|base|form)\b|\b(src|style|on\w+)=|url\(|@import|https?://", each
        )


def test_it_is_small_and_the_same_again(year, page):
    (again,) = year.made_again(Dashboard()).values()

    assert again == page.encode()
    assert len(again) < 500_000


@pytest.mark.parametrize(
    "on", ["2023-04-12", "2023-04-13", "2023-04-30", "2023-05-01", "2023-12-31", "2024-01-01", "2026-06-30"]
)
@pytest.mark.parametrize("reporter", [Dashboard(), Dispute()], ids=["dashboard", "dispute"])
def test_there_is_a_page_of_any_day_from_before_the_campaign_to_long_after_it(year, reporter, on):
    pages = year.made(reporter, on=on)

    assert len(pages) >= (reporter.name == "dashboard")
    assert all(content.endswith(b"</html>\n") for content in pages.values())


def test_it_is_named_in_the_language_asked_for(year):
    assert list(year.made(Dashboard())) == ["看板-2023-12-31.html"]
    assert list(year.made(Dashboard(), language="en")) == ["dashboard-2023-12-31.html"]


def test_both_catalogues_have_the_same_words_with_the_same_fields():
    zh, en = catalogue("zh"), catalogue("en")

    assert {key: sorted(re.findall(r"{\w+}", word)) for key, word in zh.items()} == {
        key: sorted(re.findall(r"{\w+}", word)) for key, word in en.items()
    }


def test_what_is_put_into_an_element_is_text():
    assert el("td", "<b>", ["&", el("i", 1)], title='"<') == '<td title="&quot;&lt;">&lt;b&gt;&amp;<i>1</i></td>'
    assert el("input", hidden=True, disabled=False, value=None, data_of="x") == '<input hidden data-of="x">'
    assert "</script><" not in as_data("</script><script>\u2028", "data").removesuffix("</script>")
    assert len(named("x" * 1_000_000)) < 3000


@pytest.mark.parametrize(("subject", "counties"), [
    (None, 12), ("140400", 3), ("140423", 1), ("county-140423", 1), ("140521", 1), ("140000", 12),
])  # fmt: skip
def test_a_dispute_is_about_the_counties_asked_for_that_were_decided_about(year, subject, counties):
    assert len(year.made(Dispute(), subject=subject)) == counties


def test_a_dispute_says_both_answers_also_of_a_decision_that_was_retracted(year):
    made = year.made(Dispute())

    assert "两者不一致" in made["争议-河津市.html"].decode()
    assert "已撤回" in made["争议-河津市.html"].decode()
    assert "两者一致" in made["争议-襄垣县.html"].decode()


def test_before_the_campaign_has_an_end_the_slider_has_one(year):
    (made,) = year.made(Dashboard(), on="2030-01-01").values()

    assert b'id="as-of" min="0" max=' in made


def test_tiles_that_name_no_city_are_passed_over(small_books):
    request, books = small_books.asked(DashboardConfig(tiles=("999999 140500",)))
    (made,) = Dashboard().render(request, books)

    assert made.content.count(b"data-tile=") == 11


def test_gates_of_one_name_of_two_campaigns_are_two_with_the_counties_of_each(small_books):
    """The gate that is over is not among those ahead, and neither are the counties that missed it."""
    document = msgspec.to_builtins(load_policy("shanxi-2023"))
    document |= {"name": "shanxi-autumn", "from": "2023-10-01", "summary": []}
    document["gate"] = [{"name": "standing", "title": "秋季时限", "on": "2023-12-20", "applies": [{"batch": 9}]}]
    small_books.registry.execute_many([
        OpenCampaign(campaign="campaign-shanxi-autumn", policy=policy_of(document), on="2023-10-01"),
        EnrolCounty(county="county-140522", programme="provincial", batch=3, standing="named", on="2020-01-01"),
        EnrolCounty(county="county-140522", programme="national", batch=9, standing="named", on="2020-01-01"),
    ])  # fmt: skip

    (page,) = Dashboard().render(*small_books.asked(DashboardConfig()))

    section = re.search(r"<h3>[^/]*秋季时限.*?</table>", page.content.decode(), re.DOTALL)[0]
    assert "将有1个县" in section
    assert section.count("<tr") == 2
