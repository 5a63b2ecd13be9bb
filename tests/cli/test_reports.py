"""Reports, dispatches and plugins in the shell."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest

from dualcert.cli.program import dualcert, run
from dualcert.reporting.remembered import LIST
from hostile_plugins import HOSTILE, SOUND, WILD, reporter

OURS = {
    "bulletin",
    "city-reminder",
    "dashboard",
    "dispatch-table",
    "dispute",
    "gate-notice",
    "ledger",
    "reminder-digest",
}


@pytest.fixture
def configured(tmp_path):
    """Write dualcert.toml here."""

    def write(text):
        (tmp_path / "dualcert.toml").write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def folder(configured):
    configured('[dispatch]\nchannel = "folder"\n[channel.folder]\nfolder = "out"\nsender = "books@example.org"\n')


def files(path):
    """Return what is in a folder, but for the list of what was written there."""
    return {file.name: file.read_bytes() for file in path.iterdir() if file.name != LIST}


# report


def test_the_reporters_that_ship_are_listed(shell):
    rows = shell("report", "list", "--format", "json").json["rows"]

    assert {row["reporter"] for row in rows} == OURS


def test_a_report_is_written_and_named_with_what_it_rests_on(shanxi, tmp_path):
    ran = shanxi("report", "run", "dispatch-table", "--as-of", "2023-02-28", "--format", "json")

    (row,) = ran.json["rows"]
    assert (row["reporter"], (tmp_path / "reports" / row["file"]).stat().st_size) == ("dispatch-table", row["bytes"])
    assert (ran.json["as_of"], ran.json["position"]) == (
        "2023-02-28",
        shanxi("replay", "--format", "json").json["position"],
    )


def test_the_same_question_gives_the_same_bytes_also_in_processes_of_their_own(shanxi, tmp_path):
    asked = ("report", "run", "--as-of", "2023-10-01", "--known-at", "@400", "--subject", "140500")
    assert shanxi(*asked, "--out", "a").status == 0
    assert shanxi("record", "close-lab", "--lab=lab-140525-1", "--reason=合并", "--on=2023-03-01").status == 0
    assert shanxi(*asked, "--out", "b").status == 0
    assert shanxi(*asked, "--out", "c", "--isolate").status == 0

    assert files(tmp_path / "a") == files(tmp_path / "b") == files(tmp_path / "c") != {}


def test_an_unknown_reporter_is_refused_before_anything_runs(shanxi, tmp_path):
    ran = shanxi("report", "run", "bulletin", "buletin")

    assert (ran.status, ran.error_code) == (2, "unknown-reporter")
    assert not (tmp_path / "reports").exists()


@pytest.fixture(scope="module")
def undisturbed(imported, tmp_path_factory):
    """Return what our workbooks hold, by the file's name; the reporters of letters are left out, for they write twelve."""
    out = tmp_path_factory.mktemp("undisturbed")
    asked = ["report", "run", "dispatch-table", "ledger", "--as-of", "2023-10-01", "--out", str(out)]
    assert run(["--store", str(imported), *asked]) == 0
    return files(out)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_plugin_is_named_and_the_others_output_is_complete(
    shanxi, install, configured, tmp_path, undisturbed, name
):
    code, source = HOSTILE[name]
    configured(
        f"[render]\nseconds = {2 if code == 'plugin-too-slow' else 600}\nmegabytes = 4\n"
        f'[plugins]\nallow = ["dualcert-a-sound-one", "dualcert-spreadsheet", "dualcert-{name}"]\n'
    )
    install("a-sound-one", SOUND)
    install(name, source)

    ran = shanxi("report", "run", "--as-of", "2023-10-01", "--out", "after", "--format", "json")

    assert ran.status == 5
    assert ran.err.startswith(f"{code}: ")
    assert f"dualcert-{name}" in ran.err
    assert files(tmp_path / "after") == {**undisturbed, "sound.txt": b"sound"}
    assert {row["file"] for row in ran.json["rows"]} == set(files(tmp_path / "after"))


