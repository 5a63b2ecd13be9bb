"""What the documents say is what the books answer, in the words of such papers."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from attrs import evolve
from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_notice.bulletin import COUNTED
from dualcert_notice.catalogue import Words, official
from dualcert_notice.reminders import REMINDED
from notice_docx import boxed, lines, own, part, parts, rows, said, text, written
from notice_golden import GOLDEN, texts
from notice_papers import COMPLETE

from dualcert.errors import BadConfiguration
from dualcert.reporting import Books
from dualcert.reporting.configuration import typed
from dualcert.reporting.wording import fields_of
from dualcert.testing.papers import odd

REPORTERS = (Bulletin(), GateNotice(), CityReminder())
HAN = re.compile(r"[\u3400-\u9fff]+")
PROVINCE = "140000"


def body(content):
    return [said for each in lines(content) if (said := own(each))]


def table(content, header):
    """Return the rows of the table that has this header."""
    found = rows(content)
    at = next(n for n, row in enumerate(found) if row[: len(header)] == header)
    return [row for row in found[at + 1 :] if len(row) == len(found[at])]


@pytest.fixture(scope="module")
def bulletin(year):
    (content,) = year.made(Bulletin(), COMPLETE).values()
    return content


# All of them, as they were read once


def test_the_papers_of_the_year_read_as_they_were_approved(year):
    made = texts(year)

    assert {each.name: each.read_text(encoding="utf-8") for each in GOLDEN.iterdir()} == made


@pytest.fixture(scope="module")
def whole_year(year):
    """The text of every paper at the end of each month of the year."""
    days = [f"2023-{month:02}-{day}" for month, day in ((4, 30), (6, 30), (8, 31), (10, 31), (12, 31))]
    made = [year.made(each, NoticeConfig(origin_line=True), on=day) for each in REPORTERS for day in days]
    return {(name, n): written(content) for n, of_one in enumerate(made) for name, content in of_one.items()}


def test_no_paper_of_the_year_has_what_no_official_paper_has(whole_year):
    assert len(whole_year) > 50
    for place, told in whole_year.items():
        assert list(odd(told)) == [], place


def test_what_is_due_is_never_written_of_as_missing(whole_year):
    for told in whole_year.values():
        for sentence in re.findall(r"[^\n]*(?:还有\d+天|今日到期)[^\n]*", told):
            assert not re.search("未报送|未开展|未完成|未走访|逾期", sentence), sentence


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)
def test_where_the_figures_come_from_stands_in_the_properties_and_on_request_in_a_line(year, reporter):
    content = next(iter(year.made(reporter, COMPLETE).values()))
    (told,) = re.findall("<dc:description>(.*)</dc:description>", parts(content)["docProps/core.xml"].decode())
    assert told == year.books().basis("zh")

    lined = next(iter(year.made(reporter, evolve(COMPLETE, origin_line=True)).values()))
    line = "（数据截至2023年12月31日，于2024年1月10日14时提取；统计口径：市级、县级机构）"
    assert line in body(lined)
    assert line not in body(content)


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)
def test_chinese_documents_have_no_english_words(year, reporter):
    for content in year.made(reporter).values():
        assert re.findall(r"[A-Za-z]{2,}", re.sub("CMA|CATL|PAGE", "", said(content))) == []


def known(views):
    """Return the names that stay Chinese: of places, labs and certificates, what a plan says, and the policy's words."""
    names = {each.name for level in ("city", "county") for each in views.divisions("140000", level)} | {"山西省"}
    for lab in views.status(kind="lab").rows:
        names |= {lab.name, lab.cma.number, lab.catl.number}
    names |= {str(each.more[key]) for each in views.due().rows for key in ("note", "measure") if key in each.more}
    names |= {official(gate.source) for gate in views.policy().gate}
    names |= {views.policy().title, "机构台账", "农安县台账", "包联台账"}
    return sorted(filter(None, names), key=len, reverse=True)


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)
def test_english_documents_have_no_chinese_but_names_and_quotations(year, reporter):
    names = known(year.books())
    for content in year.made(reporter, language="en").values():
        told = said(content)
        for name in names:
            told = told.replace(name, "")

        assert HAN.findall(told) == []


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)
def test_the_same_question_gives_the_same_bytes(year, reporter):
    assert year.made_again(reporter, COMPLETE) == year.made(reporter, COMPLETE)


# The catalogue


