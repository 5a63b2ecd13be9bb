"""A notice of a decision names the gate that decided and what it rests on, and says where it is doubtful."""

from __future__ import annotations

import msgspec
import pytest
from dualcert_notice import GateNotice
from notice_docx import written
from notice_papers import COMPLETE

from dualcert import GrantCertificate, OpenCampaign, RetractFact, RevokeCertificate
from dualcert.policy import load_policy, policy_of


def notice(books):
    ((_, content),) = [(each.filename, each.content) for each in GateNotice().render(*books.asked(COMPLETE))
                       if "陵川" in each.filename]  # fmt: skip
    return written(content)


@pytest.fixture
def with_another_campaign(small_books):
    """A second campaign is in force when the first one's gate decides; its gate of the same name is later."""
    document = msgspec.to_builtins(load_policy("shanxi-2023"))
    document |= {"name": "shanxi-autumn", "from": "2023-10-01", "summary": []}
    document["gate"] = [{**document["gate"][0], "on": "2023-12-20"}]
    opening = OpenCampaign(campaign="campaign-shanxi-autumn", policy=policy_of(document), on="2023-10-01")
    small_books.registry.execute(opening)
    return small_books


def test_the_deadline_is_that_of_the_campaign_whose_gate_decided(with_another_campaign):
    assert "截至2023年9月30日，陵川县" in notice(with_another_campaign)


def test_a_decision_that_present_knowledge_does_not_support_says_so_first(small_books):
    assert "现有记录" not in notice(small_books)
    late = GrantCertificate(
        lab="lab-140524-1", scheme="CATL", number="N", granted_on="2023-09-28", valid_until="2029-09-27"
    )
    small_books.registry.execute(late)

    told = notice(small_books)

    assert told.index("【现有记录已不支持本认定") < told.index("截至2023年9月30日")


def test_the_annex_names_the_lab_and_certificate_of_everything_that_happened_to_one(small_books):
    books = small_books.registry
    (decision,) = [each for each in books.history("county-140524") if each.fact == "county.delisted"]
    books.execute_many([
        GrantCertificate(lab="lab-140524-1", scheme="CATL", number="N", granted_on="2020-09-28", valid_until="2026-09-27"),
        RevokeCertificate(lab="lab-140524-1", scheme="CATL", reason="x", on="2023-09-01"),
    ])  # fmt: skip
    books.execute(RetractFact(stream="county-140524", version=decision.version, reason="x", on="2023-10-09"))
    books.apply_gate("standing", on="2023-10-09")

    assert "陵川县站CATL证书撤销" in notice(small_books)
