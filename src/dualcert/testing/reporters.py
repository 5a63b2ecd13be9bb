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
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

import attrs
from typing_extensions import override

from dualcert.projections.books import Books
from dualcert.reporting.artifacts import Artifact, Document, Message
from dualcert.reporting.configuration import RenderConfig
from dualcert.reporting.filenames import safe
from dualcert.reporting.plugins import wrong_about
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.rendering import checked
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
"""Audit events that a reporter never causes; nor does it open a file to write, or another's to read."""
WORK = 0.5
"""Seconds of the processor that importing a reporter's module may take."""

_caught: list[str] | None = None


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _caught is None:
        return
    if event.startswith(FORBIDDEN):
        _caught.append(event)
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        _caught.append(f"open {arguments[0]} to write")
    elif event in {"open", "os.listdir", "os.scandir"} and _is_foreign(arguments[0]):
        _caught.append(f"{event} {arguments[0]}")


def _is_foreign(path: object) -> bool:
    """Return whether a path is neither of Python, nor of an installed distribution, nor of the system's own data."""
    if not isinstance(path, str | bytes | os.PathLike):
        return False  # a handle that was opened before
    place = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100  links are not followed: that would be another event
    if str(place) in {os.devnull, "/dev/urandom"}:
        return False
    return not any(place.is_relative_to(each) for each in _places())


def _places() -> list[str]:
    """Return the folders of Python, of installed distributions and of the system's own data."""
    places = [sys.prefix, sys.base_prefix, "/usr", "/System", *(each for each in sys.path if each)]
    return [each for each in places if Path(each) != Path.cwd()]


LOOKS = ("stat", "lstat", "access", "readlink")
"""Functions of `os` that look at a file and that Python reports to no audit hook."""