def test_both_catalogues_have_the_same_keys_and_no_field_that_the_other_lacks():
    chinese, english = Words.shipped("zh"), Words.shipped("en")

    assert chinese.keys() == english.keys()
    for key in chinese:
        more = fields_of(english[key]) - fields_of(chinese[key])
        assert more <= {"milestone", "since", "due", "time"}, key


def test_every_kind_that_a_paper_lists_has_its_words():
    for kind in REMINDED:
        assert {f"heading-{kind}", f"item-{kind}"} <= Words.shipped("zh").keys()
    for kind in COUNTED:
        assert {f"problem-{kind}", f"unit-{kind}", f"tail-{kind}"} <= Words.shipped("zh").keys()


def test_an_office_writes_its_own_words(year):
    config = typed("reporter.bulletin", {"words": {"bulletin-asked": "请抓紧整改。"}}, NoticeConfig)
    (content,) = year.made(Bulletin(), config).values()

    assert "请抓紧整改。" in body(content)
    (english,) = year.made(Bulletin(), config, language="en").values()
    assert "See to each item; " in said(english)


@pytest.mark.parametrize(
    ("words", "problem"),
    [({"nothing": ""}, "there is no nothing"), ({"bulletin-asked": "{cities}"}, "has no field cities")],
)
def test_words_that_nothing_fills_are_refused(words, problem):
    with pytest.raises(BadConfiguration, match=problem):
        typed("reporter.bulletin", {"words": words}, NoticeConfig)


def test_the_words_of_a_policy_are_printed_in_the_punctuation_of_documents():
    assert official("「9月30日」前，县(含创建县)须取得「“双认证”」，2023-09-30 止") == (
        "“9月30日”前，县（含创建县）须取得“‘双认证’”，2023年9月30日止"
    )


# What is not configured


def test_what_is_not_configured_stands_in_the_paper_and_in_the_remarks(year):
    for reporter, open_ in (
        (Bulletin(), {"【发文机关】", "【发文字号】"}),
        (GateNotice(), {"【发文机关】", "【发文字号】", "【依据文件名称及文号】", "【×】"}),
        (CityReminder(), {"【发文机关】", "【发文字号】", "【×月×日】"}),
    ):
        content = next(iter(year.made(reporter).values()))
        assert set(re.findall("【[^】]*】", said(content))) == open_
        request, _ = year.asked(reporter)
        (remark,) = reporter.remarks(request)
        assert remark.startswith("未配置，文件中以【】标出：发文机关、署名（issuer）、发文字号（number）")
        assert all(key in remark for key in reporter.needs)


def test_where_all_is_configured_nothing_is_open(year):
    for reporter in REPORTERS:
        request, _ = year.asked(reporter, COMPLETE)
        assert list(reporter.remarks(request)) == []
        assert not [name for name, content in year.made(reporter, COMPLETE).items() if "【" in said(content)]


def test_without_typst_the_docx_is_made_and_the_remark_says_what_to_install(year, monkeypatch):
    monkeypatch.setattr("dualcert_notice.find_spec", lambda _: None)
    config = evolve(COMPLETE, pdf=True)
    request, _ = year.asked(Bulletin(), config)

    assert list(year.made_again(Bulletin(), config)) == ["通报-2023-12.docx"]
    assert ["pip install 'dualcert-notice[pdf]'" in each for each in Bulletin().remarks(request)] == [True]


def test_head_signature_copies_and_imprint_are_as_configured(year):
    config = evolve(
        COMPLETE, mark="某厅", signature="省委农办", office="厅办公室", copies=("甲", "乙"), addressees=("丙",)
    )
    (content,) = year.made(Bulletin(), config).values()
    told = body(content)

    assert told[:2] == ["某厅", "晋农发〔2023〕8号"]
    assert "丙：" in told
    assert told[told.index("省委农办") + 1] == "2023年12月31日"
    assert [text(each) for each in boxed(content)] == ["抄送：甲、乙。", "厅办公室2023年12月31日印发"]


# The bulletin


def test_the_bulletin_is_of_the_month_of_its_day(year):
    assert list(year.made(Bulletin(), on="2023-09-15")) == ["通报-2023-09.docx"]
    assert list(year.made(Bulletin(), on="2023-09-15", language="en")) == ["bulletin-2023-09.docx"]


CITIES = ("位次", "市", "机构总数", "CMA", "CATL", "双认证", "占比", "上月占比")


