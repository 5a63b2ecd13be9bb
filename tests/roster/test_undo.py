"""Undoing an import or an apply: all of it or nothing, the last fact first; what it corrected comes back."""

from __future__ import annotations

from hashlib import sha256

import attrs
import pytest

from dualcert.domain.commands import CloseLab, CorrectFact, DesignateLab, RegisterLab, RetractFact, SuspendCertificate
from dualcert.domain.entry import FactRetracted, LogOpened, effective
from dualcert.errors import SourceAmbiguous, SourceRestedOn, SourceUndone, UnknownSource
from dualcert.projections.undoing import command_of, origin
from dualcert.roster import import_roster
from dualcert.story import play, read
from examples import EXAMPLES

pytestmark = pytest.mark.usefixtures("read_here")

HEADERS = ["市", "县", "机构名称", "CMA证书编号", "CMA发证日期", "CMA有效期至"]
ZEZHOU = ["晋城市", "泽州县", "泽州站", "210404090041", "2021-06-15", "2027-06-14"]
YANGCHENG = ["晋城市", "阳城县", "阳城站", "210404090042", "2021-06-15", "2027-06-14"]
LAB = "lab-140525-1"


@pytest.fixture
def taken(books, book, tmp_path):
    """Import rows, and return the SHA-256 of their file; the same rows are in the same file."""
    made = {}

    def take(*rows, name="a.xlsx", **said):
        key = (name, *map(tuple, rows))
        if key not in made:
            made[key] = book({"台账": [HEADERS, *rows]}, name=name).read_bytes()
        path = tmp_path / name
        path.write_bytes(made[key])
        done = import_roster(books, path, **said)
        assert (done.findings, done.recorded > 0) == ([], True)
        return sha256(path.read_bytes()).hexdigest()

    return take


def in_force(books):
    """Return the facts that are in force, by stream, without those that every store has."""
    streams = books.view().streams.by_id
    return {
        stream: sorted((str(e.on), repr(e.fact)) for e in effective(books.view().entries(stream)))
        for stream in sorted(streams)
        if not stream.startswith(("log-", "campaign-")) and effective(books.view().entries(stream))
    }


def test_nothing_of_an_undone_import_is_in_force_and_it_can_be_imported_again(books, taken):
    source = taken(ZEZHOU, YANGCHENG)
    before = in_force(books)

    books.undo(source)

    assert in_force(books) == {}
    assert taken(ZEZHOU, YANGCHENG) == source
    assert [len(facts) for facts in in_force(books).values()] == [len(facts) for facts in before.values()]


@pytest.mark.parametrize(
    "form", [lambda h: h, lambda h: f"sha256:{h}", lambda h: h[:6]], ids=["whole", "prefixed", "beginning"]
)
def test_a_source_is_a_digest_or_its_beginning(books, taken, form):
    source = taken(ZEZHOU)

    assert books.undo(form(source), reason="错报")
    (*_, last) = books.view().entries(LAB)
    assert (last.fact.reason, last.source) == ("错报", f"undo sha256:{source}")


def test_a_source_is_the_text_that_an_apply_gave_too(books):
    for number in (1, 2):
        books.execute(RegisterLab(lab=f"lab-140525-{number}", name=f"站{number}", level="county", division="140525", on="2020-01-01",
                                  source="晋农函1号"))  # fmt: skip

    assert len(books.undo("晋农函1号")) == 2
    assert in_force(books) == {}


def test_what_means_no_source_or_several_is_refused(books, taken):
    taken(ZEZHOU)
    for wrong in ("f" * 64, "晋农函2号", "", "undo", "sha256:"):
        with pytest.raises(UnknownSource):
            books.undo(wrong)
    for number in (8, 9):
        books.execute(RegisterLab(lab=f"lab-140525-{number}", name=f"站{number}", level="county", division="140525", on="2020-01-01",
                                  source=f"sha256:000000{str(number) * 58} 表!2"))  # fmt: skip
    with pytest.raises(SourceAmbiguous):
        books.undo("000000")


def test_a_correction_goes_back_to_what_was_there(books, taken):
    taken(ZEZHOU)
    before = in_force(books)
    second = taken([*ZEZHOU[:5], "2027-06-13"], name="b.xlsx", correct=True)
    third = taken([*ZEZHOU[:4], "2021-06-14", "2027-06-13"], YANGCHENG, name="c.xlsx", correct=True)
    assert in_force(books) != before

    books.undo(third)
    books.undo(second)

    assert in_force(books) == before


def test_a_lab_registered_earlier_by_an_import_is_registered_as_before(books, taken):
    taken(ZEZHOU)
    before = in_force(books)
    second = taken([*ZEZHOU[:3], "150404090041", "2015-09-15", "2021-06-14"], name="b.xlsx", correct=True)

    books.undo(second)

    assert in_force(books) == before


def test_what_a_source_retracted_comes_back(books, taken):
    taken(ZEZHOU)
    before = in_force(books)
    version = len(books.view().entries(LAB))
    books.execute(RetractFact(stream=LAB, version=version, reason="错", on="2023-05-01", source="晋农函3号"))

    (receipt,) = books.undo("晋农函3号")

    assert receipt.recorded
    assert in_force(books) == before
    with pytest.raises(SourceUndone):
        books.undo("晋农函3号")


