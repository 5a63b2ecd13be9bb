"""One failure costs one thing: what plugins, channels and clocks do wrong, as the shell tells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dualcert import Registry
from dualcert.reporting.remembered import LIST
from hostile_plugins import SOUND, reporter

CHANNEL = """
from dualcert.reporting import NoConfig, delivered, failed, refused, unknown, hookimpl

class Pigeon:
    name, summary, Config = "$name", "for a test", NoConfig
    def deliver(self, envelope):
        $body

@hookimpl
def dualcert_channels():
    return [Pigeon()]
"""
COMMAND = """
import sys
import click
from dualcert import NoCampaign
from dualcert.reporting import hookimpl

@click.command("act")
@click.argument("what", default="")
def act(what):
    {body}

@hookimpl
def dualcert_commands():
    return [act]
"""
WRITER = reporter("writer", 'yield Message(key=f"{views.as_of}", to="person-1", subject="提醒", text="请予关注")')


def channel(name, body):
    return CHANNEL.replace("$name", name).replace("$body", body)


@pytest.fixture
def configured(tmp_path):
    def write(text):
        (tmp_path / "dualcert.toml").write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def office(shanxi, install, configured):
    """The shell over a store with one planned message, for the channel `pigeon`."""
    configured('[dispatch]\nchannel = "pigeon"\nattempts = 1\n')
    install("writer", WRITER)
    shanxi("people", "add", "person-1", "--name", "张三", "--email", "zhang@example.org")
    return shanxi


def sent(office):
    office("dispatch", "plan", "writer", "--as-of", "2023-09-01")
    return office("dispatch", "send", "--yes")


# the exit status of sending


@pytest.mark.parametrize(("body", "status", "says"), [
    ('return delivered("250")', 0, ""),
    ('return refused("550")', 6, "1 dispatches wait for a person: 'dispatch check' lists them"),
    ('return unknown("?")', 6, "1 dispatches wait for a person: 'dispatch check' lists them"),
    ('return failed("451")', 6, "1 dispatches wait for a person: 'dispatch check' lists them"),
    ('raise ValueError("zhang@example.org")', 6, "plugin-broken: pigeon: ValueError"),
    ("return 7", 6, "plugin-contract: pigeon: deliver gave int, no receipt"),
    ("return delivered(7)", 5, "plugin-contract: pigeon: deliver gave a receipt whose detail is int, no text"),
    ("import os; os.chdir('/'); return delivered()", 0, ""),
])  # fmt: skip
def test_a_timer_hears_of_what_waits_for_a_person(office, install, body, status, says):
    install("pigeon", channel("pigeon", body))

    ran = sent(office)

    assert (ran.status, ran.err.partition("\n")[0]) == (status, says)
    assert "zhang@example.org" not in ran.out + ran.err
    assert office("dispatch", "check").status == (1 if status == 6 else 0)


def test_what_is_tried_again_by_itself_is_told_with_its_time(office, install, configured):
    configured('[dispatch]\nchannel = "pigeon"\n')
    install("pigeon", channel("pigeon", 'return failed("451")'))
    first = sent(office)

    ran = office("dispatch", "send", "--yes")

    assert (first.status, ran.status, ran.out) == (0, 0, "nothing\n")
    assert ran.err.startswith("what failed is tried again from 20")


def test_a_channel_that_is_gone_is_named_and_the_others_messages_go(office, install, configured, tmp_path):
    install("pigeon", channel("pigeon", "return delivered()"))
    office("dispatch", "plan", "writer", "--as-of", "2023-09-01")
    folder = '[channel.folder]\nfolder = "out"\nsender = "books@example.org"\n[channel.pigeon]\nloft = 1\n'
    configured(f'[plugins]\nallow = ["dualcert-writer", "dualcert-email"]\n[dispatch]\nchannel = "folder"\n{folder}')
    refused = office("dispatch", "plan", "writer", "--as-of", "2023-09-02")
    assert refused.error_code == "bad-configuration"  # a table for nobody is a slip
    configured('[plugins]\nallow = ["dualcert-writer", "dualcert-email"]\n' + folder.partition("[channel.pigeon]")[0])
    office("dispatch", "plan", "writer", "--as-of", "2023-09-02", "--channel", "folder")

    ran = office("dispatch", "send", "--yes", "--format", "json")

    assert [(row["state"], row["waits"]) for row in ran.json["rows"]] == [
        ("planned", "no-channel"),
        ("delivered", None),
    ]
    assert (ran.status, ran.err.partition(":")[0]) == (6, "unknown-channel")


def test_what_was_named_and_is_settled_is_told(office, install):
    install("pigeon", channel("pigeon", "return delivered()"))
    id_ = sent(office).out.splitlines()[-1].split()[0]

    assert "nothing is sent in this state" in office("dispatch", "send", id_, "--yes").out


# clocks


def test_a_clock_that_is_behind_is_said_and_can_be_accepted(office, install):
    install("pigeon", channel("pigeon", "return delivered()"))
    with Registry.open("dualcert.db", clock=lambda: datetime.now(UTC) + timedelta(days=2_000)) as registry:
        from dualcert import ReportHighlight

        registry.execute(ReportHighlight(campaign="campaign-shanxi-2023", city="140500", note="x", on="2023-05-05"))

    assert office("dispatch", "plan", "writer", "--dry-run").status == 0
    assert office("gate", "apply", "standing", "--dry-run").status == 0
    assert office("dispatch", "plan", "writer").error_code == "clock-behind-log"
    assert office("dispatch", "send", "--yes").error_code == "clock-behind-log"
    assert office("dispatch", "plan", "writer", "--accept-clock").status == 0
    assert office("dispatch", "send", "--yes", "--accept-clock").out.count("delivered") == 1


# names


def test_a_contested_name_is_said_and_the_configuration_decides(shanxi, install, configured):
    install("a-evil", reporter("sound", 'yield Document("evil.txt", "text/plain", b"evil")'))
    install("sound", SOUND)
    only = 'allow = ["dualcert-a-evil", "dualcert-sound"]\n'
    configured(f"[plugins]\n{only}")

    ran = shanxi("report", "run", "sound")
    assert (ran.status, ran.error_code) == (5, "plugin-contested")
    assert "dualcert-a-evil, dualcert-sound" in ran.err
    assert shanxi("report", "list").status == 5
    assert "broken" not in shanxi("plugins", "doctor").out

    configured(f'[plugins]\n{only}owners = {{ "reporter.sound" = "dualcert-sound" }}\n')
    assert "sound.txt" in shanxi("report", "run", "sound").out


def test_a_reporter_of_a_broken_plugin_is_named_so(shanxi, install, configured):
    install("lost", "import no_such_module")
    configured('[plugins]\nallow = ["dualcert-lost"]\n')

    ran = shanxi("report", "run", "lost")

    assert (ran.status, ran.error_code, "dualcert-lost" in ran.err) == (5, "plugin-broken", True)


# reporters


def test_a_question_that_cannot_be_answered_is_no_broken_plugin(shanxi, install):
    install("asking", reporter("asking", "views.ratio()\nreturn []"))
    install("sound", SOUND)

    for how in ((), ("--isolate",)):
        ran = shanxi("report", "run", "asking", "sound", "--known-at", "@1", "--force", *how)
        assert (ran.status, ran.err.partition(":")[0], "sound.txt" in ran.out) == (3, "no-campaign", True)


def test_a_reporter_that_changes_the_working_folder_moves_nobodys_output(shanxi, install, tmp_path):
    install("mover", reporter("mover", "import os\nos.chdir('/')\nreturn []"))
    install("sound", SOUND)

    assert shanxi("report", "run", "mover", "sound", "sound", "--out", "out").status == 0
    assert [each.name for each in (tmp_path / "out").iterdir() if each.name != LIST] == ["sound.txt"]


def test_an_error_whose_text_raises_costs_its_own_reporter_only(shanxi, install):
    odd = "class Odd(Exception):\n    def __str__(self): raise SystemExit(0)\nraise Odd"
    install("odd", reporter("odd", odd))
    install("sound", SOUND)

    ran = shanxi("report", "run", "odd", "sound")

    assert (ran.status, "sound.txt" in ran.out) == (5, True)
    assert ran.err == "plugin-broken: odd (dualcert-odd): Odd: its text cannot be had\n"


def test_a_plugins_text_is_one_line_that_no_terminal_obeys(shanxi, install, configured):
    install("loud", reporter("loud", 'raise ValueError("\\x1b]0;pwn\\x07 line\\nplugin-broken: bulletin: fake")'))
    install("hook", "from dualcert.reporting import hookimpl\n@hookimpl\ndef dualcert_reporters(store): return []")
    configured('[plugins]\nallow = ["dualcert-loud", "dualcert-hook"]\n')

    ran = shanxi("report", "run")

    assert ran.status == 5
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["plugin-broken", "plugin-broken"]
    assert ran.err.replace("\n", "").isprintable()


@pytest.mark.parametrize(("subject", "code"), [
    ("990000", "unknown-division"), ("lab-140500-9", "unknown-stream"), ("nosuch", "unknown-stream"),
])  # fmt: skip
def test_a_subject_that_is_nothing_is_refused(shanxi, install, subject, code):
    """A document about nothing looks like good news."""
    install("sound", SOUND)

    assert shanxi("report", "run", "sound", "--subject", subject).error_code == code
    assert shanxi("report", "run", "sound", "--subject", "140500").status == 0


def test_a_plan_runs_reporters_in_processes_of_their_own(office, install):
    install("pigeon", channel("pigeon", "return delivered()"))

    assert "writer" in office("dispatch", "plan", "writer", "--isolate").out
    assert office("dispatch", "list").out.count("planned") == 1


# commands of plugins


@pytest.mark.parametrize(("body", "status", "err"), [
    ("raise RuntimeError('inside')", 5, "plugin-broken: act (dualcert-acting): RuntimeError: inside\n"),
    ("sys.exit(7)", 7, ""),
    ("sys.exit()", 0, ""),
    ("sys.exit('it is late')", 1, "it is late\n"),
    ("return 7", 7, ""),
    ("click.get_current_context().exit(7)", 7, ""),
    ("raise click.ClickException('no such city')", 1, "no such city\n"),
    ("raise NoCampaign(position=1)", 3, "no-campaign: no campaign was known at position 1 of the log, so there is no policy\n"),
    ("raise click.Abort", 130, "interrupted; nothing was recorded\n"),
])  # fmt: skip
def test_a_plugins_command_ends_with_its_own_status(shell, install, body, status, err):
    install("acting", COMMAND.format(body=body))

    ran = shell("plugins", "run", "act")

    assert (ran.status, ran.err) == (status, err)
    assert shell("plugins", "run", "act", "-h").status == 0


# the doctor


def test_the_doctor_is_neither_ended_nor_hung(shell, install, configured, monkeypatch):
    monkeypatch.setattr("dualcert.reporting.examining.GRACE", 4.0)
    install("ends", "import os\nos._exit(0)")
    install("hangs", "while True:\n    try:\n        while True: pass\n    except BaseException: pass")
    install("sound", SOUND)
    configured('[render]\nseconds = 1\n[plugins]\nallow = ["dualcert-ends", "dualcert-hangs", "dualcert-sound"]\n')

    ran = shell("plugins", "doctor")

    assert ran.status == 1
    assert "dualcert-ends 1.0: broken\n  plugin-crashed: its process ended with status 0" in ran.out
    assert "dualcert-hangs 1.0: broken\n  plugin-too-slow: " in ran.out
    assert "dualcert-sound 1.0: loaded" in ran.out


@pytest.mark.parametrize(("text", "says"), [
    ('[plugins]\nallow = ["dualcert-nope"]\n', "bad-configuration: plugins.allow: dualcert-nope is not installed"),
    ('[dispatch]\nchannel = "smtp"\n', "  bad-configuration: channel.smtp: "),
    ("[channel.pigeon]\nloft = 1\n", "bad-configuration: channel.pigeon: no such channel is installed and allowed"),
    ('[channel.smtp]\nhost = "h"\nsender = "a@b.cn"\npassword = { env = "NOT_SET" }\n',
     "bad-configuration: channel.smtp.password: $NOT_SET is not set"),
    ('[channel.smtp]\nhost = "h"\nsender = "a@b.cn"\nprot = 1\n', "  bad-configuration: channel.smtp: there is no key prot"),
])  # fmt: skip
def test_the_doctor_says_what_is_wrong_with_the_configuration(shell, configured, text, says):
    allowed = "" if "[plugins]" in text else '[plugins]\nallow = ["dualcert-email"]\n'
    configured(allowed + text)

    ran = shell("plugins", "doctor")

    assert (ran.status, says in ran.out) == (1, True), ran.out


def test_the_doctor_names_a_contested_name(shell, install, configured):
    install("a-evil", reporter("sound", "return []"))
    install("sound", SOUND)
    configured('[plugins]\nallow = ["dualcert-a-evil", "dualcert-sound"]\n')

    ran = shell("plugins", "doctor")

    assert (ran.status, "plugin-contested: reporter.sound is given by dualcert-a-evil, dualcert-sound" in ran.out) == (
        1,
        True,
    )


def test_how_a_channel_is_set_up_is_shown(shell):
    shown = shell("plugins", "show", "smtp", "--format", "json").json

    keys = {row["key"]: (row["type"], row["default"]) for row in shown["rows"]}
    assert (keys["host"], keys["port"], keys["password"][1]) == (("str", None), ("int", "465"), "None")
    assert (shown["kind"], shown["plugin"]) == ("channel", "dualcert-email")
    assert "daily" in shell("plugins", "show", "reminder-digest").out
    assert shell("plugins", "show", "nosuch").error_code == "unknown-reporter"