def test_the_figures_of_the_cities_are_those_of_ratio_with_the_month_before(year, bulletin):
    *told, total = table(bulletin, CITIES)[:12]
    figures, before = year.books().ratio("city"), year.books("2023-11-30").ratio("city")
    shares = {each.name: each.percent for each in before.rows}

    assert {each[1:] for each in told} == {
        (f.name, str(f.labs), str(f.cma), str(f.catl), str(f.dual), f"{f.percent}%", f"{shares[f.name]}%")
        for f in figures.rows
    }
    assert total[1:] == ("合计", "122", str(figures.total.cma), str(figures.total.catl), str(figures.total.dual),
                         f"{figures.total.percent}%", f"{before.total.percent}%")  # fmt: skip


def test_the_first_bulletin_of_a_campaign_has_no_month_before_to_compare_with(year):
    (content,) = year.made(Bulletin(), on="2023-04-30").values()

    assert {len(row) for row in table(content, CITIES[:-1])[:12]} == {7}
    assert "上月" not in said(content)


def test_the_cities_stand_by_their_share_and_equal_shares_share_a_place(year, bulletin):
    shares = {f.name: Fraction(f.dual, f.labs) for f in year.books().ratio("city").rows}
    told = table(bulletin, CITIES)[:11]

    for place, name, *_ in told:
        assert int(place) == 1 + sum(share > shares[name] for share in shares.values()), name
    assert [int(place) for place, *_ in told] == sorted(int(place) for place, *_ in told)
    assert [name for place, name, *_ in told if place == "1"] == ["太原市", "大同市", "吕梁市"]


def test_a_city_without_labs_is_left_out(small_books):
    (made,) = Bulletin().render(*small_books.asked(Bulletin.Config()))

    assert [row[1] for row in table(made.content, CITIES)[:2]] == ["晋城市", "合计"]
    assert "太原市" not in said(made.content)


@pytest.mark.parametrize(
    ("on", "figures", "verdict"),
    [
        ("2023-04-30", "检测机构121家，其中取得CMA证书的", "取得“双认证”的78家，占比64.5%，距85%的目标还差20.5个百分点，须再有25家取得“双认证”。"),
        ("2023-12-31", "检测机构122家，其中取得CMA证书的", "取得“双认证”的105家，占比86.1%，与上月持平，已达到85%的目标。"),
    ],
)  # fmt: skip
def test_the_province_is_judged_against_its_target_as_it_was_known(year, on, figures, verdict):
    (content,) = year.made(Bulletin(), on=on, known_at=on).values()
    (told,) = (each for each in body(content) if each.startswith("截至"))

    assert figures in told
    assert told.endswith(verdict)


def test_what_is_missing_is_counted_with_its_cities_by_weight(year, bulletin):
    views = year.books()
    late = [each for each in views.due().rows
            if each.responsible != PROVINCE and (each.days_left is None or each.days_left < 0)]  # fmt: skip
    told = body(bulletin)
    problems = told[told.index("三、存在的问题") + 1 : told.index("四、下一步工作要求")]
    kinds = [kind for kind in COUNTED if any(each.kind == kind for each in late)]

    assert len(problems) == len(kinds) > 3
    for kind, problem in zip(kinds, problems, strict=True):
        counts = {}
        for each in late:
            if each.kind == kind:
                counts[views.city_of(each.division)] = counts.get(views.city_of(each.division), 0) + 1
        assert problem.partition("）")[2].startswith(Words.shipped("zh")[f"problem-{kind}"])
        for code, count in counts.items():
            name = views.division(code).name.removesuffix("市")
            assert re.search(rf"{name}[^，]*?{count}{Words.shipped('zh')[f'unit-{kind}']}", problem), problem


def test_the_labs_that_lack_something_are_listed_in_an_annex(year, bulletin):
    lacking = [lab for row in year.books().ratio("city", explain=True).rows for lab in row.lacking]
    told = table(bulletin, ("序号", "市", "机构名称"))

    assert [row[2] for row in told] == [lab.name for lab in lacking]
    assert [row[0] for row in told] == [str(nth) for nth in range(1, len(lacking) + 1)]
    assert "附件：未取得“双认证”的检测机构名单" in body(bulletin)


# The notices of a gate's decisions


@pytest.fixture(scope="module")
def notices(year):
    return year.made(GateNotice(), COMPLETE)


def test_there_is_a_notice_for_each_decision_that_stands_named_in_words(year, notices):
    views = year.books()
    decided = [
        row.stream.removeprefix("county-") for row in views.facts("county.delisted", "county.candidacy-cancelled")
    ]

    assert set(notices) == {f"通知-{views.division(code).name}-农产品质量安全县时限.docx" for code in decided}
    assert len(notices) == 11


