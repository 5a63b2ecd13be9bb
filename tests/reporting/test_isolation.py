"""A process of its own survives what nothing else does."""

from __future__ import annotations

import time

import pytest

from dualcert import Registry
from dualcert.reporting import isolation
from dualcert.reporting.asking import asked
from dualcert.reporting.configuration import Configuration, load_configuration
from dualcert.reporting.isolation import render_isolated
from dualcert.reporting.plugins import load_plugins
from dualcert.reporting.rendering import render
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
            request, _views = asked(registry, str(store), AS_OF)
        return render_isolated(plugins, plugins.reporters[0], request, str(store))

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
        request, views = asked(registry, str(store), AS_OF)

        assert render_isolated(plugins, "figures", request, str(store)).artifacts == (
            render(plugins, "figures", request, views).artifacts
        )


def test_it_reads_as_much_of_the_log_as_was_asked(store, install):
    source = reporter("reader", 'yield Document("p.txt", "text/plain", str(views.position).encode())')
    plugins = load_plugins(Configuration(), [install("reader", source)])
    with Registry.open(store) as registry:
        request, _views = asked(registry, str(store), AS_OF, known_at=1)

    (made,) = render_isolated(plugins, "reader", request, str(store)).artifacts
    assert made.content == b"1"


def test_a_sound_one_among_wild_ones_is_complete(store, install, isolated):
    assert isolated("sound", SOUND).artifacts[0].content == b"sound"
