from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from post import Post

from dualcert import Registry
from dualcert.errors import FileUnwritable, SendingOff
from dualcert.reporting.quarantine import Quarantine


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
    remember, calls = Quarantine.remember, []

    def full(*arguments):
        calls.append(arguments)
        if len(calls) >= nth:
            raise FileUnwritable(path="state", problem="disk full")
        remember(*arguments)

    monkeypatch.setattr(Quarantine, "remember", full)

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
            if path.parent == post.state and others:
                next(others.pop())
            return read(path)

        monkeypatch.setattr(Path, "read_bytes", read_late)
        list(post.sender().send())
        post.plan("c", "d")
        others.append(post.sender().send())

    assert sorted(envelope.message.key for envelope in post.line.taken) == ["a", "b", "c", "d"]