def test_what_was_written_is_opened_by_request(shanxi, install, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("click.launch", opened.append)
    install("one", reporter("one", 'yield Document("one.txt", "text/plain", b"1")'))
    install("two", reporter("two", 'yield Document("two.txt", "text/plain", b"2")'))

    for names in (["one"], ["one", "two"]):
        assert shanxi("report", "run", *names, "--out", "out", "--open").status == 0
    assert shanxi("report", "run", "one", "--out", "out").status == 0

    assert opened == [str(tmp_path / "out" / "one.txt"), str(tmp_path / "out")]


def test_a_name_that_leads_elsewhere_stays_in_the_folder(shanxi, install, tmp_path):
    install("climber", reporter("climber", 'yield Document("../../climbed.txt", "text/plain", b"")'))

    assert shanxi("report", "run", "climber", "--out", "a/b/c").status == 0
    assert list(files(tmp_path / "a" / "b" / "c")) == ["climbed.txt"]
    assert not list(tmp_path.glob("*climbed*"))


REMARKS = """
    def remarks(self, request):
        yield f"no   issuer, {request.language}"
        if request.subject:
            raise RuntimeError
"""


def test_what_a_reporter_remarks_is_printed_aside_and_the_status_stays(shanxi, install):
    source = reporter("remarking", 'yield Document("made.txt", "text/plain", b"")')
    install("remarking", source.replace("\n@hookimpl", f"{REMARKS}\n@hookimpl"))

    ran = shanxi("report", "run", "remarking", "--out", "a")
    assert (ran.status, ran.err.splitlines()) == (0, ["remarking: no issuer, en"])
    broken = shanxi("report", "run", "remarking", "--subject", "140500", "--out", "b")
    assert (broken.status, broken.err) == (0, ""), "a remark that fails costs nothing that was made"


COMPLETE = '[reporter.bulletin]\nissuer = "山西省农业农村厅"\nnumber = "晋农发〔2023〕8号"\n'


def test_what_is_missing_is_listed_before_a_paper_goes_out(shanxi, configured):
    missing = shanxi("report", "check", "bulletin", "ledger", "--format", "json")
    assert (missing.status, [row["reporter"] for row in missing.json["rows"]]) == (1, ["bulletin", "ledger"])
    assert ["issuer, number" in each for row in missing.json["rows"] for each in row["missing"]] == [True]

    configured(COMPLETE)
    assert shanxi("report", "check", "bulletin", "ledger").status == 0
    assert shanxi("report", "check").status == 1, "the other papers lack theirs"


def test_a_reporter_that_cannot_say_what_is_missing_is_named(shanxi, install):
    source = reporter("remarking", 'yield Document("made.txt", "text/plain", b"")')
    install(
        "remarking",
        source.replace("\n@hookimpl", "\n    def remarks(self, request):\n        raise OSError\n\n@hookimpl"),
    )

    ran = shanxi("report", "check", "remarking")
    assert (ran.status, ran.err.startswith("plugin-broken: remarking (dualcert-remarking)")) == (5, True)


def test_a_file_is_known_again_as_the_bulletin_that_was_issued(shanxi, tmp_path):
    (tmp_path / "sent.docx").write_bytes(b"what went out")
    (tmp_path / "printed.docx").write_bytes(b"what was printed")
    campaign = "--campaign=campaign-shanxi-2023"
    issued = ("--month=2023-05", "--issuer=省委农办", "--on=2023-06-02", "--number=晋农发〔2023〕8号")
    to = ("--recipients=各市人民政府", "--recipients=省市场监管局")
    assert shanxi("record", "issue-bulletin", campaign, *issued, *to, "--file=sent.docx").status == 0

    ran = shanxi("report", "check", "--file", "sent.docx", "--file", "printed.docx", "--format", "json")
    sent, printed = ran.json["rows"]
    (bulletin,) = sent["bulletins"]
    assert ran.status == 1
    assert (bulletin["month"], bulletin["number"], bulletin["on"]) == ("2023-05", "晋农发〔2023〕8号", "2023-06-02")
    assert bulletin["recipients"] == ["各市人民政府", "省市场监管局"]
    assert printed["bulletins"] == []
    assert shanxi("report", "check", "--file", "sent.docx").status == 0
    assert shanxi("report", "check", "--file", "sent.docx", "--as-of", "2023-06-01").status == 1, "not yet"
    assert "晋农发〔2023〕8号" in shanxi("history", "campaign-shanxi-2023").out
    assert "各市人民政府" in shanxi("status", "campaign-shanxi-2023").out
    assert shanxi("report", "check", "bulletin", "--file", "sent.docx").error_code == "bad-usage"


def test_a_pdf_of_every_paper_is_made_by_an_option(shanxi, configured, tmp_path):
    configured(COMPLETE)
    ran = shanxi("report", "run", "bulletin", "ledger", "--as-of", "2023-02-28", "--pdf", "--out", "made")

    assert (ran.status, ran.err) == (0, "ledger: it makes no PDF\n")
    assert {path.suffix for path in (tmp_path / "made").glob("通报*")} == {".docx", ".pdf"}


def test_wild_plugins_in_processes_of_their_own_are_named_and_the_others_output_is_there(
    shanxi, install, configured, tmp_path, monkeypatch
):
    monkeypatch.setattr("dualcert.reporting.isolation.GRACE", 4.0)
    configured('[render]\nseconds = 1\n[plugins]\nallow = ["dualcert-sound", "dualcert-wild"]\n')
    install("sound", SOUND)
    install("wild", reporter("wild", WILD["crashes"][1]))

    ran = shanxi("report", "run", "--isolate", "--out", "after")

    assert (ran.status, ran.err.splitlines()[-1].startswith("plugin-crashed: wild (dualcert-wild)")) == (5, True)
    assert files(tmp_path / "after") == {"sound.txt": b"sound"}


# plugins


def test_help_loads_no_plugin_though_fifty_are_installed(install, tmp_path):
    """What is not imported takes no time: neither the plugins nor what finds them."""
    for number in range(50):
        install(f"many-{number}", reporter(f"many-{number}", "return []"))
    code = (
        "import sys\nfrom dualcert.cli.program import run\n"
        "status = run(sys.argv[1:])\n"
        "print(status, [m for m in sys.modules if m.startswith(('dualcert_', 'pluggy', 'importlib.metadata'))])"
    )
    for arguments in (["--help"], ["report", "--help"], ["report", "run", "--help"], ["ratio", "--help"]):
        ran = subprocess.run(
            [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True,
            env={"PYTHONPATH": str(tmp_path / "site"), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert ran.stdout.splitlines()[-1] == "0 []", arguments


def test_plugins_are_listed_with_what_they_give(shell, install, configured):
    install("sound", SOUND, version="2.1")
    install("broken", HOSTILE["raises-at-import"][1])
    configured('[plugins]\nallow = ["dualcert-sound", "dualcert-broken"]\n')

    ran = shell("plugins", "list", "--format", "json")

    assert ran.status == 5
    rows = {row["plugin"]: row for row in ran.json["rows"]}
    assert rows["dualcert-sound"] == {
        "plugin": "dualcert-sound", "version": "2.1", "state": "loaded", "reporters": ["sound"], "channels": [],
        "commands": [],
    }  # fmt: skip
    assert rows["dualcert-broken"]["state"] == "broken"
    assert rows["dualcert-email"]["state"] == "not allowed"


def test_the_doctor_finds_nothing_wrong_with_those_that_ship(shell, folder):
    ran = shell("plugins", "doctor")

    assert (ran.status, ran.out.count("loaded")) == (0, 4)  # smtp has no host, and is not used: that is said
    assert "  not-set-up: channel.smtp" in ran.out


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if name.endswith(("import", "hook", "list", "none", "class"))]
)
def test_the_doctor_names_what_is_wrong(shell, install, configured, name):
    code, source = HOSTILE[name]
    install(name, source)
    configured(f'[plugins]\nallow = ["dualcert-{name}"]\n[render]\nseconds = 1\n')

    ran = shell("plugins", "doctor")

    assert ran.status == 1
    assert f"dualcert-{name} 1.0: broken\n  {code}: " in ran.out


@pytest.mark.parametrize("kind", ["document", "message", "channel", "command"])
def test_a_new_plugin_of_each_kind_works_and_passes_its_tests(shell, tmp_path, kind):
    assert shell("plugins", "new", "city-text", "--kind", kind).status == 0
    made = tmp_path / "dualcert-city-text"
    assert {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()} == {
        "pyproject.toml", "README.md", "src/dualcert_city_text/__init__.py", "tests/test_dualcert_city_text.py",
        ".github/workflows/check.yml",
    }  # fmt: skip

    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=made, capture_output=True,
        text=True, check=False,
        env={"PYTHONPATH": str(made / "src"), "PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout
    assert "](" not in (made / "README.md").read_text(encoding="utf-8")  # no link that could be dead
    project = tomllib.loads((made / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"][0] == "dualcert>=0.1,<1"
    assert (project["readme"], "dualcert-plugin" in project["keywords"]) == ("README.md", True)


@pytest.mark.parametrize(("kind", "when"), [("document", ()), ("message", ("daily",))])
def test_only_a_new_reporter_of_messages_is_asked_by_itself(shell, tmp_path, monkeypatch, kind, when):
    shell("plugins", "new", f"of-{kind}", "--kind", kind)
    source = tmp_path / f"dualcert-of-{kind}" / "src" / f"dualcert_of_{kind}" / "__init__.py"

    rows = shell("report", "list", "--plugin", source, "--format", "json").json["rows"]
    assert [tuple(row["triggers"]) for row in rows if row["reporter"] == f"of-{kind}"] == [when]


def test_a_new_plugin_takes_no_name_that_will_not_do_or_is_taken(shell, install, tmp_path):
    install("mine", SOUND)
    (tmp_path / "dualcert-here").mkdir()

    for name in ("here", "../up", "email", "dualcert-notice", "mine"):
        assert shell("plugins", "new", name).error_code == "bad-configuration", name


COMMAND = """
import click
from dualcert.reporting import hookimpl

@click.command("greet", help="Greet.")
@click.option("--loud", is_flag=True)
@click.argument("whom")
@click.pass_obj
def greet(shell, whom, loud):
    click.echo(f"{whom}{'!' if loud else ''} {shell.store}")

@hookimpl
def dualcert_commands():
    return [greet]
"""


def test_a_plugins_command_is_run_with_its_own_options(shell, install):
    install("greeter", COMMAND)

    assert shell("plugins", "run", "greet", "晋城", "--loud").out == "晋城! dualcert.db\n"
    assert "--loud" in shell("plugins", "run", "greet", "--help").out
    assert "greet" in shell("plugins", "run").out
    assert shell("plugins", "run", "gret").error_code == "bad-usage"
    assert shell("plugins", "run", "greet", "--no-such").error_code == "bad-usage"


# dispatch


WRITER = reporter(
    "writer",
    """
for person in ("person-1", "person-2"): yield Message(key="2023-09", to=person, subject="提醒", text="请予关注")
""",
)


@pytest.fixture
def office(shanxi, install, folder):
    """The shell over a store with a reporter that has a message for two people, of whom one has an address."""
    install("writer", WRITER)
    shanxi("people", "add", "person-1", "--name", "张三", "--email", "zhang@example.org")
    return shanxi


def test_messages_are_planned_sent_and_listed(office, tmp_path):
    planned = office("dispatch", "plan", "writer", "--format", "json").json["rows"]
    assert [(row["planned"], row["known"]) for row in planned] == [(2, 0)]
    assert [row["planned"] for row in office("dispatch", "plan", "writer", "--format", "json").json["rows"]] == [0]

    sent = office("dispatch", "send", "--yes", "--format", "json").json["rows"]

    assert sorted((row["state"], row["waits"]) for row in sent) == [("delivered", None), ("planned", "no-address")]
    assert len(files(tmp_path / "out")) == 1
    states = [row["state"] for row in office("dispatch", "list", "--format", "json").json["rows"]]
    assert states == ["planned", "delivered"]
    assert len(office("dispatch", "list", "--state", "delivered", "--format", "json").json["rows"]) == 1


def test_a_dry_run_of_a_plan_records_nothing(office):
    before = office("replay", "--format", "json").json["position"]

    assert office("dispatch", "plan", "writer", "--dry-run", "--format", "json").json["rows"][0]["planned"] == 2
    assert office("replay", "--format", "json").json["position"] == before


def test_without_a_channel_a_plan_is_refused(office, configured):
    configured("")
    assert office("dispatch", "plan", "writer").error_code == "bad-configuration"
    assert office("dispatch", "plan", "writer", "--channel", "pigeon").error_code == "unknown-channel"


def test_sending_asks_and_without_a_terminal_wants_a_word(office, tmp_path):
    office("dispatch", "plan", "writer")

    assert office("dispatch", "send").error_code == "bad-usage"
    assert not (tmp_path / "out").exists()


def test_a_person_says_what_came_of_it(office):
    office("dispatch", "plan", "writer")
    one, two = (row["dispatch"] for row in office("dispatch", "list", "--format", "json").json["rows"])

    assert office("dispatch", "resolve", one, "--reason", "r").error_code == "bad-usage"
    both = office("dispatch", "resolve", one, "--delivered", "--abandon", "--reason", "r")
    assert (both.error_code, both.status) == ("bad-usage", 2)
    assert office("dispatch", "resolve", one, "--abandon", "--reason", "不再需要").out == f"{one}: abandoned\n"
    assert office("dispatch", "resolve", two, "--delivered", "--reason", "r").out == f"{two}: delivered\n"
    assert office("dispatch", "retry", one, "--reason", "r").error_code == "content-missing"
    assert office("dispatch", "retry", f"dispatch-{'0' * 32}", "--reason", "r").error_code == "unknown-dispatch"


def test_a_copied_store_sends_nothing_until_somebody_says_so(office, tmp_path):
    office("dispatch", "plan", "writer")
    office("dispatch", "send", "--yes")
    for suffix in ("", ".people", ".outbox", ".keys"):
        (tmp_path / f"copy.db{suffix}").write_bytes((tmp_path / f"dualcert.db{suffix}").read_bytes())
    office("--store", "copy.db", "people", "add", "person-2", "--name", "李四", "--email", "li@example.org")

    refused = office("--store", "copy.db", "dispatch", "send", "--yes")
    assert (refused.status, refused.error_code, len(files(tmp_path / "out"))) == (3, "sending-off", 1)

    assert office("--store", "copy.db", "dispatch", "resume", "--yes").status == 0
    assert office("--store", "copy.db", "dispatch", "send", "--yes").status == 0
    assert len(files(tmp_path / "out")) == 2


def test_erasing_a_person_takes_their_messages_out_of_the_outbox(office, tmp_path):
    office("dispatch", "plan", "writer")
    before = (tmp_path / "dualcert.db.outbox").read_bytes()
    assert (b"person-1" in before, "提醒".encode() in before) == (True, False), (
        "whose it is can be read, and nothing else"
    )

    assert office("people", "erase", "person-1", "--yes").status == 0
    assert office("people", "add", "person-2", "--name", "李四").status == 0
    assert office("people", "erase", "person-2", "--yes").status == 0

    assert b"person-1" not in (tmp_path / "dualcert.db.outbox").read_bytes()


def test_every_command_of_these_groups_teaches(shell):
    for group in ("report", "dispatch", "plugins"):
        for name in dualcert.get_command(None, group).commands:
            ran = shell(group, name, "--help")
            assert (ran.status, len(ran.out) > 100) == (0, True)
