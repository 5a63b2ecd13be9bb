"""The registry in a host process: threads, races, following, and no work at import."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

import dualcert
from dualcert import Registry
from dualcert.domain import commands as c
from dualcert.errors import (
    BadId,
    BadValue,
    Conflict,
    ContradictsLaterFact,
    LabAlreadyRegistered,
    Refused,
    StoreClosed,
    UnknownPosition,
)
from dualcert.store.log import AppendRaced
from dualcert.testing import Clock


def register(n=1, **how):
    fields = {"name": "站", "level": "county", "division": "140525", "on": "2019-01-01"} | how
    return c.RegisterLab(lab=f"lab-140525-{n}", **fields)


def test_the_interface_as_documented():
    registry = Registry.open(":memory:", policy="shanxi-2023")
    registry.execute(register())
    receipt = registry.execute(
        dualcert.GrantCertificate(lab="lab-140525-1", scheme="CMA", number="230404090012",
                                  granted_on=date(2023, 5, 6), valid_until=date(2029, 5, 5),
                                  by="person-17", source="晋市监许〔2023〕12号")
    )  # fmt: skip

    assert receipt.recorded
    assert registry.status("lab-140525-1", as_of=date(2023, 9, 30)).rows[0].cma.number == "230404090012"
    assert registry.ratio(by="city", as_of=date(2023, 9, 30)).to_dict()["rows"][4]["cma"] == 1
    assert [row.version for row in registry.history("lab-140525-1")] == [1, 2]


def test_readers_and_writers_may_be_threads(tmp_path):
    with Registry.open(str(tmp_path / "b.db"), policy="shanxi-2023") as registry:

        def work(n):
            registry.execute(register(n))
            return registry.ratio("county", as_of=date(2023, 1, 1)).total.labs

        with ThreadPoolExecutor(8) as pool:
            seen = list(pool.map(work, range(1, 61)))

        assert max(seen) == 60
        assert registry.catch_up() == 62


def test_readers_may_ask_what_was_known_while_others_write(books):
    stop = threading.Event()

    def ask():
        asked = 0
        while not stop.is_set():
            books.ratio(as_of=date(2023, 1, 1), known_at=datetime(2090, 1, 1, tzinfo=UTC))
            books.view(2)
            asked += 1
        return asked

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(ask) for _ in range(2)]
        for n in range(1, 400):
            books.execute(register(n))
        stop.set()
        assert all(reader.result() for reader in readers)


DAYS = [
    date(2023, 10, 8),
    "2023-10-08",
    datetime(2023, 10, 8),  # noqa: DTZ001  as pandas has days
    datetime(2023, 10, 7, 16, tzinfo=UTC),
]


@pytest.mark.parametrize("day", DAYS)
def test_a_day_is_taken_in_any_form_wherever_a_day_is_asked_for(books, day):
    books.execute(register(on=day))
    answers = [
        books.status(as_of=day),
        books.ratio(as_of=day, series=[day]),
        books.due(as_of=day),
        books.agenda(as_of=day),
    ]

    assert {answer.as_of for answer in (*answers, books.books(day), books.books().status(as_of=day))} == {DAYS[0]}
    assert books.history("lab-140525-1")[0].on == DAYS[0]
    assert books.books().month_ends(day, day) == (DAYS[0],)


@pytest.mark.parametrize("moment", ["@1", 1, "2023-01-01", date(2023, 1, 1), "2023-01-01T08:00", "2023-01-01T08:00Z"])
def test_a_moment_of_knowledge_is_taken_in_any_form(books, moment):
    assert books.view(moment).position == (1 if moment in {"@1", 1} else 0)


class NotATime(datetime):
    """As pandas' NaT: a datetime that equals nothing, not even itself."""

    __hash__ = None

    def __eq__(self, _):
        return False

    def __ne__(self, _):
        return True


@pytest.mark.parametrize("nothing", ["2023-13-01", "20231008", 20231008, "", "today", NotATime(2023, 1, 1)], ids=str)
def test_what_is_no_day_is_refused_with_the_name_of_its_field(books, nothing):
    for field, ask in {
        "as_of": lambda: books.ratio(as_of=nothing),
        "on": lambda: books.apply_gate("standing", on=nothing),
        "series": lambda: books.ratio(series=[nothing]),
        "first": lambda: books.books().change_days(nothing, "2023-01-01"),
    }.items():
        with pytest.raises(BadValue) as refused:
            ask()
        assert refused.value.field == field


def test_a_time_without_its_offset_is_no_instant_and_no_moment_is_guessed(books):
    with pytest.raises(BadValue, match="offset"):
        books.view(datetime(2023, 10, 8, 12))  # noqa: DTZ001  what is refused
    with pytest.raises(BadValue, match="known_at"):
        books.view("yesterday")
    with pytest.raises(BadValue, match="known_at"):
        books.view(True)


