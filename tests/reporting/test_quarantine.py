from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from post import Post

from dualcert import Registry
from dualcert.errors import FileUnwritable, SendingOff
from dualcert.reporting import delivered
from dualcert.reporting.quarantine import Quarantine
from dualcert.store.url import Store, parse_url
from meanwhile import act_before_the_lock


@pytest.fixture
def place(tmp_path):
    """A post office with its books in a file."""
    offices = []

    def opened(name="books.db"):
        offices.append(Post(str(tmp_path / name), tmp_path / "state"))
        return offices[-1]

    yield opened
    for office in offices:
        office.close()


def reopened(post, store):
    """The same post office with its books elsewhere."""
    post.registry.close()
    post.outbox.close()
    post.people.close()
    other = Post.__new__(Post)
    for name in ("state", "clock", "line", "messages", "triggers", "dispatch"):
        setattr(other, name, getattr(post, name))
    other.store = str(store)
    other.registry = Registry.open(other.store, clock=other.clock)
    other.outbox, other.people = (
        type(post.outbox).open(other.registry.store),
        type(post.people).open(other.registry.store),
    )
    return other


def copied(post, name):
    """The store and what lies beside it, as somebody copies files."""
    post.registry.close()
    source = post.store
    target = source.replace("books.db", name)
    for suffix in ("", ".outbox", ".people", ".keys"):
        shutil.copy(f"{source}{suffix}", f"{target}{suffix}")
    return target


def test_a_copy_sends_nothing(place):
    post = place()
    post.plan("a", "b")
    post.line.say = lambda envelope: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        post.send()  # something was sent, so a copy could send it again

    copy = reopened(post, copied(post, "copy.db"))
    with pytest.raises(SendingOff, match="it was at"):
        copy.send()
    copy.close()


def test_a_copy_on_another_machine_sends_nothing(place, tmp_path):
    post = place()
    post.plan("a", "b")
    post.send()
    post.plan("c")

    there = reopened(post, post.store)
    there.state = tmp_path / "another machine"
    with pytest.raises(SendingOff, match="sent from elsewhere"):
        there.send()
    assert len(there.line.taken) == 2
    there.close()


def test_a_restored_store_sends_nothing(place, tmp_path):
    """The backup does not know what went out after it."""
    post = place()
    post.plan("a")
    post.registry.close()
    shutil.copy(post.store, tmp_path / "backup.db")
    post = reopened(post, post.store)
    post.send()
    assert len(post.line.taken) == 1

    post.registry.close()
    with Path(post.store).open("r+b") as file:  # restored in place: the same file, the old contents
        file.write((tmp_path / "backup.db").read_bytes())
        file.truncate()
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"books.db{suffix}").unlink(missing_ok=True)
    restored = reopened(post, post.store)
    assert restored.states == ["planned"]
    with pytest.raises(SendingOff, match="it was restored"):
        restored.send()
    assert len(restored.line.taken) == 1
    restored.close()


def test_a_log_that_went_another_way_sends_nothing(place, tmp_path):
    """Restored, and written to since: as long as before, and another log."""
    post = place()
    post.plan("a", "b")
    post.registry.close()
    shutil.copy(post.store, tmp_path / "backup.db")
    post = reopened(post, post.store)
    post.send()

    post.registry.close()
    with Path(post.store).open("r+b") as file:
        file.write((tmp_path / "backup.db").read_bytes())
        file.truncate()
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"books.db{suffix}").unlink(missing_ok=True)
    restored = reopened(post, post.store)
    restored.clock.tick(60)
    restored.plan("c", "d", "e", "f", "g")
    with pytest.raises(SendingOff, match="it was restored"):
        restored.send()
    restored.close()


def test_after_a_persons_word_it_goes_on(place):
    post = place()
    post.plan("a", "b")
    post.send()
    copy = reopened(post, copied(post, "copy.db"))
    copy.plan("c")
    with pytest.raises(SendingOff):
        copy.send()

    Quarantine(copy.state).remember(copy.registry.store, copy.registry.view())

    assert [each.state.value for each in copy.send()] == ["delivered"]
    copy.close()


def test_the_original_goes_on_beside_its_copy(place):
    post = place()
    post.plan("a")
    post.send()
    again = reopened(post, post.store)
    copied(again, "copy.db")
    again = reopened(again, again.store)
    again.plan("b")

    assert [each.state.value for each in again.send()] == ["delivered"]
    again.close()


