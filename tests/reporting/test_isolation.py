"""A process of its own survives what nothing else does."""

from __future__ import annotations

import json
import os
import socket
import time
from string import Template

import pytest
from msgspec.structs import replace

from dualcert import Registry, load_policy
from dualcert.processes import ENVIRONMENT
from dualcert.projections.books import Books
from dualcert.reporting import isolation
from dualcert.reporting.configuration import Configuration, load_configuration
from dualcert.reporting.isolation import render_isolated
from dualcert.reporting.plugins import load_plugins
from dualcert.reporting.rendering import render
from dualcert.reporting.requests import new_request, request_of
from dualcert.testing.books import AS_OF
from hostile_plugins import SOUND, WILD, reporter


@pytest.fixture
def store(tmp_path):
    """An SQLite store with an open campaign, and a configuration with tight limits."""
    path = tmp_path / "books.db"
    Registry.open(path, policy="shanxi-2023").close()
    (tmp_path / "dualcert.toml").write_text("[render]\nseconds = 1\nmegabytes = 64\nmemory_megabytes = 768\n")
    return path


@pytest.fixture
def isolated(store, install):
    """Render a plugin's reporter in a process of its own."""

    def rendered(name, source):
        configuration = load_configuration(store.with_name("dualcert.toml"))
        plugins = load_plugins(configuration, [install(name, source)])
        with Registry.open(store) as registry:
            return render_isolated(plugins, plugins.reporters[0], *new_request(registry, AS_OF))

    return rendered


@pytest.mark.parametrize("name", WILD)
def test_what_a_reporter_does_to_its_process_is_named(isolated, name, capfd, monkeypatch):
    monkeypatch.setattr(isolation, "GRACE", 4.0)
    code, body = WILD[name]
    started = time.monotonic()

    done = isolated("hostile", reporter("hostile", body))

    assert (done.trouble.code if done.trouble else None) == code, done.trouble
    assert bool(done.artifacts) == (code is None)
    assert time.monotonic() - started < 60
    assert capfd.readouterr() == ("", "")


def test_what_a_reporter_prints_there_does_not_reach_the_answer(isolated, capfd):
    body = """
import os
os.write(1, b"to the descriptor")
print("to the stream")
yield Document("made.txt", "text/plain", b"made")
"""
    done = isolated("loud", reporter("loud", body))

    assert (done.trouble, done.artifacts[0].content) == (None, b"made")
    assert capfd.readouterr() == ("", "")


def test_a_process_of_its_own_gives_the_same_bytes(store, install):
    source = reporter("figures", """
yield Document("figures.txt", "text/plain", views.basis(request.language).encode())
yield Message(key="k", to="person-1", subject="站", text=str(request), attachments=[Document("a", "text/plain", b"0")])
""").replace("str(request)", "repr(request.as_of)")  # fmt: skip
    plugins = load_plugins(Configuration(), [install("figures", source)])
    with Registry.open(store) as registry:
        request, views = new_request(registry, AS_OF)

        assert render_isolated(plugins, "figures", request, views).artifacts == (
            render(plugins, "figures", request, views).artifacts
        )


def test_it_reads_as_much_of_the_log_as_was_asked(store, install):
    source = reporter("reader", 'yield Document("p.txt", "text/plain", str(views.position).encode())')
    plugins = load_plugins(Configuration(), [install("reader", source)])
    with Registry.open(store) as registry:
        request, views = new_request(registry, AS_OF, known_at=1)

    (made,) = render_isolated(plugins, "reader", request, views).artifacts
    assert made.content == b"1"


def test_a_sound_one_among_wild_ones_is_complete(store, install, isolated):
    assert isolated("sound", SOUND).artifacts[0].content == b"sound"


# --- what it cannot reach ---------------------------------------------------------------------------

