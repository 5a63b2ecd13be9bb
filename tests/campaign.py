"""Books of a small campaign for tests of its rules: Jincheng's counties, set up in a line each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from attrs import define, field

from dualcert import Registry
from dualcert.domain import commands as c
from dualcert.policy import Policy, load_policy, policy_of
from dualcert.testing import Clock

ID = "campaign-shanxi-2023"
QINSHUI, YANGCHENG, LINGCHUAN, ZEZHOU = "140521", "140522", "140524", "140525"


def policy(**tables: Any) -> Policy:
    """Return the policy of Shanxi with *tables* merged in; None takes one out."""
    document = msgspec.to_builtins(load_policy("shanxi-2023"))
    for name, table in tables.items():
        if table is None:
            del document[name]
        else:
            document[name] = {**document.get(name, {}), **table} if isinstance(table, dict) else table
    return policy_of(document)


def _books() -> Registry:
    return Registry.open(":memory:", policy="shanxi-2023", clock=Clock(datetime(2024, 3, 1, tzinfo=UTC)))


@define
class Campaign:
    """Books with the campaign of Shanxi open, and short ways to say what happened in it."""

    books: Registry = field(factory=_books)

    def do(self, *commands: c.Command) -> Campaign:
        """Record *commands*."""
        self.books.execute_many(commands)
        return self

    def lab(self, code: str, *, dual_from: str | None = None, until: str = "2028-12-31", nth: int = 1) -> str:
        """Register a lab designated for its county, certified from a day on if one is given; return its id."""
        id_, county = f"lab-{code}-{nth}", f"county-{code}"
        register = c.RegisterLab(lab=id_, name=f"{code}站", level="county", division=code, on="2010-01-01")
        self.do(register, c.DesignateLab(county=county, lab=id_, on="2010-01-01"))
        if dual_from:
            self.certify(id_, dual_from, until)
        return id_

    def certify(self, lab: str, on: str, until: str = "2028-12-31", schemes: tuple[str, ...] = ("CMA", "CATL")) -> None:
        """Grant both certificates on a day, or those of *schemes*."""
        for scheme in schemes:
            number = f"{lab}-{scheme}"
            self.do(c.GrantCertificate(lab=lab, scheme=scheme, number=number, granted_on=on, valid_until=until))

    def enrol(self, code: str, standing: str = "named", programme: str = "provincial", batch: int = 3) -> str:
        """Enrol a county; return its id."""
        county = f"county-{code}"
        self.do(c.EnrolCounty(county=county, programme=programme, batch=batch, standing=standing, on="2020-01-01"))
        return county

    def found(self, day: str, kind: str, **how: Any) -> list[dict[str, Any]]:
        """Return the findings of one kind on a day as JSON has them."""
        rows = self.books.due(as_of=date.fromisoformat(day), **how).to_dict()["rows"]
        return [row for row in rows if row["kind"] == kind]

    def subjects(self, day: str, kind: str, **how: Any) -> list[str]:
        """Return the subjects of the findings of one kind on a day."""
        return [row["subject"] for row in self.found(day, kind, **how)]