def test_a_notice_says_what_it_rests_on_in_order_of_time_and_without_ids(year, notices):
    views = year.books()
    for decision in views.facts("county.delisted", "county.candidacy-cancelled"):
        county = views.division(decision.stream.removeprefix("county-")).name
        content = notices[f"通知-{county}-农产品质量安全县时限.docx"]
        evidence = table(content, ("序号", "事项", "日期", "来源文号"))
        days = [tuple(map(int, re.findall(r"\d+", day))) for _, _, day, _ in evidence]

        assert len(evidence) == len(decision.data.evidence)
        assert days == sorted(days)
        assert all(HAN.match(what) for _, what, _, _ in evidence)


def test_a_decision_that_was_retracted_has_no_notice(year, notices):
    decided = year.made(GateNotice(), COMPLETE, known_at="2023-10-09")

    assert set(decided) - set(notices) == {"通知-河津市-农产品质量安全县时限.docx"}, "mended on 16 October"
    assert year.made(GateNotice(), subject="140882") == {}


def test_before_its_day_a_decision_has_no_notice(year):
    assert year.made(GateNotice(), on="2023-10-07") == {}


@pytest.mark.parametrize("subject", ["140226", "county-140226"])
def test_a_notice_can_be_asked_for_by_its_county(year, subject):
    assert list(year.made(GateNotice(), subject=subject)) == ["通知-左云县-农产品质量安全县时限.docx"]


# The reminders to cities


@pytest.fixture(scope="module")
def reminders(year):
    return year.made(CityReminder(), COMPLETE)


def due_by_city(views):
    found = {}
    for each in views.due().rows:
        if each.kind in REMINDED and each.responsible != PROVINCE:
            found.setdefault(views.division(views.city_of(each.division)).name, []).append(each)
    return found


def test_each_city_with_something_due_is_reminded_of_all_of_it(year, reminders):
    cities = due_by_city(year.books())

    assert set(reminders) == {f"提醒函-{city}-2023-12-31.docx" for city in cities}
    for city, findings in cities.items():
        told = body(reminders[f"提醒函-{city}-2023-12-31.docx"])
        items = [each for each in told if re.match(r"\d+\.", each)]
        assert len(items) == len(findings)
        assert told[2:3] == [f"{city}农业农村局："]


def test_what_is_due_stands_by_its_kind_numbered_from_one_what_is_past_first(reminders):
    (told,) = (body(content) for name, content in reminders.items() if "长治市" in name)
    headings = [each for each in told if re.match(r"[一二三四五六七八九十]+、", each)]

    assert [heading.partition("、")[0] for heading in headings] == list("一二三四五六七八九")[: len(headings)]
    assert all(told[told.index(heading) + 1].startswith("1.") for heading in headings)
    late = [bool(re.search("未|过", heading)) for heading in headings]
    assert late == sorted(late, reverse=True)


class WithoutChangzhi(Books):
    """Books in which nothing is due in 长治市."""

    def due(self, **more):
        found = super().due(**more)
        return evolve(found, rows=tuple(each for each in found.rows if self.city_of(each.division) != "140400"))


def test_a_city_with_nothing_due_is_not_reminded(year, reminders):
    request, views = year.asked(CityReminder(), COMPLETE)
    made = CityReminder().render(request, WithoutChangzhi(views.view, views.as_of))

    assert set(reminders) - {each.filename for each in made} == {"提醒函-长治市-2023-12-31.docx"}


def test_who_has_no_name_in_the_directory_is_called_by_the_role(small_books):
    request, books = small_books.asked(COMPLETE, subject="140500")
    (named,) = CityReminder().render(request, books)
    (unnamed,) = CityReminder().render(evolve(request, names={}), books)

    assert "李四自2023年5月10日起未走访阳城县" in said(named.content)
    assert "包联责任人自2023年5月10日起未走访阳城县" in said(unnamed.content)


def test_headings_are_counted_in_chinese_as_far_as_they_go():
    words = Words("zh", {})
    assert [words.number(nth) for nth in (1, 9, 10, 11, 15, 20, 21)] == [
        "一",
        "九",
        "十",
        "十一",
        "十五",
        "二十",
        "二十一",
    ]
    assert Words("en", {}).first(11, "gate") == "11. gate"


def test_a_paper_has_no_part_of_another_form(year):
    letter = next(iter(year.made(CityReminder(), COMPLETE).values()))
    assert "印发" not in said(letter)
    document = next(iter(year.made(CityReminder(), evolve(COMPLETE, form="document")).values()))
    assert "山西省农业农村厅文件" in body(document)
    assert part(document).find(".//{*}titlePg") is None