REFUSED = {
    "calls-out": "import socket; socket.create_connection(('127.0.0.1', $port), 5).sendall(b'x')",
    "calls-a-neighbour": "import socket; socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
    "starts-a-program": "import subprocess; subprocess.run(['/bin/sh', '-c', 'touch $outside'], check=True)",
    "starts-a-process": "import os; os.fork()",
    "starts-a-process-of-pythons": "import os; os.posix_spawn('/bin/touch', ['touch', '$outside'], {})",
    "leaves-its-group": "import os; os.setsid()",
    "writes-a-file": "open('$outside', 'w').close()",
    "makes-a-link": "import os; os.symlink('/etc/passwd', '$outside')",
    "removes-the-store": "import os; os.remove('$store')",
    "empties-the-store": "import os; os.truncate('$store', 0)",
    "changes-rights": "import os; os.chmod('$store', 0o777)",
    "reads-the-store": "open('$store', 'rb').read()",
    "reads-the-users": "open('/etc/passwd').read()",
    "reads-its-parents-environment": "open(f'/proc/{__import__(\"os\").getppid()}/environ', 'rb').read()",
    "records-a-fact": """
from dualcert import Registry, RegisterLab
Registry.open('$store')""",
    "kills-its-parent": "import os; os.kill(os.getppid(), 0)",
    "lifts-its-limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "outlives-its-parent": """
import ctypes
if ctypes.CDLL(None, use_errno=True).prctl(1, 0, 0, 0, 0): raise PermissionError(ctypes.get_errno())""",
}
"""What a plugin tries -> the body of its `render`; each is refused by the system, and said to be the plugin's fault."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_reporter_reaches_nothing_outside_its_process(isolated, store, tmp_path, name):
    before = store.read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        values = {"port": server.getsockname()[1], "outside": tmp_path / "outside", "store": store}

        done = isolated("escaping", reporter("escaping", Template(REFUSED[name]).substitute(values)))

        with pytest.raises(BlockingIOError):
            server.accept()
    assert done.trouble
    assert done.trouble.code == "plugin-broken", done.trouble
    assert not done.artifacts
    assert (store.read_bytes(), store.stat().st_mode & 0o777) == (before, 0o600)
    assert not os.path.lexists(tmp_path / "outside")


def test_a_reporter_sees_no_variable_of_the_environment_that_is_not_listed(isolated, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("LC_TIME", "zh_CN.UTF-8")

    done = isolated("nosy", reporter("nosy", """
import json, os
yield Document("seen.txt", "text/plain", json.dumps(dict(os.environ)).encode())"""))  # fmt: skip

    seen = json.loads(done.artifacts[0].content)
    assert seen["LC_TIME"] == "zh_CN.UTF-8"
    assert set(seen) <= {*ENVIRONMENT, "HOME", "TMPDIR", "TEMP", "TMP", "LC_CTYPE", "LC_ALL", "LC_TIME"}


def test_a_reporter_has_a_folder_of_its_own_that_is_gone_afterwards(isolated):
    done = isolated("writer", reporter("writer", """
import os, tempfile
with tempfile.NamedTemporaryFile("w", delete=False) as file: file.write("mine")
yield Document("where.txt", "text/plain", f"{os.getcwd()}\\n{file.name}\\n{os.listdir()}".encode())"""))  # fmt: skip

    folder, file, _listed = done.artifacts[0].content.decode().splitlines()
    assert file.startswith(folder)
    assert not os.path.exists(folder)  # noqa: PTH110


def test_an_answer_of_the_plugins_own_is_none(isolated):
    done = isolated("forger", reporter("forger", """
import os
for each in range(3, 64):
    try: os.write(each, b'{"artifacts": [{"document": ["forged.txt", "text/plain", ""]}]}')
    except OSError: pass
os._exit(0)"""))  # fmt: skip

    assert (done.trouble.code, done.artifacts) == ("plugin-crashed", ())


SET_UP = """
from attrs import frozen
from dualcert.reporting import Document, Secret, hookimpl

@frozen
class Config:
    token: Secret
    lines: int = 1

class Reporter:
    name, summary, triggers = "$name", "for a test", ()
    Config = Config
    def render(self, request, views):
        import gc
        kept = sorted({each.reveal() for each in gc.get_objects() if isinstance(each, Secret)})
        yield Document("kept.txt", "text/plain", f"{request.config.token.reveal()} {request.config.lines} {kept}"[::-1].encode())

@hookimpl
def dualcert_reporters():
    return [Reporter()]
"""


def test_a_reporter_has_its_own_secrets_and_no_others(store, install, monkeypatch):
    monkeypatch.setenv("OURS", "s3cret-a")
    monkeypatch.setenv("THEIRS", "s3cret-b")
    points = [install(name, Template(SET_UP).substitute(name=name)) for name in ("ours", "theirs")]
    path = store.with_name("dualcert.toml")
    path.write_text('[reporter.ours]\ntoken = {env = "OURS"}\nlines = 3\n[reporter.theirs]\ntoken = {env = "THEIRS"}\n')
    plugins = load_plugins(load_configuration(path), points)
    with Registry.open(store) as registry:
        done = render_isolated(plugins, "ours", *new_request(registry, AS_OF))

    assert (done.trouble, done.artifacts[0].content[::-1]) == (None, b"s3cret-a 3 ['s3cret-a']")


def test_books_in_memory_and_an_assumed_policy_are_asked_in_a_process_of_their_own(install):
    source = reporter(
        "reader", 'yield Document("p.txt", "text/plain", f"{views.position} {views.policy().target.percent}".encode())'
    )
    plugins = load_plugins(Configuration(), [install("reader", source)])
    with Registry.open(":memory:", policy="shanxi-2023") as registry:
        policy = load_policy("shanxi-2023")
        assumed = replace(policy, target=replace(policy.target, percent=policy.target.percent + 1))
        views = Books(registry.view(policy=assumed), AS_OF)

        (made,) = render_isolated(
            plugins, "reader", request_of(views, {}, subject=None, language="zh"), views
        ).artifacts

    assert made.content.decode() == f"2 {policy.target.percent + 1}"
