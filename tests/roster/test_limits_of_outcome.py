"""What an import holds until it is recorded is bounded, and said to be."""

from __future__ import annotations

import pytest

from dualcert.errors import RosterTooLarge
from dualcert.roster import Limits, import_roster

pytestmark = pytest.mark.usefixtures("read_here")

HEADERS = ["市", "县", "机构名称", "级别", "CMA证书编号", "CMA发证日期", "CMA有效期至"]


def labs(count, until="2029-05-05"):
    return [
        ["晋城市", "泽州县", f"第{n}检测站", "县级", f"2304040900{n:02}", "2023-05-06", until] for n in range(count)
    ]


@pytest.mark.parametrize("until", ["2029-05-05", "某日"])
def test_a_sheet_of_which_too_much_comes_is_refused_and_not_recorded(books, book, until):
    before = books.catch_up()
    file = book({"机构台账": [HEADERS, *labs(6, until)]})

    with pytest.raises(RosterTooLarge, match="split the sheet"):
        import_roster(books, file, kind="labs", limits=Limits(outcome=5))
    assert books.catch_up() == before

    done = import_roster(books, file, kind="labs", limits=Limits(outcome=60))
    assert (done.refused == 0) is (until == "2029-05-05")
