"""Whatever a name or a note says, it is text in the documents: no field, link, element or file comes of it."""

from __future__ import annotations

import os
from xml.etree import ElementTree as ET

import pytest
from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_notice.composing import Desk
from dualcert_notice.docx import as_docx
from dualcert_notice.reminders import REMINDED
from notice_docx import lines, own, part, parts, runs, text
from notice_papers import everywhere

from dualcert.reporting import Document
from dualcert.reporting.filenames import safe
from dualcert.reporting.remembered import LIST
from dualcert.reporting.rendering import Rendered
from dualcert.reporting.writing import write_artifacts
from dualcert.testing.books import CITY, small_books
from dualcert.testing.hostile import PAYLOADS

REPORTERS = (Bulletin(), GateNotice(), CityReminder())
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
MEASURED = {"extent", "ext", "posOffset", "spacing", "ind", "sz", "szCs"}
TRIED = PAYLOADS if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else PAYLOADS[::3]
"""A third of them in `make test`: each makes all papers anew."""
WITH_TEXT = ("word/document.xml", "word/styles.xml", "docProps/core.xml")


def books(said):
    """Return books in which every name and note is *said*."""
    return small_books(lambda _: said)


def made(books, said):
    """Return the documents of each reporter; all that is configured says *said*, too."""
    config = NoticeConfig(
        issuer=said, number=said, mark=said, signer=said, addressees=(said,), copies=(said,), contact=said, basis=said
    )
    subjects = {"city-reminder": CITY}  # the city that has the labs
    return {each.name: list(each.render(*books.asked(config, subject=subjects.get(each.name)))) for each in REPORTERS}


def skeletons(documents):
    return {name: [skeleton(each.content) for each in of_one] for name, of_one in documents.items()}


def skeleton(content):
    """Return what a document is without its texts: the elements and attributes of a part with text, the others whole."""
    return {name: bare(member) if name in WITH_TEXT else member for name, member in parts(content).items()}


def bare(member):
    """Return the elements and attributes of a part, but for the sizes and places that depend on how long a text is."""
    whole = [(each.tag, {k: v for k, v in each.attrib.items() if k != SPACE}) for each in ET.fromstring(member).iter()]
    return [each for each in whole if each[0].rpartition("}")[2] not in MEASURED]


@pytest.fixture(scope="module")
def harmless():
    return made(books("沁水"), "沁水")


@pytest.fixture(scope="module")
def harmless_skeletons(harmless):
    return skeletons(harmless)


@pytest.fixture(scope="module", params=TRIED)
def payload(request):
    return request.param


@pytest.fixture(scope="module")
def hostile_books(payload):
    return books(payload)


@pytest.fixture(scope="module")
def hostile(hostile_books, payload):
    return made(hostile_books, payload)


def test_a_hostile_name_makes_the_document_that_a_harmless_one_makes(harmless_skeletons, hostile):
    assert skeletons(hostile) == harmless_skeletons


def test_a_hostile_name_is_read_as_it_was_written(payload, hostile_books, hostile):
    (document,) = hostile["city-reminder"]
    told = [own(each) for each in lines(document.content)]

    assert told[0] == payload, "the document's number"
    assert told[2] == f"{payload}："
    assert payload in told[-4:], "its signature"
    request, views = hostile_books.asked(NoticeConfig())
    owed = [each for each in views.due().rows if each.kind in REMINDED and each.responsible != views.policy().province]
    items = [Desk(request, views).told("item", each) for each in owed if views.city_of(each.division) == CITY]
    named = [each for each in items if payload in each]
    assert len(named) > 3
    for said in named:
        assert [each for each in told if each.partition(".")[2] == said], said


def test_no_name_that_people_type_is_part_of_a_files_name(harmless, hostile):
    for name, documents in hostile.items():
        assert [each.filename for each in documents] == [each.filename for each in harmless[name]]
        assert all(safe(each.filename) == each.filename for each in documents)


def test_every_place_of_a_paper_holds_text(payload):
    paper, places = everywhere(payload)
    content = as_docx(paper, NoticeConfig())

    assert [text(run).removeprefix("附件：") for run in runs(part(content))].count(payload) == places
    assert part(content, "docProps/core.xml").findtext("{http://purl.org/dc/elements/1.1/}title") == payload


def test_the_names_of_the_files_stay_in_their_folder(tmp_path):
    documents = [Document(f"{payload}.docx", "application/msword", b"x") for payload in PAYLOADS]
    request, _ = books("沁水").asked(None)

    written = write_artifacts([Rendered("hostile", "x", tuple(documents))], tmp_path / "out", request)

    assert len({each.file.casefold() for each in written}) == len(PAYLOADS)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {LIST, *(each.file for each in written)}
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
