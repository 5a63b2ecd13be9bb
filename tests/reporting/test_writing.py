from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import Any

import pytest
from attrs import define
from post import Line, message

from dualcert.errors import FileChanged, FileExists, FileUnwritable
from dualcert.reporting import Document
from dualcert.reporting.configuration import Configuration, DispatchConfig
from dualcert.reporting.remembered import LIST
from dualcert.reporting.rendering import Rendered
from dualcert.reporting.writing import previews, write_artifacts
from meanwhile import act_before, act_before_the_lock


def rendered(*artifacts):
    return [Rendered("writer", "dualcert-post", artifacts)]


@pytest.fixture
def request_(small_books):
    return small_books.asked(None)[0]


def test_files_are_there_under_safe_names_that_differ(tmp_path, request_):
    names = ["../a.txt", "A.txt", "a.txt"]
    written = write_artifacts(
        rendered(*(Document(name, "text/plain", name.encode()) for name in names)), tmp_path / "out", request_
    )

    assert [each.file for each in written] == ["a.txt", "A-2.txt", "a-3.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    for name, each in zip(names, written, strict=True):
        assert (tmp_path / "out" / each.file).read_bytes() == name.encode()
        assert each.sha256 == hashlib.sha256(name.encode()).hexdigest()


def test_a_message_is_written_as_mail_that_leads_nowhere(tmp_path, request_):
    (written,) = write_artifacts(rendered(message("a")), tmp_path, request_)

    content = (tmp_path / written.file).read_bytes()
    assert written.file == "writer-a-person-1.eml"
    assert b"person-1@invalid" in content


def test_a_link_is_replaced_and_not_followed(tmp_path, request_):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").symlink_to(elsewhere)

    with pytest.raises(FileChanged):
        write_artifacts(rendered(Document("a.txt", "text/plain", b"new")), tmp_path / "out", request_, replace=True)

    assert elsewhere.read_text() == (tmp_path / "out" / "a.txt").read_text() == "precious"


@pytest.mark.parametrize("replace", [False, True])
def test_a_document_that_somebody_changed_is_never_overwritten(tmp_path, request_, replace):
    one, other = (rendered(Document(name, "text/plain", b"made")) for name in ("one.txt", "other.txt"))
    write_artifacts(one, tmp_path, request_)
    (tmp_path / "one.txt").write_text("finished by hand")

    with pytest.raises(FileChanged):
        write_artifacts([*other, *one], tmp_path, request_, replace=replace)

    assert (tmp_path / "one.txt").read_text() == "finished by hand"
    assert not (tmp_path / "other.txt").exists()


def test_a_document_that_nobody_touched_is_replaced_with_force_alone(tmp_path, request_):
    for content in (b"first", b"second", b"first"):
        made = rendered(Document("one.txt", "text/plain", content))
        if (tmp_path / "one.txt").exists():
            with pytest.raises(FileExists) as refused:
                write_artifacts(made, tmp_path, request_)
            assert refused.value.code == "file-exists"
        write_artifacts(made, tmp_path, request_, replace=True)

        assert (tmp_path / "one.txt").read_bytes() == content


@pytest.mark.parametrize("damage", ["", "no list", None])
def test_where_the_list_of_what_was_written_is_gone_or_damaged_everything_is_kept(tmp_path, request_, damage):
    write_artifacts(rendered(Document("one.txt", "text/plain", b"made")), tmp_path, request_)
    (tmp_path / LIST).unlink() if damage is None else (tmp_path / LIST).write_text(damage)

    with pytest.raises(FileChanged):
        write_artifacts(rendered(Document("one.txt", "text/plain", b"new")), tmp_path, request_, replace=True)

    assert (tmp_path / "one.txt").read_bytes() == b"made"


def test_a_writer_that_dies_leaves_nothing_that_cannot_be_replaced(tmp_path, request_, monkeypatch):
    """The list is written first: whichever of both contents is there, it is known."""
    old, new = (rendered(Document("one.txt", "text/plain", content)) for content in (b"old", b"new"))
    write_artifacts(old, tmp_path, request_)
    with monkeypatch.context() as patched:
        patched.setattr("dualcert.reporting.writing.write_whole", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_artifacts(new, tmp_path, request_, replace=True)

    write_artifacts(new, tmp_path, request_, replace=True)
    assert (tmp_path / "one.txt").read_bytes() == b"new"


def test_the_same_document_may_be_written_again(tmp_path, request_):
    for _ in range(2):
        write_artifacts(rendered(Document("a.txt", "text/plain", b"made")), tmp_path, request_)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, request_):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(FileUnwritable, match="out"):
        write_artifacts(rendered(Document("a.txt", "text/plain", b"")), tmp_path / "out", request_)


def test_nothing_half_written_stays(tmp_path, request_, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(FileUnwritable, match="No space"):
        write_artifacts(rendered(Document("a.txt", "text/plain", b"new")), tmp_path / "out", request_)
    assert list((tmp_path / "out").iterdir()) == []


@define
class Chat(Line):
    show: Callable[[Any], Any] = lambda envelope: Document("chat.md", "text/markdown", envelope.message.text.encode())

    def preview(self, envelope):
        return self.show(envelope)


@pytest.mark.parametrize(("show", "ending"), [
    (lambda envelope: Document("chat.md", "text/markdown", envelope.message.text.encode()), "writer-a-person-1-chat.md"),
    (lambda envelope: 1 / 0, "writer-a-person-1.eml"),
    (lambda envelope: "text", "writer-a-person-1.eml"),
])  # fmt: skip
def test_a_message_is_shown_in_the_form_of_its_channel(tmp_path, request_, post, show, ending):
    plugins = post.plugins
    plugins.plugins[0].channels["line"] = Chat(show=show)
    plugins.configuration = Configuration(dispatch=DispatchConfig(channel="line"))

    (written,) = write_artifacts(rendered(message("a")), tmp_path, request_, preview=previews(plugins))

    assert written.file == ending


def test_mails_to_several_people_are_several_mails(tmp_path, request_):
    mails = write_artifacts(rendered(message("a"), message("a", to="person-2")), tmp_path, request_)

    ids = {
        line
        for each in mails
        for line in (tmp_path / each.file).read_bytes().splitlines()
        if line.startswith(b"Message-ID")
    }
    assert len(ids) == 2


def test_two_that_write_into_a_folder_at_once_remember_what_both_wrote(tmp_path, request_, monkeypatch):
    def write(name, content, **how):
        return write_artifacts(rendered(Document(name, "text/plain", content)), tmp_path, request_, **how)

    act_before_the_lock(monkeypatch, "dualcert.reporting.remembered", lambda: write("b.txt", b"one"))
    write("a.txt", b"one")

    assert [write(name, b"two", replace=True)[0].bytes for name in ("a.txt", "b.txt")] == [3, 3]


def test_a_document_that_somebody_changes_while_others_are_written_is_kept(tmp_path, request_, monkeypatch):
    def write(content):
        documents = [Document(name, "text/plain", content) for name in ("a.txt", "b.txt")]
        return write_artifacts(rendered(*documents), tmp_path, request_, replace=True)

    write(b"one")
    act_before(
        monkeypatch, "dualcert.reporting.writing.write_whole", lambda: (tmp_path / "b.txt").write_bytes(b"by hand")
    )

    with pytest.raises(FileChanged, match=r"b\.txt"):
        write(b"two")

    assert [(tmp_path / name).read_bytes() for name in ("a.txt", "b.txt")] == [b"two", b"by hand"]
