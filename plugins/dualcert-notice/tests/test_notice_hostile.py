"""Whatever a name or a note says, it is text in the documents: no field, link, element or file comes of it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_notice.docx import as_docx
from notice_docx import lines, part, parts, runs, text
from notice_papers import everywhere

from dualcert.reporting import Document
from dualcert.reporting.filenames import safe
from dualcert.reporting.rendering import Rendered
from dualcert.reporting.writing import write_artifacts
from dualcert.testing.books import CITY, small_books
from dualcert.testing.hostile import PAYLOADS

REPORTERS = (Bulletin(), GateNotice(), CityReminder())
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
WITH_TEXT = ("word/document.xml", "docProps/core.xml")


def books(said):
    """Return books in which every name and note is *said*."""
    return small_books(lambda _: said)


def made(books, said):
    """Return the documents of each reporter, the issuer and number of which say *said*, too."""
    config = NoticeConfig(issuer=said, number=said)
    subjects = {"city-reminder": CITY}  # the city that has the labs
    return {each.name: list(each.render(*books.asked(config, subject=subjects.get(each.name)))) for each in REPORTERS}


def skeletons(documents):
    return {name: [skeleton(each.content) for each in of_one] for name, of_one in documents.items()}


def skeleton(content):
    """Return what a document is without its texts: the elements and attributes of a part with text, the others whole."""
    return {name: bare(member) if name in WITH_TEXT else member for name, member in parts(content).items()}


def bare(member):
    return [(each.tag, {k: v for k, v in each.attrib.items() if k != SPACE}) for each in ET.fromstring(member).iter()]


@pytest.fixture(scope="module")
def harmless():
    return made(books("沁水"), "沁水")


@pytest.fixture(scope="module", params=PAYLOADS)
def payload(request):
    return request.param


@pytest.fixture(scope="module")
def hostile_books(payload):
    return books(payload)


@pytest.fixture(scope="module")
def hostile(hostile_books, payload):
    return made(hostile_books, payload)


def test_a_hostile_name_makes_the_document_that_a_harmless_one_makes(harmless, hostile):
    assert skeletons(hostile) == skeletons(harmless)


def test_a_hostile_name_is_read_as_it_was_written(payload, hostile_books, hostile):
    (document,) = hostile["city-reminder"]
    told = [text(each) for each in lines(document.content)]

    assert told[0] == payload, "the document's number"
    assert payload in told[-5:], "its issuer"
    request, views = hostile_books.asked(None)
    owed = [each for each in views.due().rows if each.responsible != views.policy().province]
    messages = [request.said(each, views) for each in owed if views.city_of(each.division) == CITY]
    named = [each for each in messages if payload in each]
    assert len(named) > 3
    for message in named:
        assert [each for each in told if each.partition(".")[2].startswith(message)], message


def test_no_name_that_people_type_is_part_of_a_files_name(harmless, hostile):
    for name, documents in hostile.items():
        assert [each.filename for each in documents] == [each.filename for each in harmless[name]]
        assert all(safe(each.filename) == each.filename for each in documents)


def test_every_place_of_a_paper_holds_text(payload):
    content = as_docx(everywhere(payload), NoticeConfig(issuer=payload, number=payload))

    assert [text(run) for run in runs(part(content))].count(payload) == 9
    assert part(content, "docProps/core.xml").findtext("{http://purl.org/dc/elements/1.1/}title") == payload


def test_the_names_of_the_files_stay_in_their_folder(tmp_path):
    documents = [Document(f"{payload}.docx", "application/msword", b"x") for payload in PAYLOADS]
    request, _ = books("沁水").asked(None)

    written = write_artifacts([Rendered("hostile", "x", tuple(documents))], tmp_path / "out", request)

    assert len({each.file.casefold() for each in written}) == len(PAYLOADS)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {each.file for each in written}
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
