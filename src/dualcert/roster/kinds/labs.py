"""Labs with their certificates 机构台账."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from attrs import evolve

from dualcert.divisions import Division
from dualcert.domain import commands as c
from dualcert.domain.commands import Command
from dualcert.domain.lab import Details, Lab
from dualcert.domain.timeline import Period, Timeline
from dualcert.errors import N_
from dualcert.projections.labs import lacking
from dualcert.projections.view import View
from dualcert.roster.kinds.lab_columns import COLUMNS, LEVEL_WORDS, yes_or_no
from dualcert.roster.kinds.lab_known import KnownLabs
from dualcert.roster.kinds.lab_planning import LabPlanner
from dualcert.roster.kinds.lab_rows import read_lab_rows
from dualcert.roster.kinds.lab_sheet import remark_footers, settle, tell_apart
from dualcert.roster.kinds.lab_totals import compare_totals
from dualcert.roster.planning import Planned, Planner
from dualcert.values.ids import division_of
from dualcert.values.terms import SCHEMES, Level, State

EXAMPLE: Mapping[str, object] = {
    "city": "晋城市", "county": "泽州县", "name": "泽州县农产品质量安全检验检测站", "level": "县级",
    "cma_number": "230404090012", "cma_granted_on": date(2023, 5, 6), "cma_valid_until": date(2029, 5, 5),
    "catl_number": "[2023]农质检核（晋）字第0012号", "catl_granted_on": date(2023, 6, 8),
    "catl_valid_until": date(2029, 6, 7), "dual": "是",
}  # fmt: skip

STATES = {
    State.VALID: "有效", State.SUSPENDED: "暂停", State.EXPIRED: "过期", State.CANCELLED: "注销", State.REVOKED: "撤销",
}  # fmt: skip
"""State of a certificate -> what exports call it."""


class Labs:
    """Labs with their certificates."""

    name = N_("labs")
    title = "机构台账"
    columns = evolve(COLUMNS, settle=settle, tell_apart=tell_apart)
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {
        c.RegisterLab: "registered_on",
        c.AmendLab: "changed_on",
        c.CloseLab: "changed_on",
        c.ReleaseLab: "changed_on",
        c.DesignateLab: "serves",
        c.GrantCertificate: "granted_on",
        c.RenewCertificate: "granted_on",
        c.SuspendCertificate: "suspended_on",
        c.CancelCertificate: "state",
        c.RevokeCertificate: "state",
        c.ReinstateCertificate: "state",
        c.AmendCertificate: "granted_on",
    }

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the sound rows with their commands."""
        compare_totals(planner.reader)
        remark_footers(planner.reader)
        known = KnownLabs(planner.view, planner.policy.province)
        rows = list(read_lab_rows(planner.reader, known))
        if not planner.day_given:
            granted = (c.granted_on for row in rows for c in row.certificates.values())
            planner.on = min(granted, default=planner.policy.from_)
        yield from LabPlanner(planner).plan(rows)

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield every lab that is active on *day*, with its certificates, whether they count then, and the counties served."""
        serving: dict[str, list[tuple[str, date]]] = {}
        target = view.target(day)
        for county in view.counties():
            for each in view.county(county).designations:
                if each.covers(day):
                    serving.setdefault(each.lab, []).append((division_of(county), each.since))
        for lab, state in view.labs():
            details = state.details_on(day)
            if details and state.active(day):
                dual = not lacking(state, day, target)
                yield _row_of(view, lab, state, details, day, dict(serving.get(lab, ()))) | {"dual": yes_or_no(dual)}


def _row_of(
    view: View, lab: str, state: Lab, details: Details, day: date, serving: dict[str, date]
) -> dict[str, object]:
    unit = view.divisions.by_code[details.division]
    city = view.divisions.reporting_unit(unit.code)
    certificates = {s.value.lower(): _held(state.timeline(s), day) for s in SCHEMES}
    home = details.level is Level.COUNTY
    designated = unit.code in serving
    if home and serving.get(unit.code) == state.registered_on:
        del serving[unit.code]
    return {
        "lab": lab,
        "division": unit.code,
        "city": city.name if city else unit.name,
        "county": unit.name if unit.level == "county" else None,
        "name": details.name,
        "level": LEVEL_WORDS[details.level],
        "credit_code": details.credit_code,
        "counted": yes_or_no(details.counted),
        "designated": yes_or_no(designated) if home else None,
        "serves": "、".join(_served(view, city, code, since) for code, since in serving.items()) or None,
        "registered_on": state.registered_on,
        **{f"{scheme}_{part}": value for scheme, held in certificates.items() for part, value in held.items()},
    }


def _served(view: View, city: Division | None, code: str, since: date) -> str:
    """Return a county that a lab serves in the form of the column 承担县: by name within the lab's own city, else by code."""
    named = city is not None and view.divisions.contains(city.code, code)
    return f"{view.divisions.name_of(code) if named else code}（{since}）"


def _held(timeline: Timeline, day: date) -> dict[str, object]:
    """Return the fields of the newest certificate on *day*, even if it has expired or ended; empty without one."""
    period = timeline.period_of(day)
    if period is None:
        return {}
    return {
        "number": timeline.number_of(period, day),
        "granted_on": period.first,
        "valid_until": period.valid_until,
        "suspended_on": timeline.suspended_from(day),
        "state": _state(timeline, period, day),
    }


def _state(timeline: Timeline, period: Period, day: date) -> str:
    """Return the state of a certificate in the words of sheets, an end with its day."""
    state = timeline.state(day)
    ends = [on for on, _ in timeline.ends if period.first < on <= day]
    return f"{STATES[state]}（{ends[-1]}）" if ends and state in (State.CANCELLED, State.REVOKED) else STATES[state]


KINDS = (Labs(),)
