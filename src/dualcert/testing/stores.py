"""The contract of every store, as tests to inherit.

    class TestMyStore(StoreContract):
        @pytest.fixture
        def url(self, tmp_path):
            return f"sqlite:///{tmp_path}/books.db"

`url` names a store that does not exist yet; `StoreContract.reopens` is False for a store that is lost when it is closed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import attrs
import pytest
from msgspec.structs import replace

from dualcert.domain.commands import (
    CloseLab,
    CorrectFact,
    DesignateLab,
    GrantCertificate,
    RegisterLab,
    RetractFact,
    SuspendCertificate,
)
from dualcert.domain.entry import AnyEntry, LogOpened
from dualcert.domain.lab import LabRegistered
from dualcert.errors import (
    ClockBehindLog,
    CommandIdReused,
    LabIsClosed,
    Refused,
    StoreExists,
    StoreMissing,
)
from dualcert.registry import Registry
from dualcert.store.log import Bookmark, open_log
from dualcert.store.rows import AppendRaced
from dualcert.testing.clocks import Clock

LAB = "lab-140525-1"


def register(lab: str = LAB, **how: str) -> RegisterLab:
    """Return a command that registers *lab*."""
    return RegisterLab(lab=lab, name="泽州县农产品质量安全检验检测站", level="county", division="140525",
                       on="2019-01-01", **how)  # type: ignore[arg-type]  # fmt: skip  # converters take texts


def grant(scheme: str = "CMA", **how: str) -> GrantCertificate:
    """Return a command that grants a certificate to the lab."""
    fields = {"number": "210404090041", "granted_on": "2021-06-15", "valid_until": "2027-06-14", **how}
    return GrantCertificate(lab=LAB, scheme=scheme, **fields)  # type: ignore[arg-type]  # converters take texts


class StoreContract:
    """The promises of a log in every store."""

    reopens = True

    @pytest.fixture
    def clock(self) -> Clock:
        """Return the clock that the test drives."""
        return Clock()

    @pytest.fixture
    def registry(self, url: str, clock: Clock) -> Iterator[Registry]:
        """Yield the books of a new store."""
        with Registry.create(url, policy="shanxi-2023", clock=clock) as registry:
            yield registry

    def test_a_log_begins_with_its_opening_fact(self, registry: Registry) -> None:
        """The first fact has the store's id, the format and the hash, so a foreign or empty store is recognised."""
        first = next(iter(registry.follow(every=0)))

        assert first.id == "log-1@1"
        assert first.position == 1
        assert isinstance(first.fact, LogOpened)
        assert (first.fact.format, first.fact.hash, len(first.fact.store_id)) == (1, "sha256", 32)

    def test_positions_are_gap_free_also_after_refusals_and_conflicts(self, registry: Registry) -> None:
        """A position is the number of facts up to it, even if the store itself counts otherwise."""
        registry.execute(register())
        log, standing = registry._fold.log, registry.view().entries(LAB)  # noqa: SLF001  the contract looks inside
        for attempt in range(3):
            with pytest.raises(AppendRaced):
                log.append([_other(standing[0], f"other {attempt}")])
            with pytest.raises(Refused):
                registry.execute(grant(granted_on="2018-01-01"))
        registry.execute(grant())

        positions = [entry.position for _, page in log.pages(Bookmark()) for entry in page]
        assert positions == list(range(1, len(positions) + 1))
        assert registry.view().entries(LAB)[-1].position == len(positions)

    def test_a_batch_is_recorded_whole_or_not_at_all(self, registry: Registry) -> None:
        """If one command is refused, nothing of the batch is recorded."""
        before = registry.catch_up()

        with pytest.raises(Refused):
            registry.execute_many([register(), grant(), grant(number="other", granted_on="2022-01-01")])

        assert registry.catch_up() == before

    def test_more_than_a_thousand_facts_go_in_one_transaction(self, registry: Registry) -> None:
        """An import of a province is one transaction."""
        before = registry.catch_up()
        labs = [register(f"lab-140525-{n}") for n in range(1, 2_502)]

        receipts = registry.execute_many(labs)

        assert [r.facts[0].position for r in receipts] == list(range(before + 1, before + 2_502))
        log, taken = registry._fold.log, receipts[0].facts[0]  # noqa: SLF001  the contract looks inside
        with pytest.raises(AppendRaced):
            log.append([_at(taken, "lab-140525-9999", 1), _other(taken, "x")])
        assert registry.catch_up() == before + 2_501

    def test_the_same_bytes_again_count_as_done(self, registry: Registry) -> None:
        """A commit whose answer was lost is not a conflict: the log has exactly these bytes."""
        entry = registry.execute(register()).facts[0]

        registry._fold.log.append([entry])  # noqa: SLF001  the contract looks inside

        assert len(registry.view().entries(LAB)) == 1

    def test_two_writers_of_one_stream_never_both_win(self, registry: Registry) -> None:
        """The loser of a race decides again on the facts that the winner recorded."""
        registry.execute(register())
        gate = threading.Barrier(8)

        def write(n: int) -> str:
            gate.wait()
            try:
                registry_of = registry.execute(grant(number=f"21040409{n:04}"))
            except Refused as refusal:
                return refusal.code
            return "recorded" if registry_of.recorded else "unchanged"

        with ThreadPoolExecutor(8) as pool:
            outcomes = sorted(pool.map(write, range(8)))

        assert outcomes == ["certificate-already-held"] * 7 + ["recorded"]

    def test_two_registries_see_each_other(self, registry: Registry, url: str, clock: Clock) -> None:
        """Views are caught up on read; a race between two processes is decided anew."""
        if not self.reopens:
            return
        with Registry.open(url, clock=clock) as other:
            registry.execute(register())
            assert other.execute(grant()).recorded
            assert registry.execute(grant()).unchanged
            assert registry.replay().digest == other.replay().digest

    def test_what_another_registry_recorded_counts_in_every_decision(
        self, registry: Registry, url: str, clock: Clock
    ) -> None:
        """No command is refused, accepted, unchanged or rehearsed on books that are older than the log."""
        if not self.reopens:
            return
        closing = CloseLab(lab=LAB, reason="并入", on="2020-01-01")
        designation = DesignateLab(county="county-140525", lab=LAB, on="2021-01-01")
        with Registry.open(url, clock=clock) as other:
            for each in (registry, other):
                each.catch_up()
            other.execute(register())
            assert registry.execute_many([grant()], dry_run=True)[0].recorded  # the lab is there
            assert registry.execute(register()).unchanged
            other.execute(closing)
            with pytest.raises(LabIsClosed):  # the rule looks at another stream than that which is written
                registry.execute(designation)
            position = registry.catch_up()
            assert [fact.position for fact in registry.execute(register("lab-140525-2")).facts] == [position + 1]

    def test_a_command_id_makes_sending_twice_harmless(self, registry: Registry) -> None:
        """The same id with the same command answers as the first time; with another it is refused."""
        registry.execute(register())
        first = registry.execute(grant(command_id="c-1"))

        again = registry.execute(grant(command_id="c-1"))

        assert again.unchanged
        assert again.facts == first.facts
        with pytest.raises(CommandIdReused):
            registry.execute(grant(command_id="c-1", number="other"))

    def test_time_of_recording_never_goes_back(self, registry: Registry, clock: Clock) -> None:
        """A clock slightly behind uses the newest fact's instant; one far behind is refused without *accept_clock*."""
        first = registry.execute(register()).facts[0]
        clock.now -= timedelta(seconds=90)
        second = registry.execute(grant()).facts[0]
        assert second.recorded_at == first.recorded_at

        clock.now -= timedelta(minutes=5)
        with pytest.raises(ClockBehindLog):
            registry.execute(grant("CATL"))

    def test_another_writers_later_instant_is_kept(self, registry: Registry, url: str, clock: Clock) -> None:
        """Two machines' clocks differ by a minute: the log still never goes back."""
        if not self.reopens:
            return
        ahead = Clock(clock.now + timedelta(minutes=1))
        with Registry.open(url, clock=ahead) as other:
            later = other.execute(register()).facts[0]
            entry = registry.execute(grant()).facts[0]
            assert entry.recorded_at == later.recorded_at

    def test_known_at_answers_as_it_was_answered_then(self, registry: Registry) -> None:
        """A certificate of 28 September that is entered late was not known before."""
        registry.execute_many([register(), grant()])
        then = registry.status(LAB, as_of=date(2023, 9, 30)).rows
        position = registry.catch_up()
        registry.execute(grant("CATL", number="1", granted_on="2023-09-28", valid_until="2029-09-27"))

        assert registry.status(LAB, as_of=date(2023, 9, 30), known_at=position).rows == then
        assert registry.status(LAB, as_of=date(2023, 9, 30)).rows != then

    def test_a_retracted_fact_stays_in_the_log(self, registry: Registry) -> None:
        """History shows both, and a correction retracts and enters anew in one step."""
        registry.execute_many([register(), grant()])
        registry.execute(RetractFact(stream=LAB, version=2, reason="typed twice", on=date(2023, 1, 1)))
        registry.execute(grant())
        registry.execute(
            CorrectFact(
                stream=LAB, version=4, reason="wrong number", on=date(2023, 1, 2), replacement=grant(number="2")
            )
        )

        facts = [row.fact for row in registry.history(LAB)]
        assert facts[1:] == ["lab.certificate-granted", "fact.retracted", "lab.certificate-granted",
                             "fact.retracted", "lab.certificate-granted"]  # fmt: skip

    def test_a_closed_store_opens_with_the_same_digest(self, registry: Registry, url: str, clock: Clock) -> None:
        """Replay gives the same digest every time."""
        registry.execute_many([register(), grant()])
        digest = registry.replay().digest
        assert registry.replay().digest == digest
        if self.reopens:
            with Registry.open(url, clock=clock) as again:
                assert again.replay().digest == digest

    def test_a_missing_store_is_refused_and_an_existing_one_is_not_made_again(
        self, registry: Registry, url: str, clock: Clock
    ) -> None:
        """A store is made only with a policy, and never over an existing one."""
        if not self.reopens:
            return
        registry.execute(register())
        with pytest.raises(StoreExists):
            Registry.create(url, policy="shanxi-2023", clock=clock)
        with Registry.open(url, clock=clock) as again:
            assert len(again.view().entries(LAB)) == 1

    def test_a_store_that_is_not_there_is_refused(self, url: str) -> None:
        """Opening never makes a store."""
        if self.reopens:
            with pytest.raises(StoreMissing):
                open_log(url)

    def test_following_yields_what_comes_after_a_position(self, registry: Registry) -> None:
        """Long-lived processes continue to read the log where they stopped."""
        registry.execute_many([register(), grant()])
        head = registry.catch_up()
        following = registry.follow(after=head - 1, every=0.01)
        assert next(following).position == head

        registry.execute(SuspendCertificate(lab=LAB, scheme="CMA", on=date(2023, 1, 1), reason="r"))

        assert next(following).position == head + 1


def _other(entry: AnyEntry, name: str) -> AnyEntry:
    """Return another fact for the same place in the stream."""
    assert isinstance(entry.fact, LabRegistered)
    return replace(entry, fact=attrs.evolve(entry.fact, name=name))


def _at(entry: AnyEntry, stream: str, version: int) -> AnyEntry:
    return replace(entry, stream=stream, version=version)
