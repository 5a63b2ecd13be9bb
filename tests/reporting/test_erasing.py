"""Erasing a person: every message to them goes, whatever was going on meanwhile."""

from __future__ import annotations

from datetime import date

import pytest
from post import Post

from dualcert.errors import StoreUnusable, UnknownPerson
from dualcert.people import Person
from dualcert.reporting import Message
from dualcert.reporting.erasing import erase_person
from dualcert.reporting.outbox import Outbox

DAY = date(2024, 1, 2)


@pytest.fixture
def office(tmp_path):
    post = Post(str(tmp_path / "books.db"), tmp_path / "state")
    post.people.add(Person("person-1", "张三丰-canary", "0351-1234567", "zhang@example.cn"))
    yield post
    post.close()


def message(to, text="站", key="k"):
    return Message(key=key, to=to, subject="站", text=text)


def test_planned_and_stray_messages_go_and_those_of_others_stay(office):
    office.outbox.put("dispatch-1", message("person-1", "张三丰-canary"))
    office.outbox.put("dispatch-2", message("person-2"))
    office.outbox.put("dispatch-3", message("person-2", "请张三丰-canary办理", key="other"))

    erased = erase_person(office.registry, "person-1", DAY)

    assert (erased.messages, erased.named_in) == (1, ("dispatch-3",))
    assert [each.dispatch for each in office.outbox.kept()] == ["dispatch-2", "dispatch-3"]
    assert office.people.find("person-1") == Person("person-1", erased_on=DAY)


def test_a_message_that_is_kept_while_its_person_is_erased_goes_with_the_planner(office, monkeypatch):
    """The planner has kept it after the outbox was emptied: it looks at the directory then."""
    put = Outbox.put

    def erased_meanwhile(outbox, dispatch, one):
        erase_person(office.registry, one.to, DAY)
        return put(outbox, dispatch, one)

    monkeypatch.setattr(Outbox, "put", erased_meanwhile)

    (planned,) = office.plan("a")

    assert (planned.new, planned.known, planned.erased) == ((), 0, 1)
    assert office.outbox.kept() == []
    assert list(office.registry.view().dispatches()) == []


def test_erasing_that_was_interrupted_is_completed_by_erasing_again(office, monkeypatch):
    office.outbox.put("dispatch-1", message("person-1"))
    with monkeypatch.context() as full:
        full.setattr(Outbox, "_delete", lambda *_: (_ for _ in ()).throw(StoreUnusable(store="x", problem="full")))
        with pytest.raises(StoreUnusable):
            erase_person(office.registry, "person-1", DAY)
    assert len(office.outbox.kept()) == 1

    assert erase_person(office.registry, "person-1", date(2024, 2, 2)).messages == 1
    assert office.outbox.kept() == []
    assert office.people.find("person-1").erased_on == DAY


def test_nobody_is_erased_who_is_not_known(office):
    with pytest.raises(UnknownPerson):
        erase_person(office.registry, "person-99", DAY)
