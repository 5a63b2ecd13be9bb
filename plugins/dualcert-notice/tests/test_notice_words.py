"""What the documents say is what the books answer, in the reader's language, with what it rests on."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from attrs import evolve
from dualcert_notice import Bulletin, CityReminder, GateNotice
from notice_docx import lines, rows, said, text

from dualcert.languages import translator
from dualcert.reporting import Books

BASIS = {
    "zh": "（截至 {as_of}，按 2024-01-10T14:00:00+08:00 所知，日志位置 {position}；统计口径：市级、县级机构，目标 85%）",
    "en": "(as of {as_of}, known at 2024-01-10T14:00:00+08:00, log position {position}; counted: labs of level city, "
    "county; target 85 %)",
}
REPORTERS = (Bulletin(), GateNotice(), CityReminder())
HAN = re.compile(r"[\u3400-\u9fff]+")
PROVINCE = "140000"
PROVINCE_DECIDES = {"decision-contradicted", "exemplars-missing"}


def body(content):
    return [said for each in lines(content) if (said := text(each))]


@pytest.fixture(scope="module")
def bulletin(year):
    (content,) = year.made(Bulletin()).values()
    return content


# The bulletin


def test_the_bulletin_is_of_the_month_of_its_day(year):
    assert list(year.made(Bulletin(), on="2023-09-15")) == ["通报-2023-09.docx"]
    assert list(year.made(Bulletin(), on="2023-09-15", language="en")) == ["bulletin-2023-09.docx"]


def test_the_figures_of_the_cities_are_those_of_ratio(year, bulletin):
    header, *told = rows(bulletin)

    assert header == ("位次", "市", "机构数", "双认证", "比例(%)")
    figures = year.books().ratio("city").rows
    assert {each[1:] for each in told} == {(f.name, str(f.labs), str(f.dual), f.percent) for f in figures}
    assert len(told) == 11


def test_the_cities_stand_by_their_share_and_equal_shares_share_a_place(year, bulletin):
    shares = {f.name: Fraction(f.dual, f.labs) for f in year.books().ratio("city").rows}
    _, *told = rows(bulletin)

    for place, name, *_ in told:
        assert int(place) == 1 + sum(share > shares[name] for share in shares.values()), name
    assert [int(place) for place, *_ in told] == sorted(int(place) for place, *_ in told)
    assert [name for place, name, *_ in told if place == "1"] == ["太原市", "大同市", "吕梁市"]


def test_a_city_without_labs_has_no_place(small_books):
    request, views = small_books.asked(Bulletin.Config())
    (made,) = Bulletin().render(request, views)
    _, first, *others = rows(made.content)

    assert first == ("1", "晋城市", "5", "3", "60.0")
    assert [(place, labs, share) for place, _, labs, _, share in others] == [("-", "0", "-")] * 10


@pytest.mark.parametrize(
    ("on", "labs", "dual", "verdict"),
    [
        ("2023-04-30", "截至2023年4月30日，全省纳入统计的检测机构121家", "78家，占64.5%", "未达到85%的目标"),
        ("2023-12-31", "截至2023年12月31日，全省纳入统计的检测机构122家", "105家，占86.1%", "已达到85%的目标"),
    ],
)
def test_the_province_is_judged_against_its_target_as_it_was_known(year, on, labs, dual, verdict):
    total = year.asked(Bulletin(), on=on, known_at=on)[1].ratio().total
    (content,) = year.made(Bulletin(), on=on, known_at=on).values()

    held = f"取得CMA证书{total.cma}家、CATL证书{total.catl}家，取得“双认证”{dual}"
    assert f"{labs}，{held}，{verdict}。" in body(content)


def test_what_is_missing_is_counted_with_its_cities(year, bulletin):
    views, told = year.books(), translator("zh")
    owed = [each for each in views.due().rows if each.responsible != PROVINCE]
    late = [each for each in owed if each.days_left is None or each.days_left < 0]
    problems = body(bulletin)
    problems = problems[problems.index("三、存在的问题") + 1 : problems.index("四、下一步要求")]

    assert problems
    for problem in problems:
        kind, count, cities = re.fullmatch(r"(\D+)(\d+)项，涉及：(.+)。", problem).groups()
        found = [each for each in late if told(each.kind) == kind]
        assert int(count) == len(found)
        assert set(cities.split("、")) == {views.division(views.city_of(each.division)).name for each in found}


# The notices of a gate's decisions


@pytest.fixture(scope="module")
def notices(year):
    return year.made(GateNotice())


def test_there_is_a_notice_for_each_decision_that_stands(year, notices):
    decided = [
        each.stream.removeprefix("county-")
        for each in year.books().facts("county.delisted", "county.candidacy-cancelled")
    ]

    assert sorted(notices) == [f"通知-{code}-standing.docx" for code in sorted(decided)]
    assert len(notices) == 11


def test_a_notice_names_county_gate_and_consequence(notices):
    delisted = body(notices["通知-140226-standing.docx"])
    cancelled = body(notices["通知-140425-standing.docx"])

    assert delisted[0] == "关于对左云县农产品质量安全县予以摘牌的通知"
    assert delisted[1] == "大同市农业农村局："
    assert delisted[2] == (
        "截至2023年9月30日，左云县（国家级农产品质量安全县，第4批）未取得检验检测机构“双认证”。"
        "按照攻坚行动要求，自2023年10月8日起予以摘牌。"
    )
    assert cancelled[0] == "关于取消平顺县农产品质量安全县创建资格的通知"
    assert cancelled[2].startswith("截至2023年9月30日，平顺县（")
    assert cancelled[2].endswith("自2023年10月8日起取消创建资格。")


def test_a_notice_says_what_it_rests_on(year, notices):
    views = year.books()
    (gate,) = (each for each in views.policy().gate if each.name == "standing")
    for decision in views.facts("county.delisted", "county.candidacy-cancelled"):
        content = notices[f"通知-{decision.stream.removeprefix('county-')}-standing.docx"]

        assert f"规定：{gate.source}" in body(content)
        assert f"决定时所依据的记录（日志位置{decision.data.position}）：" in body(content)
        header, *evidence = rows(content)
        assert header == ("记录", "日期", "内容")
        assert tuple(fact for fact, _, _ in evidence) == decision.data.evidence
        assert not [what for _, _, what in evidence if not HAN.fullmatch(what)]


def test_a_decision_that_was_retracted_has_no_notice(year, notices):
    decided = year.made(GateNotice(), known_at="2023-10-09")

    assert set(decided) - set(notices) == {"通知-140882-standing.docx"}, "河津市, mended on 16 October"
    assert year.made(GateNotice(), subject="140882") == {}


def test_before_its_day_a_decision_has_no_notice(year):
    assert year.made(GateNotice(), on="2023-10-07") == {}


@pytest.mark.parametrize("subject", ["140226", "county-140226"])
def test_a_notice_can_be_asked_for_by_its_county(year, subject):
    assert list(year.made(GateNotice(), subject=subject)) == ["通知-140226-standing.docx"]


# The reminders to cities


@pytest.fixture(scope="module")
def reminders(year):
    return year.made(CityReminder())


def due_by_city(views):
    found = {}
    for each in views.due().rows:
        if each.kind not in PROVINCE_DECIDES and each.responsible != PROVINCE:
            found.setdefault(views.division(views.city_of(each.division)).name, []).append(each)
    return found


def test_each_city_with_something_due_is_reminded(year, reminders):
    assert set(reminders) == {f"提醒函-{city}-2023-12-31.docx" for city in due_by_city(year.books())}
    assert reminders


def test_a_reminder_lists_what_is_due_and_nothing_else(year, reminders):
    request, views = year.asked(CityReminder())
    for city, findings in due_by_city(views).items():
        told = body(reminders[f"提醒函-{city}-2023-12-31.docx"])
        items = [
            re.sub(r"^\d+\.|(，(距[-\d]+还有|已逾期)\d+天)?。$", "", each) for each in told if re.match(r"\d+\.", each)
        ]

        assert sorted(items) == sorted(request.said(each, views) for each in findings)
        assert told[:2] == ["关于做好农产品质检机构“双认证”工作的提醒函", f"{city}农业农村局："]


def test_what_is_due_stands_by_its_kind_numbered_from_one(year, reminders):
    (told,) = (body(content) for name, content in reminders.items() if "长治市" in name)
    headings = [each for each in told if re.match(r"[一二三四五六七八九十]+、", each)]
    kinds = {translator("zh")(each.kind) for each in due_by_city(year.books())["长治市"]}

    assert {heading.partition("、")[2] for heading in headings} == kinds
    assert [heading.partition("、")[0] for heading in headings] == list("一二三四五六七")[: len(kinds)]
    assert all(told[told.index(heading) + 1].startswith("1.") for heading in headings)


def test_a_reminder_says_once_how_late_something_is(reminders):
    told = "\n".join(said(content) for content in reminders.values())

    assert "没有指导，已逾期214天。" in told
    assert "距2024-01-27还有27天。" in told
    for item in told.splitlines():
        assert item.count("逾期") <= 1, item


def test_a_reminder_can_be_asked_for_by_its_city(year):
    assert list(year.made(CityReminder(), subject="140400")) == ["提醒函-长治市-2023-12-31.docx"]


class WithoutChangzhi(Books):
    """The year in which nothing is due in 长治."""

    def due(self, **more):
        found = super().due(**more)
        return evolve(found, rows=tuple(each for each in found.rows if self.city_of(each.division) != "140400"))


def test_a_city_with_nothing_due_is_not_reminded(year, reminders):
    request, views = year.asked(CityReminder())
    made = CityReminder().render(request, WithoutChangzhi(views.view, views.as_of))

    assert set(reminders) - {each.filename for each in made} == {"提醒函-长治市-2023-12-31.docx"}


# All of them


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_document_says_what_its_figures_rest_on(year, reporter, language):
    basis = BASIS[language].format(as_of="2023-12-31", position=year.books().position)

    for name, content in year.made(reporter, language=language).items():
        assert body(content)[-1] == basis, name


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)
def test_chinese_documents_have_no_english_words(year, reporter):
    for content in year.made(reporter).values():
        told = re.sub(r"[a-z]+-[-\w@]+|CMA|CATL|\d{4}-\d\d-\d\dT|— PAGE —", "", said(content), flags=re.ASCII)

        assert re.findall(r"[A-Za-z]{2,}", told) == []


def known(views):
    """Return the names that stay Chinese: of places, labs and certificates, what a plan says, and the policy's words."""
    names = {each.name for level in ("city", "county") for each in views.divisions("140000", level)} | {"山西省"}
    for lab in views.status(kind="lab").rows:
        names |= {lab.name, lab.cma.number, lab.catl.number}
    names |= {str(each.more[key]) for each in views.due().rows for key in ("note", "measure") if key in each.more}
    names |= {gate.source for gate in views.policy().gate}
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
def test_chinese_is_the_default(year, reporter):
    assert year.made(reporter) == year.made(reporter, language="zh")


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)
def test_the_same_question_gives_the_same_bytes(year, reporter):
    assert year.made_again(reporter) == year.made(reporter)


def test_issuer_and_number_stand_where_they_are_set(year):
    (content,) = year.made(Bulletin(), Bulletin.Config(issuer="省委农办", number="晋农组办〔2023〕8号")).values()
    told = body(content)

    assert told[0] == "晋农组办〔2023〕8号"
    assert told[-3:-1] == ["省委农办", "2023年12月31日"]
