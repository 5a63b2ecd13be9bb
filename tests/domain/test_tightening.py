"""A rule that is made stricter leaves every recorded history loadable, and blocks no stream."""

from __future__ import annotations

from datetime import date

import pytest

from dualcert import Registry
from dualcert.domain import certificate
from dualcert.domain.commands import GrantCertificate, RegisterLab, RetractFact, SuspendCertificate
from dualcert.errors import CertificateNotHeld, Refused
from dualcert.values.terms import State

LAB = "lab-140525-1"
LONG = {"number": "180404090041", "granted_on": "2018-03-01", "valid_until": "2033-02-28"}


def at_most_six_years(_timeline, entry):
    """The stricter rule of the story: a certificate runs for six years at most."""
    fact = entry.fact
    if fact.valid_until.year - fact.granted_on.year > 6:
        return CertificateNotHeld(lab=entry.stream, scheme=fact.scheme, on=entry.on)
    return None


@pytest.fixture
def store(tmp_path):
    """A store with a certificate of fifteen years, recorded when nothing forbade it."""
    url = f"sqlite:///{tmp_path}/books.db"
    with Registry.open(url, policy="shanxi-2023") as registry:
        registry.execute(RegisterLab(lab=LAB, name="泽州县站", level="county", division="140525", on="2010-01-01"))
        registry.execute(GrantCertificate(lab=LAB, scheme="CMA", **LONG))
        yield url, registry.replay().digest


@pytest.fixture
def _stricter(store, monkeypatch):
    monkeypatch.setitem(certificate.RULES, certificate.CertificateGranted, at_most_six_years)


@pytest.mark.usefixtures("_stricter")
def test_every_recorded_history_is_loaded_and_says_what_it_said(store):
    url, digest = store
    with Registry.open(url) as registry:
        assert registry.replay().digest == digest
        assert registry.status(LAB, as_of=date(2030, 1, 1)).rows[0].cma.state is State.VALID


@pytest.mark.usefixtures("_stricter")
def test_the_stream_takes_further_facts_and_its_old_fact_can_be_retracted(store):
    with Registry.open(store[0]) as registry:
        suspend = SuspendCertificate(lab=LAB, scheme="CMA", on=date(2022, 1, 1), reason="r")
        assert registry.execute(suspend).recorded
        assert registry.execute(RetractFact(stream=LAB, version=3, reason="错", on=date(2022, 1, 2))).recorded
        assert registry.execute(RetractFact(stream=LAB, version=2, reason="错", on=date(2022, 1, 2))).recorded


@pytest.mark.usefixtures("_stricter")
def test_only_a_new_fact_is_held_to_the_stricter_rule(store):
    with Registry.open(store[0]) as registry, pytest.raises(Refused):
        registry.execute(GrantCertificate(lab=LAB, scheme="CATL", **LONG))