def test_undone_twice_is_said_with_the_retractions(books, taken):
    source = taken(ZEZHOU)
    receipts = books.undo(source)

    with pytest.raises(SourceUndone) as refused:
        books.undo(source)

    assert set(refused.value.by) == {fact.id for receipt in receipts for fact in receipt.facts}


def test_what_rests_on_it_is_named_and_nothing_is_undone(books, taken):
    source = taken(ZEZHOU, YANGCHENG)
    resting = SuspendCertificate(lab=LAB, scheme="CMA", reason="整改", on="2023-05-01", source="晋市监函1号")
    books.execute(resting)
    before, position = in_force(books), books.catch_up()

    with pytest.raises(SourceRestedOn) as refused:
        books.undo(source)

    assert refused.value.by == (f"{LAB}@{len(books.view().entries(LAB))}",)
    assert (in_force(books), books.catch_up()) == (before, position)
    books.undo("晋市监函1号")
    books.undo(source)
    assert in_force(books) == {}


def test_a_dry_run_undoes_nothing(books, taken):
    source, before = taken(ZEZHOU), in_force(books)

    assert books.undo(source, dry_run=True)
    assert in_force(books) == before


def test_a_file_that_was_imported_in_parts_is_undone_whole(books, taken):
    source = taken(ZEZHOU)
    books.execute(CloseLab(lab=LAB, reason="x", on="2023-05-01", source="y"))
    books.undo("y")
    books.undo(source)
    taken(ZEZHOU)

    books.undo(source)

    assert in_force(books) == {}


def test_what_was_retracted_after_a_correction_comes_back_as_that_correction(books, taken):
    taken(ZEZHOU)
    before = in_force(books)
    second = taken([*ZEZHOU[:5], "2027-06-13"], name="b.xlsx", correct=True)
    version = len(books.view().entries(LAB))
    books.execute(RetractFact(stream=LAB, version=version, reason="错", on="2023-05-01", source="晋农函3号"))
    books.undo("晋农函3号")

    books.undo(second)

    assert in_force(books) == before


REGISTER = RegisterLab(lab=LAB, name="泽州站", level="county", division="140525", on="2019-01-01")
DESIGNATE = DesignateLab(county="county-140525", lab=LAB, on="2019-01-01")


def test_what_a_source_corrected_comes_back_where_it_retracted_its_own_correction(books):
    books.execute(REGISTER)
    before = in_force(books)
    again = attrs.evolve(REGISTER, on="2019-02-01")
    books.execute(CorrectFact(stream=LAB, version=1, reason="错", on="2023-05-01", replacement=again, source="函1"))
    books.execute(RetractFact(stream=LAB, version=3, reason="错", on="2023-05-01", source="函1"))

    books.undo("函1")

    assert in_force(books) == before
    with pytest.raises(SourceUndone):
        books.undo("函1")


def test_what_a_source_corrected_back_itself_stands(books):
    books.execute(REGISTER)
    before = in_force(books)
    how = {"stream": LAB, "reason": "错", "on": "2023-05-01", "source": "函1"}
    books.execute(CorrectFact(**how, version=1, replacement=attrs.evolve(REGISTER, on="2019-02-01")))
    books.execute(CorrectFact(**how, version=3, replacement=REGISTER))
    books.execute(DesignateLab(county="county-140525", lab=LAB, on="2019-03-01", source="函1"))

    books.undo("函1")

    assert in_force(books) == before


def test_a_lab_comes_back_before_the_facts_that_name_it(books):
    books.execute_many([REGISTER, DESIGNATE])
    before = in_force(books)
    for stream in (LAB, "county-140525"):
        books.execute(RetractFact(stream=stream, version=1, reason="错", on="2023-05-01", source="函1"))

    books.undo("函1")

    assert in_force(books) == before


def test_every_fact_of_a_year_can_be_entered_again_as_it_was():
    with play(":memory:", read(EXAMPLES / "shanxi-2023" / "shanxi-2023.jsonl"), EXAMPLES / "shanxi-2023") as year:
        entries = [e for stream in year.view().streams.by_id for e in year.view().entries(stream)]
    facts = [e for e in entries if not isinstance(e.fact, FactRetracted | LogOpened)]
    for entry in facts:
        again = command_of(entry, "person-1")
        assert (again.stream, again.on, again.source) == (entry.stream, entry.on, entry.source)
        assert (
            type(entry.fact)(**{a.name: getattr(again, a.name) for a in attrs.fields(type(entry.fact))}) == entry.fact
        )
    assert len({type(entry.fact) for entry in facts}) > 20


@pytest.mark.parametrize(
    ("source", "common"), [("sha256:ab 表!3", "sha256:ab"), ("晋农函 1号", "晋农函 1号"), ("", "")]
)
def test_the_rows_of_a_file_have_their_origin_in_common(source, common):
    assert origin(source) == common
