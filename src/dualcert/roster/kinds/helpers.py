"""Which lab helps which 帮扶表."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from attrs import evolve

from dualcert.domain.commands import AssignPairing, Command
from dualcert.errors import N_
from dualcert.projections.view import View
from dualcert.roster.columns import Column, Columns
from dualcert.roster.kinds.paired import PairedRow, plan_pairings
from dualcert.roster.kinds.shared import DAY_LIKE, UNIT_LIKE, check_pairings, lab_named, unit_columns, unit_fields
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.values.terms import Support

COLUMNS = Columns(
    (
        *unit_columns(),
        Column("target", "被帮扶机构", ("受援机构", "被帮扶单位", "受帮扶机构", "受扶机构"), needed=True, width=34,
               about=N_("The lab that is helped, by name or id; the unit is its own")),
        Column("supporter", "帮扶机构", ("帮扶单位", "技术帮扶机构", "对口帮扶机构", "支援机构"), needed=True, width=34,
               about=N_("The lab that helps, by name or id, from anywhere in the province")),
        Column("since", "帮扶日期", ("起始日期", "开始日期", "帮扶时间"), dated=True,
               form=re.compile("(?:帮扶)?(?:起始|开始|启动|确定)?(?:日期|时间|日)"),
               about=N_("Since when; empty: --on, or the campaign's first day")),
    ),
    {**UNIT_LIKE, "since": DAY_LIKE},
)  # fmt: skip

EXAMPLE: Mapping[str, object] = {
    "city": "晋城市", "county": "阳城县", "target": "阳城县农产品质量安全检验检测站",
    "supporter": "泽州县农产品质量安全检验检测站", "since": date(2023, 6, 24),
}  # fmt: skip


class Helpers:
    """Helper labs and the labs that they help."""

    name = N_("helpers")
    title = "帮扶表"
    columns = evolve(COLUMNS, settle=partial(check_pairings, kind="helpers"))
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {AssignPairing: "since"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the pairings that the rows assign."""
        yield from plan_pairings(planner, [found for row in planner.table.rows if (found := _read_row(planner, row))])

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield the pairings of labs that are active on *day*."""
        for _, pairing in view.pairings():
            if pairing.active(day) and pairing.kind is Support.LAB_LAB:
                details = view.lab(pairing.target).details_on(day)
                unit = unit_fields(view, details.division) if details else {}
                yield {**unit, "target": pairing.target, "supporter": pairing.supporter, "since": pairing.since}


def _read_row(planner: Planner, row: SheetRow) -> PairedRow | None:
    reader = planner.reader
    unit, since = reader.unit(row), reader.day(row, "since")
    target = lab_named(planner, row, "target", unit)
    supporter = lab_named(planner, row, "supporter", None)
    if target is None or supporter is None or not reader.sound(row):
        return None
    return PairedRow(row, Support.LAB_LAB, supporter, target, since)


KINDS = (Helpers(),)