def test_a_lost_race_is_decided_anew_so_many_times_and_then_is_a_conflict(books, monkeypatch):
    def raced(*_):
        attempts.append(1)
        raise AppendRaced

    attempts = []
    monkeypatch.setattr(books._fold.log, "append", raced)
    monkeypatch.setattr("dualcert.recording.PATIENCE", 0.2)

    with pytest.raises(Conflict) as conflict:
        books.execute(register())

    assert len(attempts) == conflict.value.attempts > 3


def test_a_race_lost_once_is_no_matter(books, monkeypatch):
    append, raised = books._fold.log.append, []

    def once(entries, after):
        if not raised:
            raised.append(1)
            raise AppendRaced
        append(entries, after)

    monkeypatch.setattr(books._fold.log, "append", once)

    assert books.execute(register()).recorded


def test_with_accept_valid_each_command_has_its_receipt(books):
    receipts = books.execute_many([register(1), register(1, name="other"), register(2), register(1)], accept_valid=True)

    assert [(r.recorded, r.unchanged, r.refusal and r.refusal.code) for r in receipts] == [
        (True, False, None), (False, False, "lab-already-registered"), (True, False, None), (False, True, None),
    ]  # fmt: skip


def test_commands_of_a_batch_see_those_before_them_also_across_streams(books):
    designated = c.DesignateLab(county="county-140525", lab="lab-140525-1", on="2020-01-01")

    assert all(receipt.recorded for receipt in books.execute_many([register(), designated]))


def test_what_stands_already_is_unchanged_before_any_rule_is_asked_also_one_across_streams(books):
    """The lab was designated while it was open; saying so again after its closing is no news and no fault."""
    designated = c.DesignateLab(county="county-140525", lab="lab-140525-1", on="2020-01-01")
    closed = c.CloseLab(lab="lab-140525-1", reason="并入", on="2020-01-01")
    books.execute_many([register(), designated, closed])

    assert books.execute(designated).unchanged


def test_a_dry_run_records_nothing(books):
    head = books.catch_up()

    assert books.execute_many([register()], dry_run=True)[0].recorded
    assert books.catch_up() == head


def test_known_at_takes_positions_of_the_log_only(books):
    assert books.view(0).position == 0
    for position in (-1, 3):
        with pytest.raises(UnknownPosition):
            books.view(position)


def test_a_behind_clock_may_be_accepted(tmp_path):
    clock = Clock()
    url = str(tmp_path / "b.db")
    Registry.open(url, policy="shanxi-2023", clock=clock).close()
    clock.on("2024-01-01")
    with Registry.open(url, clock=clock, accept_clock=True) as registry:
        fact = registry.execute(register()).facts[0]
        assert fact.recorded_at == registry.view(2).known_at


def test_refusals_travel_between_processes():
    refusal = ContradictsLaterFact(fact="lab-140525-1@2", because=LabAlreadyRegistered(lab="lab-140525-1"))

    again = pickle.loads(pickle.dumps(refusal))

    assert str(again) == str(refusal)
    assert again.facts()["because"]["code"] == "lab-already-registered"


def test_every_refusal_has_its_own_code():
    def tree(cls):
        return [cls, *(each for sub in cls.__subclasses__() for each in tree(sub))]

    codes = [cls.code for cls in {*tree(dualcert.DualcertError)}]
    assert len(codes) == len(set(codes))
    assert issubclass(Conflict, Refused)


def test_every_public_name_is_there_and_nothing_else():
    for name in dualcert.__all__:
        assert getattr(dualcert, name)
    with pytest.raises(AttributeError):
        dualcert.Nothing  # noqa: B018  the lookup is the test


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import dualcert", ["eventsourcing", "attrs", "click", "msgspec", "sqlite3"]),
        ("from dualcert.cli.program import run; run(['--help'])",
         ["eventsourcing", "msgspec", "sqlite3", "python_calamine", "psycopg", "pluggy", "tabulate"]),
    ],
)  # fmt: skip
def test_nothing_is_imported_that_is_not_needed(code, unwanted):
    check = f"import sys; {code}; print(','.join(m for m in {unwanted!r} if m in sys.modules), file=sys.stderr)"

    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert ran.stderr.strip() == ""


def test_following_a_bookmark_beyond_the_head_is_refused_at_once(books):
    """It is of a newer log, from which this one was restored; what comes up to it would be passed over."""
    with pytest.raises(UnknownPosition):
        books.follow(after=books.catch_up() + 1)
    with pytest.raises(UnknownPosition):
        books.follow(after=-1)


