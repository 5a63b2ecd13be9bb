"""The file of kept figures: who writes it, who reads it, and that nothing depends on it."""

from __future__ import annotations

import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dualcert import AmendLab, Registry, backup, doctor, figures, fold
from dualcert.errors import FileUnwritable
from dualcert.figures import FiguresKeeper
from dualcert.integrity.verifying import look_through
from dualcert.projections.kept_figures import KeptFigures
from dualcert.store import figures_file, sqlite
from dualcert.store.log import open_log
from dualcert.store.url import parse_url
from dualcert.testing import Clock
from dualcert.testing.books import _commands
from tampering import unguarded

DAY = "2023-09-30"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("figures") / "books.db"
    with Registry.create(path, policy="shanxi-2023", clock=Clock()) as registry:
        registry.execute_many(_commands(str))
    return path


@pytest.fixture
def place(made, tmp_path, monkeypatch) -> Path:
    """A store whose log is taken for a long one."""
    monkeypatch.setattr(fold, "SHORT", -1)
    return shutil.copy(made, tmp_path / "books.db")


def file_of(place):
    return place.with_name("books.db.figures")


def cold(place, **known):
    """Return the figures, asked of a registry that was opened for it."""
    with Registry.open(place, clock=Clock()) as registry:
        registry.keeps_figures_from = 1
        return registry.ratio("city", as_of=DAY, **known)


def folded(place, **known):
    with Registry.open(place, clock=Clock()) as registry:
        return registry.books(DAY, **known).ratio("city")


def kept_at(place):
    return KeptFigures.from_bytes(file_of(place).read_bytes()).basis.position


@pytest.fixture
def never_whole(monkeypatch):
    """Return a function after which the log is not read from its beginning any more."""

    def never():
        def refuse(*_):
            raise AssertionError("the whole log was read")

        monkeypatch.setattr(fold.LogFold, "catch_up", refuse)

    return never


def test_the_first_question_keeps_what_the_next_one_reads(place, never_whole):
    first = cold(place)
    assert stat.S_IMODE(file_of(place).stat().st_mode) == 0o600
    never_whole()
    assert cold(place) == first
    assert cold(place, known_at=first.position) == first


def test_facts_recorded_since_are_read_by_the_names_of_their_labs(place, never_whole, monkeypatch):
    before = cold(place)
    monkeypatch.setattr(figures, "SHARE", 0)
    with Registry.open(place, clock=Clock()) as registry:
        registry.execute(AmendLab(lab="lab-140525-1", counted=False, on="2023-05-01"))
        registry.execute(AmendLab(lab="lab-140525-1", counted=True, on="2023-10-01"))
    after = folded(place)
    never_whole()
    assert before["140500"].labs == after["140500"].labs + 1
    assert cold(place) == after
    assert kept_at(place) == after.position  # so much was added that they were kept anew


def test_where_much_was_recorded_since_the_log_is_folded_and_the_figures_are_kept_anew(place, monkeypatch):
    cold(place)
    with Registry.open(place, clock=Clock()) as registry:
        for on in ("2023-05-01", "2023-06-01", "2023-07-01"):
            registry.execute(AmendLab(lab="lab-140525-1", name=f"{on}站", on=on))
    monkeypatch.setattr(FiguresKeeper, "_changed", None)

    assert cold(place) == folded(place)
    assert kept_at(place) == folded(place).position


def test_a_question_about_an_earlier_position_keeps_nothing(place):
    with Registry.open(place) as registry:
        head = registry.catch_up()
    assert cold(place, known_at=head - 1) == folded(place, known_at=head - 1)
    assert not file_of(place).exists()


def test_a_short_log_and_a_registry_that_is_told_so_keep_nothing(place):
    for keeps_from in (20_000, None):
        with Registry.open(place) as registry:
            registry.keeps_figures_from = keeps_from
            registry.ratio(as_of=DAY)
    assert not file_of(place).exists()


def test_a_store_that_is_opened_for_reading_only_gets_no_file(place):
    assert cold(f"sqlite:///{place}?mode=ro") == folded(place)
    assert not file_of(place).exists()


def test_where_nothing_can_be_written_the_question_is_answered(place, monkeypatch):
    file_of(place).mkdir()
    assert cold(place) == folded(place)

    def refuse(*_, **__):
        raise FileUnwritable(path="books.db.figures", problem="no right")

    file_of(place).rmdir()
    monkeypatch.setattr(figures_file, "written", refuse)
    assert cold(place) == folded(place)
    assert not file_of(place).exists()


def test_a_store_is_never_replaced_by_figures(place):
    shutil.copy(place, file_of(place))
    before = file_of(place).read_bytes()
    assert cold(place) == folded(place)
    assert file_of(place).read_bytes() == before


def test_several_may_keep_figures_at_once(place):
    expected = folded(place)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(cold, [place] * 8)) == [expected] * 8
    assert kept_at(place) == expected.position
    assert [each.name for each in place.parent.iterdir() if each.name.endswith(".part")] == []


@pytest.mark.parametrize("guarded_again", [True, False])
def test_once_facts_could_be_changed_the_log_is_read(place, guarded_again):
    before = cold(place)
    with unguarded(place) as connection:
        connection.execute(
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '2023-10-19', '2023-09-19') AS BLOB) "
            "WHERE originator_id = 'lab-140525-1'"
        )
    if guarded_again:
        sqlite.guard(parse_url(place))
    assert folded(place) != before
    assert cold(place) == folded(place)


def test_replay_verify_gates_and_commands_never_ask_for_kept_figures(place, monkeypatch):
    def refuse(*_):
        raise AssertionError("kept figures were asked for")

    cold(place)
    for name in ("find", "keep"):
        monkeypatch.setattr(FiguresKeeper, name, refuse)
    with pytest.raises(AssertionError):
        cold(place)
    with Registry.open(place, clock=Clock()) as registry:
        registry.keeps_figures_from = 1
        registry.execute(AmendLab(lab="lab-140525-1", name="新站", on="2023-05-01"))
        registry.apply_gate("standing", on="2023-10-01", dry_run=True)
        assert registry.replay(monthly=True).facts == registry.catch_up()
    with closing(open_log(place)) as log:
        assert look_through(log).fault is None


def test_a_backup_leaves_them_out_and_doctor_tells_of_them(place, tmp_path):
    cold(place)
    backup.back_up(place, tmp_path / "saved", datetime.now(UTC))
    assert not list((tmp_path / "saved").rglob("*.figures"))
    assert checked(place) == (
        "ok",
        f"figures as known at position {kept_at(place)} are kept in {file_of(place)}",
    )
    file_of(place).write_bytes(b"something else")
    assert checked(place)[0] == "note"
    file_of(place).unlink()
    assert checked(place) is None


def checked(place):
    """Return what doctor says of kept figures."""
    with Registry.open(place) as registry:
        return next(((each.state, str(each.detail)) for each in doctor._figures(registry.store)), None)
