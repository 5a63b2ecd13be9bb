"""Who is responsible for which city or county 包联表."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from attrs import evolve

from dualcert.divisions import wrong_level
from dualcert.domain.commands import AssignPairing, Command, DescribeSupporter
from dualcert.errors import N_
from dualcert.projections.view import View
from dualcert.roster.columns import Column, Columns
from dualcert.roster.kinds.paired import PairedRow, plan_pairings
from dualcert.roster.kinds.shared import (
    DAY_LIKE,
    SUPPORTER,
    UNIT_LIKE,
    check_pairings,
    means_county,
    unit_columns,
    unit_fields,
)
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.values.terms import Role, Support

COLUMNS = Columns(
    (
        *unit_columns(),
        SUPPORTER,
        Column("phone", "联系电话", ("电话", "手机", "联系方式"), about=N_("Kept in the directory only")),
        Column("post", "职务", ("包联干部职务",), about=N_("The supporter's post")),
        Column("office", "包联处室", ("处室", "所在处室", "包联单位"), about=N_("The supporter's office")),
        Column("role", "包联身份", ("身份", "包联角色"), about=N_("主要领导, 班子成员 or 其他干部")),
        Column("since", "包联日期", ("起始日期", "开始日期", "包联时间"), dated=True,
               form=re.compile("(?:包联)?(?:起始|开始|启动|确定)?(?:日期|时间|日)"),
               about=N_("Since when; empty: --on, or the campaign's first day")),
    ),
    {**UNIT_LIKE, "since": DAY_LIKE},
)  # fmt: skip

ROLES: Mapping[str, Role] = {"主要领导": Role.PRINCIPAL, "班子成员": Role.LEADERSHIP, "其他干部": Role.STAFF}
ROLE_WORDS = {role: word for word, role in ROLES.items()}

EXAMPLE: Mapping[str, object] = {"city": "晋城市", "county": "泽州县", "supporter": "张三", "since": date(2023, 4, 20)}


class Pairings:
    """Provincial leads of cities, city leads of counties."""

    name = N_("pairings")
    title = "包联表"
    columns = evolve(COLUMNS, settle=partial(check_pairings, kind="pairings"))
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {AssignPairing: "since", DescribeSupporter: "since"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the pairings that the rows assign."""
        yield from plan_pairings(planner, [found for row in planner.table.rows if (found := _read_row(planner, row))])

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield the pairings of people that are active on *day*."""
        for _, pairing in view.pairings():
            if pairing.active(day) and pairing.kind is not Support.LAB_LAB:
                county = pairing.kind is Support.CITY_COUNTY
                unit = unit_fields(view, pairing.target.removeprefix("county-"), county=county)
                described = pairing.described(day)
                yield {
                    **unit,
                    "supporter": pairing.supporter,
                    "post": described.post if described else None,
                    "office": described.office if described else None,
                    "role": ROLE_WORDS[described.role] if described and described.role else None,
                    "since": pairing.since,
                }


def _read_row(planner: Planner, row: SheetRow) -> PairedRow | None:
    """Return the pairing of a row: with a county where the row names one, else with a city."""
    reader = planner.reader
    unit, since = reader.unit(row), reader.day(row, "since")
    supporter = planner.person(row, "supporter", reader.text(row, "phone"))
    if unit is None and reader.sound(row):
        reader.missing(row, "city")
    if supporter is None:
        reader.missing(row, "supporter")
    if unit is not None and unit.level == "province":
        reader.find(row, "city", wrong_level(unit, "city"))
    if unit is None or supporter is None or not reader.sound(row):
        return None
    described = (
        reader.word(row, "role", ROLES, N_("one of 主要领导, 班子成员, 其他干部")),
        reader.text(row, "post"),
        reader.text(row, "office"),
    )
    if not reader.sound(row):
        return None
    if means_county(planner, row, unit):
        return PairedRow(row, Support.CITY_COUNTY, supporter, f"county-{unit.code}", since, described)
    return PairedRow(row, Support.PROVINCE_CITY, supporter, unit.code, since, described)


KINDS = (Pairings(),)