@pytest.mark.parametrize("how", ["stop", "close"])
def test_following_ends_when_it_is_told_to(tmp_path, how):
    registry = Registry.create(tmp_path / "b.db", policy="shanxi-2023")
    stop, read, seen = threading.Event(), threading.Event(), []

    def follow():
        for entry in registry.follow(every=0.01, stop=stop):
            seen.append(entry.position)
            read.set()

    thread = threading.Thread(target=follow)
    thread.start()
    assert read.wait(timeout=60)

    stop.set() if how == "stop" else registry.close()
    thread.join(timeout=60)

    assert not thread.is_alive()
    assert seen[0] == 1
    registry.close()


def test_every_refusal_is_of_one_category():
    def leaves(cls):
        found = cls.__subclasses__()
        return [each for sub in found for each in (sub, *leaves(sub))]

    for cls in {*leaves(dualcert.Refused), *leaves(dualcert.BadConfiguration), *leaves(dualcert.StoreUnusable)}:
        kinds = [kind for kind in dualcert.CATEGORIES if issubclass(cls, kind)]
        assert kinds, cls
        assert cls.category == kinds[0].category, cls
    assert dualcert.UnknownLab.category == "not-found"
    assert dualcert.LabAlreadyRegistered.category == "already-exists"
    assert dualcert.SendingOff.category == "forbidden"


@pytest.mark.parametrize("within", [-5, True, 1.5, "7"])
def test_a_number_of_days_is_a_number_from_zero_as_in_the_shell(books, within):
    for ask in (books.due, books.agenda):
        with pytest.raises(BadValue) as refused:
            ask(within=within)
        assert refused.value.field == "within"


@pytest.mark.parametrize("accept_valid", [False, True])
def test_what_is_no_command_is_refused_with_the_way_to_make_one(books, accept_valid):
    given = {
        "do": "register-lab",
        "lab": "lab-140525-1",
        "name": "站",
        "level": "county",
        "division": "140525",
        "on": "2019-01-01",
    }
    before = books.catch_up()

    for asked in ([given], given, [register(), "register-lab"]):
        with pytest.raises(BadValue, match=r"dualcert\.parse"):
            books.execute_many(asked, accept_valid=accept_valid)
    with pytest.raises(BadValue, match=r"dualcert\.parse"):
        books.execute(given)

    assert books.catch_up() == before
    assert books.execute(dualcert.parse(given)).recorded


def test_ids_of_another_kind_than_the_one_asked_for_are_refused(books):
    books.execute(register())

    assert len(books.status("lab-140525-1", "county-140525").rows) == 2
    with pytest.raises(BadId, match="county-…"):
        books.status("lab-140525-1", kind="county")


CLOSED = {
    "execute": lambda books: books.execute(register()),
    "execute_many": lambda books: books.execute_many([register()], dry_run=True),
    "apply_gate": lambda books: books.apply_gate("standing"),
    "undo": lambda books: books.undo("x"),
    "books": lambda books: books.books(),
    "glance": lambda books: books.glance(),
    "view": lambda books: books.view(),
    "status": lambda books: books.status(),
    "ratio": lambda books: books.ratio(),
    "due": lambda books: books.due(),
    "agenda": lambda books: books.agenda(),
    "score": lambda books: books.score(),
    "history": lambda books: books.history("lab-140525-1"),
    "facts": lambda books: books.facts(),
    "follow": lambda books: books.follow(),
    "replay": lambda books: books.replay(),
    "rehearsal": lambda books: books.rehearsal(),
    "checkpoint": lambda books: books.checkpoint(),
    "catch_up": lambda books: books.catch_up(),
    "check_clock": lambda books: books.check_clock(),
}


def test_a_closed_registry_says_so_whatever_is_asked_of_it(books):
    of_its_own = {"create", "open", "close", "today", "store", "acting", "recorded"}
    asked = {name for name in vars(Registry) if not name.startswith("_")} - of_its_own
    books.close()
    books.close()

    assert asked == CLOSED.keys()
    for ask in CLOSED.values():
        with pytest.raises(StoreClosed):
            ask(books)


def test_a_check_is_asked_of_the_very_books_on_which_a_command_is_recorded(tmp_path):
    """Another records between the check and the append: then the books are checked again, and what the check says counts."""
    with (
        Registry.create(tmp_path / "books.db", policy="shanxi-2023") as registry,
        Registry.open(tmp_path / "books.db") as other,
    ):
        registry.catch_up()
        seen = []

        def check(books):
            seen.append([lab for lab, _ in books.labs()])
            if len(seen) < 3:
                other.execute(register(len(seen)))
            else:
                raise LookupError

        with pytest.raises(LookupError):
            registry.execute_many([register(9)], check=check)

        assert seen == [[], ["lab-140525-1"], ["lab-140525-1", "lab-140525-2"]]
        assert "lab-140525-9" not in dict(registry.view().labs())
