"""Letters to units that report to the province themselves."""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import evolve
from dualcert_notice import CityReminder, NoticeConfig
from notice_docx import lines, text

from dualcert import Registry
from dualcert.divisions import china
from dualcert.policy import load_policy, policy_of
from dualcert.reporting.requests import request_of
from dualcert.testing import Clock

HUBEI = "420000"


def test_each_unit_that_reports_is_addressed_by_its_own_name_and_no_placeholder_is():
    """F8: a letter went to 「县」."""
    policy = policy_of(msgspec.to_builtins(load_policy("shanxi-2023")) | {"province": HUBEI})
    books = Registry.open(":memory:", policy=policy, clock=Clock()).books(date(2023, 6, 1))
    request = evolve(request_of(books, {}, subject=None, language="zh"), config=NoticeConfig())
    made = list(CityReminder().render(request, books))

    assert len(made) == len(china().units(HUBEI)) == 17
    addressed = {text(line) for each in made for line in lines(each.content) if text(line).endswith("农业农村局：")}
    assert addressed >= {"仙桃市农业农村局：", "神农架林区农业农村局：", "武汉市农业农村局："}
    assert not [name for name in addressed if "直辖" in name]