def _watched(name: str, look: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of `os` that looks at a file, so that looks at foreign files are noted.

    The folders above those of Python are passed through by whoever makes a path of it, and tell nothing.
    """

    def watched(path: Any, *arguments: Any, **more: Any) -> Any:
        if _caught is not None and more.get("dir_fd") is None and _is_foreign(path):
            place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  as above
            if not any(Path(each).is_relative_to(place) for each in _places()):
                _caught.append(f"os.{name} {place}")
        return look(path, *arguments, **more)

    return watched


@contextlib.contextmanager
def audited() -> Iterator[list[str]]:
    """Yield a list to which forbidden actions are added while the block runs."""
    global _caught  # noqa: PLW0603  an audit hook stays for good, so it listens only when it is asked
    if not getattr(audited, "installed", False):
        sys.addaudithook(_listen)
        audited.installed = True  # type: ignore[attr-defined]  # once for the process
    caught: list[str] = []
    looks = {name: getattr(os, name) for name in LOOKS}
    _caught = caught
    try:
        for name, look in looks.items():
            setattr(os, name, _watched(name, look))
        yield caught
    finally:
        _caught = None
        for name, look in looks.items():
            setattr(os, name, look)


class ReporterContract:
    """The contract of every reporter; subclass it, and name the reporter and, if needed, a configuration."""

    reporter: ClassVar[Reporter]
    config: ClassVar[Any] = None
    """The reporter's configuration; None: its `Config` with the defaults."""
    languages: ClassVar[bool] = True
    """Whether its output has a language; False for codes and figures alone, which are the same in every language."""

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
        """The small books give at least one artifact, all are documents or messages, and no two messages have one key."""
        made = self.made(small_books())

        assert made, "the small books have something for every reporter: a decision, reminders, figures"
        assert checked(made, RenderConfig()) == made

    def test_it_speaks_both_languages(self) -> None:
        """Chinese by default, English by request; the same in both where its output has no language."""
        assert (self.made(small_books()) != self.made(small_books(), "en")) is self.languages, (
            "say `languages = False` where the output has no language"
        )

    def test_it_prints_nothing_and_leaves_nothing_behind(self) -> None:
        """Nothing on either stream or in a log, no thread, no other folder, no fact, nothing replaced in dualcert."""
        books = small_books()
        self.made(books)  # imports are done
        before, printed, logged = _world(books), Printed(), _Logged()
        logging.getLogger().addHandler(logged)
        try:
            with quietly(printed):
                self.made(books)
                after = _world(books)
        finally:
            logging.getLogger().removeHandler(logged)

        assert (printed.beginning, logged.lines) == ("", [])
        assert after == before

    def test_it_is_pure(self) -> None:
        """No network, no processes, no files to write, and none to read but those of installed distributions."""
        books = small_books()
        self.made(books)  # imports are done
        with audited() as caught:
            self.made(books)

        assert caught == []

    def test_the_same_request_on_the_same_log_gives_the_same_bytes(self) -> None:
        """The bytes are the same in another process, time zone and order of hashes, on another machine in another year."""
        here = digest(self.made(small_books()))

        assert digest(self.made(small_books())) == here
        for seed, zone, locale in (("1", "America/Los_Angeles", "C.UTF-8"), ("2", "Pacific/Kiritimati", "C")):
            there = self._elsewhere(PYTHONHASHSEED=seed, TZ=zone, LC_ALL=locale)
            assert there == here, (
                "it depends on the clock, the machine, the environment, the folder, or an order of hashes"
            )

    def _elsewhere(self, **environment: str) -> str:
        """Return the digest that another process makes of the small books."""
        kind = type(self)
        code = (
            "import os, sys, importlib.util as u\n"
            "from dualcert.testing import elsewhere\n"
            "from dualcert.testing.reporters import digest, quietly, Printed, small_books\n"
            "elsewhere.move()\n"
            "with quietly(Printed()):\n"
            "    spec = u.spec_from_file_location('contract', sys.argv[1])\n"
            "    module = u.module_from_spec(spec); sys.modules['contract'] = module; spec.loader.exec_module(module)\n"
            "    found = digest(getattr(module, sys.argv[2])().made(small_books()))\n"
            "print(found)\n"
        )
        file = sys.modules[kind.__module__].__file__
        assert file is not None
        return _python(code, file, kind.__name__, **environment)

    def test_hostile_names_do_not_break_it(self) -> None:
        """Names and notes may be hostile: each payload is plain text in every artifact."""
        for payload in PAYLOADS:
            for artifact in self.made(_hostile_books(payload)):
                if isinstance(artifact, Document):
                    assert safe(artifact.filename) not in {"", ".", ".."}
                else:
                    assert "\n" not in artifact.subject
                for page in _pages(artifact):
                    assert "<" not in payload or payload not in page, f"{payload!r} is markup in HTML: escape it"

    def test_its_module_costs_nothing_at_start_up(self) -> None:
        """What `dualcert plugins list` imports is the module and dualcert, no library for documents."""
        foreign = foreign_imports(type(self.reporter).__module__)
        assert not foreign, f"import {', '.join(sorted(foreign))} inside render, where it is needed"

    def test_its_module_does_no_work_at_start_up(self) -> None:
        """Importing it takes next to no time of the processor: it is imported whenever plugins are listed."""
        seconds, _ = _imported(type(self.reporter).__module__.partition(".")[0])
        assert seconds < WORK, "do at import what takes no time, and the rest inside render"


def foreign_imports(module: str) -> set[str]:
    """Return the packages that importing a plugin's package imports besides Python's, dualcert's and its own."""
    package = module.partition(".")[0]
    _, modules = _imported(package)
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {package, "dualcert"}


@cache
def _imported(package: str) -> tuple[float, tuple[str, ...]]:
    """Return the processor's time in seconds that importing *package* takes in a new process, and the modules that come with it."""
    code = (
        "import importlib, sys, time\nimport dualcert.reporting\nbefore = set(sys.modules)\nbegan = time.process_time()\n"
        f"importlib.import_module({package!r})\nseconds = time.process_time() - began\n"
        "print((seconds, tuple(set(sys.modules) - before)))\n"
    )
    seconds, modules = ast.literal_eval(_python(code))
    return seconds, modules


@cache
def _hostile_books(payload: str) -> SmallBooks:
    """Return small books with *payload* for every name and note."""
    return small_books(partial(_hostile, payload))


def _pages(artifact: Artifact) -> Iterator[str]:
    """Yield the pages of HTML of an artifact."""
    if isinstance(artifact, Message):
        if artifact.html is not None:
            yield artifact.html
        for each in artifact.attachments:
            yield from _pages(each)
    elif "html" in artifact.media_type:
        yield artifact.content.decode("utf-8", "replace")


def _world(books: SmallBooks) -> tuple[Any, ...]:
    """Return what no reporter changes."""
    import dualcert.reporting

    return (
        {thread.ident for thread in threading.enumerate()},
        Path.cwd(),
        books.registry.catch_up(),
        {name: id(value) for name, value in vars(Books).items()},
        {name: id(value) for name, value in vars(dualcert.reporting).items()},
    )


class _Logged(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _hostile(payload: str, _name: str) -> str:
    return payload


def _python(code: str, *arguments: str, **environment: str) -> str:
    """Return what *code* prints in a process of its own that finds what this one does."""
    paths = os.pathsep.join(str(Path(each).absolute()) for each in sys.path)
    with tempfile.TemporaryDirectory(prefix="dualcert-") as folder:
        ran = subprocess.run(  # noqa: S603  this interpreter, on code of ours
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, "PYTHONPATH": paths, **environment},
            cwd=folder,
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
