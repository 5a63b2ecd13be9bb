"""是否双认证: an export has what counts on its day; an import refuses only what no day could make true."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dualcert import Registry, import_roster
from dualcert.domain import commands as c
from dualcert.roster import How
from dualcert.roster.kinds import KINDS
from dualcert.testing import Clock

pytestmark = pytest.mark.usefixtures("read_here")

LAB = "lab-140522-1"
HEAD = (
    "市,县,机构名称,级别,CMA证书编号,CMA发证日期,CMA有效期,CMA暂停日期,CATL证书编号,CATL发证日期,CATL有效期,是否双认证"
)


@pytest.fixture
def books():
    with Registry.open(":memory:", policy="shanxi-2023", clock=Clock(datetime(2023, 10, 1, tzinfo=UTC))) as registry:
        yield registry


def certified(books, until, suspended=None):
    books.execute(c.RegisterLab(lab=LAB, name="阳城县站", level="county", division="140522", on="2018-01-01"))
    for scheme in ("CMA", "CATL"):
        books.execute(
            c.GrantCertificate(lab=LAB, scheme=scheme, number=scheme, granted_on="2018-01-01", valid_until=until)
        )
    if suspended:
        books.execute(c.SuspendCertificate(lab=LAB, scheme="CMA", reason="飞行检查", on=suspended))


def exported(books, day):
    (row,) = KINDS["labs"].rows(books.view(), date.fromisoformat(day))
    return row["dual"]


def test_an_export_says_of_expired_and_suspended_certificates_that_they_are_not_dual(books):
    """A1: 95 是 beside 90 in the status of the same day."""
    certified(books, "2023-06-30", suspended="2023-05-01")

    assert [exported(books, day) for day in ("2023-04-30", "2023-05-01", "2023-07-01")] == ["是", "否", "否"]
    for day in ("2023-04-30", "2023-05-01", "2023-07-01"):
        (row,) = books.status(LAB, as_of=date.fromisoformat(day)).rows
        assert row.dual == (exported(books, day) == "是")


def imported(books, tmp_path, *, cma="2027-01-01", catl="2027-01-01", suspended="", dual):
    row = f"晋城市,阳城县,阳城县站,县级,C1,2022-01-10,{cma},{suspended},A1,2022-01-10,{catl},{dual}"
    sheet = tmp_path / "labs.csv"
    sheet.write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    return {
        finding.problem.code for finding in import_roster(books, sheet, how=How(kind="labs", dry_run=True)).findings
    }


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        ({"dual": "是"}, False),
        ({"dual": "否"}, True),
        ({"dual": "否", "cma": "2023-01-09", "catl": "2023-01-09"}, False),
        ({"dual": "否", "cma": "2023-01-09"}, False),
        ({"dual": "是", "cma": "2023-01-09"}, False),
        ({"dual": "否", "suspended": "2023-05-01"}, False),
        ({"dual": "是", "suspended": "2023-05-01"}, True),
    ],
)
def test_a_sheet_is_refused_only_where_no_day_makes_it_true(books, tmp_path, row, refused):
    """A2: the true 否 of two expired certificates was refused."""
    assert ("dual-contradicted" in imported(books, tmp_path, **row)) == refused
