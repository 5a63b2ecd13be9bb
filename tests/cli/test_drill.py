"""The drill after a restore, as docs/how-to/send.md has it, word by word."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from hostile_plugins import reporter

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "send.md"
DAILY = reporter(
    "daily", 'yield Message(key=str(views.as_of), to="person-1", subject=f"{views.as_of} 提醒", text="请予关注")'
)


def drill():
    """Return the commands that the document gives for the time after a restore."""
    _, _, section = GUIDE.read_text(encoding="utf-8").partition("## After a restore")
    (block,) = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for line in block.splitlines()]


@pytest.fixture
def restored(shanxi, install, tmp_path):
    """A store whose messages of two days were sent after the backup, which was restored."""
    configuration = '[plugins]\nallow = ["dualcert-daily", "dualcert-email"]\n[dispatch]\nchannel = "folder"\n'
    folder = '[channel.folder]\nfolder = "outgoing"\nsender = "books@example.org"\n'
    (tmp_path / "dualcert.toml").write_text(configuration + folder, encoding="utf-8")
    install("daily", DAILY)
    shanxi("people", "add", "person-1", "--name", "张三", "--email", "zhang@example.org")
    shanxi("dispatch", "plan", "daily", "--as-of", "2023-09-01")
    for name in ("dualcert.db", "dualcert.db.outbox"):
        shutil.copy(tmp_path / name, tmp_path / f"{name}.backup")
    shanxi("dispatch", "plan", "daily", "--as-of", "2023-09-02")
    assert shanxi("dispatch", "send", "--yes").out.count("delivered") == 2
    sent = sorted((tmp_path / "outgoing").iterdir())
    (tmp_path / "sent.log").write_text("".join(f"status=sent message-id=<{each.stem}@mail>\n" for each in sent))
    for each in sent:
        each.unlink()  # the other side has taken them
    for name in ("dualcert.db", "dualcert.db.outbox"):
        (tmp_path / name).write_bytes((tmp_path / f"{name}.backup").read_bytes())
    return shanxi


def test_the_documented_drill_brings_no_message_twice(restored, tmp_path):
    assert restored("dispatch", "send", "--yes").error_code == "sending-off"

    for program, *arguments in drill():
        assert program == "dualcert"
        assert restored(*arguments).status == 0, arguments

    assert list((tmp_path / "outgoing").iterdir()) == []
    states = [row["state"] for row in restored("dispatch", "list", "--format", "json").json["rows"]]
    assert states == ["delivered", "delivered"]


def test_what_the_servers_log_has_and_this_log_has_not_is_named(restored):
    (_, *_), resolve, *_ = drill()

    ran = restored(*resolve[1:])

    assert ran.status == 3
    assert re.fullmatch(r"unknown-dispatch: .*\n", ran.err)
    assert ran.out.count("delivered") == 1


def test_many_at_once(restored):
    def resolved(*how):
        return restored("dispatch", "resolve", "--reason", "r", *how)

    assert resolved("--all", "--delivered").error_code == "bad-usage"  # it asks, and there is no terminal
    assert resolved("--delivered").error_code == "bad-usage"
    assert resolved("--all", f"dispatch-{'0' * 32}", "--delivered", "--yes").error_code == "bad-usage"
    assert resolved("--planned-before", "2023-09-01", "--abandon", "--yes").out == ""
    assert resolved("--planned-before", "@99999", "--abandon", "--yes").error_code == "unknown-position"
    assert resolved("--planned-before", "2999-01-01", "--abandon", "--yes").out.count("abandoned") == 1
    assert resolved("--all", "--delivered", "--yes").out == ""
    assert restored("dispatch", "retry", "--reason", "r").error_code == "bad-usage"
