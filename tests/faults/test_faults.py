"""Every kind of command is struck here and there; `make soak` strikes each call and each message.

Each harness is shown to find what it looks for, in a build with a fault put back.
"""

from __future__ import annotations

import errno

import pytest

from faults import damage, judging, outputs, power, races, wire
from faults.cases import BY_NAME, CASES
from faults.judging import ERRORS, KILLS, sample
from faults.runs import CHANGES, FAIL, Strike

ON_POSTGRES = [case for case in CASES if not case.options]


def lost_at(points, tried):
    """Return what was lost at which point; none may be missed."""
    found = {str(point): tried(point) for point in points}
    assert found
    assert None not in found.values()
    return {point: lost for point, lost in found.items() if lost}


def struck_once(bench, strikes, case):
    """Return one point of a case; the cases share the kinds of strikes, early calls and late ones between them."""
    nth = CASES.index(case)
    found = judging.points(bench, (strikes[nth % len(strikes)],), case)
    return [found[len(found) * (nth + 1) // (len(CASES) + 1)]]


# kill -9


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_killed_is_there_whole_or_not_at_all_and_goes_on_when_said_again(bench, case):
    points = struck_once(bench, KILLS, case)
    assert lost_at(points, lambda point: judging.tried(bench, point)) == {}


@pytest.mark.parametrize(
    ("build", "case", "found"),
    [
        ("facts_one_by_one", "apply --atomic", "half is there"),
        ("acknowledged_first", "record", "acknowledged and not stored"),
        ("erased_too_early", "people erase", "is erased, and the key is in"),
        ("written_in_place", "init", "again"),
    ],
)
def test_kills_find_a_broken_build(bench, broken, build, case, found):
    broken(bench, build)
    points = sample(judging.points(bench, KILLS[:1], BY_NAME[case]), 5)
    assert found in str(lost_at(points, lambda point: judging.tried(bench, point)))


# full and broken disks


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_full_or_broken_disk_is_said_and_leaves_nothing_half(bench, case):
    points = struck_once(bench, ERRORS, case)
    assert lost_at(points, lambda point: judging.tried(bench, point)) == {}


def test_a_commit_that_was_not_synced_does_not_come_back(bench):
    """In WAL mode all its pages are in the file beside the log when their sync fails; the next opening would find them."""
    broken_disk = Strike(CHANGES, how=FAIL, error=errno.EIO, for_good=True)
    points = judging.points(bench, (broken_disk,), BY_NAME["record, wal"])[-9:]  # the commit, and what comes after it
    assert lost_at(points, lambda point: judging.tried(bench, point)) == {}


def test_errors_find_a_broken_build(bench, broken):
    broken(bench, "untyped")
    points = sample(judging.points(bench, ERRORS, BY_NAME["record"]), 4)
    assert "ended with 70" in str(lost_at(points, lambda point: judging.tried(bench, point)))


# the power goes


@pytest.mark.parametrize("case", [*CASES[2:-1:4], CASES[-1]], ids=lambda case: case.name)
def test_what_is_acknowledged_is_there_when_the_power_comes_back(bench, case):
    assert lost_at([power.Outage(case.name, 5)], lambda outage: power.tried(bench, outage)) == {}


def test_outages_find_a_broken_build(bench, broken):
    broken(bench, "hardly_synced")
    outages = [power.Outage("record, wal", number) for number in range(1, 5)]
    assert "acknowledged and not stored" in str(lost_at(outages, lambda outage: power.tried(bench, outage)))


# output full or closed


def test_what_is_recorded_is_recorded_though_nobody_hears_of_it(bench):
    assert lost_at(sample(outputs.points(), 4), lambda point: outputs.tried(bench, point)) == {}


def test_outputs_find_a_broken_build(bench, broken):
    broken(bench, "uncaught")
    point = outputs.OutputPoint("record", ">/dev/full")
    assert "traceback" in str(outputs.tried(bench, point))


# races


@pytest.mark.parametrize("name", races.RACES)
def test_of_many_that_begin_at_once_each_is_told_the_truth(bench, name):
    assert races.RACES[name](bench) == []


@pytest.mark.parametrize("name", ["inits", "imports_of_others", "writers"])
def test_of_many_that_begin_at_once_on_postgresql_each_is_told_the_truth(postgres_bench, name):
    assert races.RACES[name](postgres_bench) == []


@pytest.mark.parametrize(
    ("build", "race", "found"),
    [
        ("forgetful", "writers", "acknowledged 1 times, stored 0 times"),
        ("claimed_by_anybody", "imports_of_others", "has"),
    ],
)
def test_races_find_a_broken_build(bench, broken, build, race, found):
    broken(bench, build)
    assert any(found in str(races.RACES[race](bench)) for _ in range(5))


# PostgreSQL cut off


@pytest.mark.parametrize("case", ON_POSTGRES[::4], ids=lambda case: case.name)
def test_a_connection_that_breaks_makes_no_false_failure_and_no_double(postgres_bench, proxy, case):
    points = [*sample(wire.points(postgres_bench, proxy, case), 1), wire.commit_points(postgres_bench, proxy, case)[0]]
    assert lost_at(points, lambda point: wire.tried(postgres_bench, proxy, point)) == {}


def test_cuts_find_a_broken_build(postgres_bench, proxy, broken):
    points = wire.commit_points(postgres_bench, proxy, BY_NAME["record"])
    broken(postgres_bench, "unsure")
    found = lost_at(points, lambda point: wire.tried(postgres_bench, proxy, point))
    assert "recorded, and said to have failed" in str(found)


# damage


def test_what_is_damaged_is_refused_or_read_and_what_is_foreign_is_not_touched(bench):
    assert lost_at(sample(damage.points(each=2), 10), lambda point: damage.tried(bench, point)) == {}


def test_damage_finds_a_broken_build(bench, broken):
    broken(bench, "untyped")
    points = [damage.Damaged("books.db", "cut", where, ("replay",)) for where in range(4)]
    assert "ended with 70" in str(lost_at(points, lambda point: damage.tried(bench, point)))