def test_a_log_from_which_nothing_was_ever_sent_is_let_through(place):
    post = place()
    post.plan("a")
    copy = reopened(post, copied(post, "copy.db"))

    assert [each.state.value for each in copy.send()] == ["delivered"]
    copy.close()


def test_a_mark_that_cannot_be_read_sends_nothing(place):
    post = place()
    post.plan("a", "b")
    post.send()
    (mark,) = post.state.glob("*.json")
    mark.write_text("{")
    post.plan("c")

    with pytest.raises(SendingOff):
        post.send()


def test_a_machine_that_cannot_look_sends_nothing(post, tmp_path):
    (tmp_path / "file").write_text("")
    post.state = tmp_path / "file" / "state"  # no folder can be there
    post.plan("a")

    with pytest.raises(SendingOff):
        post.send()


@pytest.mark.parametrize("nth", [1, 2])
def test_a_machine_that_cannot_remember_sends_nothing(post, monkeypatch, nth):
    """Neither where the disk is full from the beginning, nor where it is full when a message is about to go."""
    post.plan("a")
    advance, calls = Quarantine.advance, []

    def full(*arguments):
        calls.append(arguments)
        if len(calls) >= nth:
            raise FileUnwritable(path="state", problem="disk full")
        advance(*arguments)

    monkeypatch.setattr(Quarantine, "advance", full)

    if nth == 1:
        with pytest.raises(SendingOff, match="disk full"):
            post.send()
    else:
        post.send()
    assert (post.states, post.line.taken) == (["planned" if nth == 1 else "failed"], [])


def test_a_sender_that_looks_while_another_sends_is_not_stopped(place, monkeypatch):
    """Between its look at the log and its look at the mark, another one sends: both looks are at a store in order."""
    post = place()
    post.plan("a", "b")
    read, others = Path.read_bytes, [post.sender().send()]
    for _ in range(2):  # the first sending of all, and one after it

        def read_late(path):
            if path.suffix == ".json" and path.parent == post.state and others:
                next(others.pop())
            return read(path)

        monkeypatch.setattr(Path, "read_bytes", read_late)
        Quarantine(post.state).check(post.registry.store, post.registry.view)
        list(post.sender().send())
        post.plan("c", "d")
        others.append(post.sender().send())

    assert sorted(envelope.message.key for envelope in post.line.taken) == ["a", "b", "c", "d"]


# --- others at work on the same machine ------------------------------------------------------------


def position_of(post):
    (mark,) = post.state.glob("*.json")
    return json.loads(mark.read_bytes())["position"]


def test_the_mark_never_goes_back_behind_what_another_sender_sent(post, monkeypatch):
    post.plan("a")
    seen = []

    def another():
        list(post.sender().send())
        seen.append(position_of(post))

    act_before_the_lock(monkeypatch, "dualcert.reporting.quarantine", another)
    Quarantine(post.state).advance(post.registry.store, post.registry.view)

    assert position_of(post) >= seen[0] > 3


def test_a_store_that_is_restored_while_a_sender_is_at_work_sends_no_more(post):
    """The sender's own marks do not let it send again: a person does."""
    quarantine = Quarantine(post.state)
    post.plan("a", "b")

    def restored(_):
        quarantine.hold(post.registry.store, "the backup")
        return delivered()

    post.line.say = restored
    post.send()

    assert post.states == ["delivered", "failed"]
    with pytest.raises(SendingOff, match="restored from the backup"):
        post.send()
    quarantine.remember(post.registry.store, post.registry.view())
    post.clock.tick(3_600)
    assert [each.state.value for each in post.send()] == ["delivered"]


def test_of_two_that_are_restored_at_once_neither_sends(place, monkeypatch):
    post = place()
    post.plan("a")
    copy = reopened(post, copied(post, "copy.db"))
    quarantine = Quarantine(copy.state)
    original = Store(parse_url(post.store), copy.registry.store.id)
    act_before_the_lock(monkeypatch, "dualcert.reporting.quarantine", lambda: quarantine.hold(original, "one"))

    quarantine.hold(copy.registry.store, "other")

    for store, origin in ((original, "one"), (copy.registry.store, "other")):
        with pytest.raises(SendingOff, match=f"restored from {origin}"):
            quarantine.check(store, copy.registry.view)
    copy.close()
