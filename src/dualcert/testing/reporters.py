"""The contract of reporters as tests: subclass `ReporterContract` and name the reporter.

    class TestMine(ReporterContract):
        reporter = Mine()

The host's promises to users depend on these: a reporter is pure, it gives the same bytes again (in another
process, another time zone, another order of hashes), hostile names do not break it, it declares its
configuration, and importing its module is fast.
"""

from __future__ import annotations

import ast
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

import attrs

from dualcert.reporting.artifacts import Artifact, Document, Message
from dualcert.reporting.filenames import safe
from dualcert.reporting.plugins import wrong_about
from dualcert.reporting.reporters import Language, Reporter
from dualcert.testing.books import SmallBooks, small_books
from dualcert.testing.hostile import PAYLOADS

FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "shutil.",
    "sqlite3.",
)
"""Audit events that a reporter never causes; nor does it open a file to write."""

_caught: list[str] | None = None


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _caught is None:
        return
    if event.startswith(FORBIDDEN):
        _caught.append(event)
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        _caught.append(f"open {arguments[0]} to write")


@contextlib.contextmanager
def audited() -> Iterator[list[str]]:
    """Yield a list to which forbidden actions are added while the block runs."""
    global _caught  # noqa: PLW0603  an audit hook stays for good, so it listens only when it is asked
    if not getattr(audited, "installed", False):
        sys.addaudithook(_listen)
        audited.installed = True  # type: ignore[attr-defined]  # once for the process
    caught: list[str] = []
    _caught = caught
    try:
        yield caught
    finally:
        _caught = None


class ReporterContract:
    """The contract of every reporter; subclass it, and name the reporter and, if needed, a configuration."""

    reporter: ClassVar[Reporter]
    config: ClassVar[Any] = None
    """The reporter's configuration; None: its `Config` with the defaults."""

    def made(self, books: SmallBooks, language: Language = "zh") -> tuple[Artifact, ...]:
        """Return the reporter's artifacts for *books*."""
        config = self.config if self.config is not None else self.reporter.Config()
        return tuple(self.reporter.render(*books.asked(config, language=language)))

    def test_it_fulfils_the_contract(self) -> None:
        """A name, a summary of one line, a Config, triggers, and render."""
        assert wrong_about(self.reporter, Reporter) is None

    def test_it_declares_how_it_is_set_up(self) -> None:
        """Its Config is a frozen attrs class, so unknown keys are refused and its values cannot change."""
        config = self.reporter.Config
        assert attrs.has(config)
        assert config.__setattr__ is not object.__setattr__, "Config is to be @attrs.frozen"

    def test_it_makes_artifacts(self) -> None:
        """The small books give at least one artifact, and all are documents or messages."""
        made = self.made(small_books())

        assert made, "the small books have something for every reporter: a decision, reminders, figures"
        assert all(type(each) in {Document, Message} for each in made)

    def test_it_speaks_both_languages(self) -> None:
        """Chinese by default, English by request."""
        assert self.made(small_books()) != self.made(small_books(), "en")

    def test_it_is_pure(self) -> None:
        """No network, no processes, no files to write."""
        books = small_books()
        self.made(books)  # imports are done
        with audited() as caught:
            self.made(books)

        assert caught == []

    def test_the_same_request_on_the_same_log_gives_the_same_bytes(self) -> None:
        """The bytes are the same in another process, another time zone and another order of hashes."""
        here = digest(self.made(small_books()))

        assert digest(self.made(small_books())) == here
        for seed, zone in (("1", "America/Los_Angeles"), ("2", "Pacific/Kiritimati")):
            assert self._elsewhere(PYTHONHASHSEED=seed, TZ=zone) == here

    def _elsewhere(self, **environment: str) -> str:
        """Return the digest that another process makes of the small books."""
        kind = type(self)
        code = (
            "import sys, importlib.util as u\n"
            "spec = u.spec_from_file_location('contract', sys.argv[1])\n"
            "module = u.module_from_spec(spec); sys.modules['contract'] = module; spec.loader.exec_module(module)\n"
            "from dualcert.testing.reporters import digest, small_books\n"
            "print(digest(getattr(module, sys.argv[2])().made(small_books())))\n"
        )
        file = sys.modules[kind.__module__].__file__
        assert file is not None
        return _python(code, file, kind.__name__, **environment)

    def test_hostile_names_do_not_break_it(self) -> None:
        """Names and notes may be hostile: each payload is plain text in every artifact."""
        for payload in PAYLOADS:
            for artifact in self.made(small_books(partial(_hostile, payload))):
                if isinstance(artifact, Document):
                    assert safe(artifact.filename) not in {"", ".", ".."}
                else:
                    assert "\n" not in artifact.subject

    def test_its_module_costs_nothing_at_start_up(self) -> None:
        """What `dualcert plugins list` imports is the module and dualcert, no library for documents."""
        module = type(self.reporter).__module__
        package = module.partition(".")[0]
        code = (
            "import sys, importlib\nimport dualcert.reporting\nbefore = set(sys.modules)\n"
            f"importlib.import_module({package!r})\nprint([m for m in set(sys.modules) - before])\n"
        )
        loaded = {name.partition(".")[0] for name in ast.literal_eval(_python(code))}
        foreign = loaded - sys.stdlib_module_names - {package, "dualcert"}
        assert not foreign, f"import {', '.join(sorted(foreign))} inside render, where it is needed"


def _hostile(payload: str, _name: str) -> str:
    return payload


def _python(code: str, *arguments: str, **environment: str) -> str:
    """Return what *code* prints in a process of its own that finds what this one does."""
    ran = subprocess.run(  # noqa: S603  this interpreter, on code of ours
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def digest(artifacts: tuple[Artifact, ...]) -> str:
    """Return a SHA-256 over the artifacts, in their order."""
    import hashlib

    whole = hashlib.sha256()
    for each in artifacts:
        whole.update(each.freeze() if isinstance(each, Message) else each.filename.encode() + b"\0" + each.content)
    return whole.hexdigest()
