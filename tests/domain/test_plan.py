from __future__ import annotations

from datetime import date

import pytest

from dualcert.domain.commands import CompleteMeasure, IssuePlan, SubmitPlan
from dualcert.domain.plan import MeasureCompleted, PlanIssued, PlanItem, PlanSubmitted
from dualcert.errors import Refused
from dualcert.testing import given

COUNTY = "county-140525"
ITEM = {"problem": "仪器不足", "measure": "购置设备", "responsible": "person-7", "due": "2023-06-30"}
SECOND = {**ITEM, "problem": "人员不足", "due": "2023-08-31"}


def issued(*items, on="2023-04-20", issuer="county-government"):
    return IssuePlan(county=COUNTY, issuer=issuer, items=list(items or (ITEM, SECOND)), on=on)


def submitted(on="2023-04-28"):
    return SubmitPlan(county=COUNTY, on=on)


def completed(item=1, on="2023-06-01"):
    return CompleteMeasure(county=COUNTY, item=item, on=on)


def test_a_plan_is_issued_handed_in_and_carried_out():
    scenario = given(issued()).when(submitted()).then(PlanSubmitted).when(completed()).then(MeasureCompleted)

    plan = scenario.state.plan(date(2023, 7, 1))
    assert plan.items[0] == PlanItem("仪器不足", "购置设备", "person-7", date(2023, 6, 30))
    assert [n for n, _ in plan.open_items(date(2023, 5, 31))] == [1, 2]
    assert [n for n, _ in plan.open_items(date(2023, 6, 1))] == [2]
    assert scenario.state.plan(date(2023, 4, 19)) is None


def test_a_new_plan_replaces_the_old_one_and_its_items_begin_anew():
    scenario = given(issued(), submitted(), completed()).when(issued(SECOND, on="2023-07-01")).then(PlanIssued)

    assert [n for n, _ in scenario.state.plan(date(2023, 7, 1)).open_items(date(2023, 7, 1))] == [1]
    assert scenario.state.plan(date(2023, 6, 30)).submitted_on == date(2023, 4, 28)


def test_nothing_is_handed_in_or_carried_out_without_a_plan():
    given().when(submitted()).then_refused("no-plan")
    given(issued()).when(completed(on="2023-04-19")).then_refused("no-plan")


def test_a_plan_is_handed_in_once_and_a_measure_completed_once():
    given(issued(), submitted()).when(submitted("2023-05-02")).then_refused("plan-already-submitted")
    given(issued(), completed()).when(completed(on="2023-06-02")).then_refused("measure-already-completed")
    given(issued()).when(completed(3)).then_refused("unknown-item")
    given(issued()).when(issued(on="2023-05-01")).then_refused("nothing-changes")


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "items"),
        ("仪器", "items"),
        (["仪器"], "items[1]"),
        ([{**ITEM, "colour": "red"}], "items[1]"),
        ([{k: v for k, v in ITEM.items() if k != "due"}], "items[1]"),
        ([ITEM, {**ITEM, "due": "2023-02-30"}], "items[2].due"),
        ([{**ITEM, "responsible": "张三"}], "items[1].responsible"),
        ([{**ITEM, "measure": " "}], "items[1].measure"),
    ],
)
def test_an_item_without_its_measure_person_or_date_is_refused_with_its_place(items, field):
    """逐项举措、责任人、完成时间: one measure, a responsible person and a date for each shortcoming."""
    with pytest.raises(Refused) as refused:
        IssuePlan(county=COUNTY, issuer="county-government", items=items, on="2023-04-20")

    assert refused.value.field == field
