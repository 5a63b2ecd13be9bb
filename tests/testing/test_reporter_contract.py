"""The contract of reporters catches what it promises, and lets pass what is right."""

from __future__ import annotations

import importlib
import sys

import pytest

from dualcert import reporting
from dualcert.reporting import Books
from dualcert.reporting.rendering import WrongArtifactsError

SOURCE = """
{before}
from dualcert.reporting import Document, Message, NoConfig


class Mine:
    name, summary, Config, triggers = "mine", "for a test", NoConfig, ("daily",)

    def render(self, request, books):
        text = {{"zh": "站", "en": "lab"}}[request.language]
{body}
        yield Document("a.txt", "text/plain", str(text).encode())
"""
CONTRACT = """
from dualcert.testing.reporters import ReporterContract
from {module} import Mine

class TestMine(ReporterContract):
    reporter = Mine()
"""

RECORDS = """
        for r in gc.get_objects():
            if isinstance(r, Registry):
                with contextlib.suppress(StoreUnusable):  # other tests closed theirs
                    if r.view().streams is books.view.streams:  # these books, not those of other tests
                        r.execute(ReportHighlight(
                            campaign="campaign-shanxi-2023", city="140500", note=str(r.facts()), on="2023-05-05"
                        ))
""".strip()
CAUGHT = {
    "reads-the-day": ("same_bytes", "from datetime import date", "text += str(date.today())"),
    "reads-the-time": ("same_bytes", "from datetime import UTC, datetime", "text += str(datetime.now(UTC).date())"),
    "reads-the-year": ("same_bytes", "import time", "text += str(time.localtime().tm_year)"),
    "reads-the-hour": ("same_bytes", "import time", "text += str(int(time.time() // 3600))"),
    "reads-the-environment": ("same_bytes", "import os", "text += os.environ.get('USER', '')"),
    "reads-the-locale": ("same_bytes", "import os", "text += os.environ.get('LC_ALL', '')"),
    "reads-the-machines-name": ("same_bytes", "import platform", "text += platform.node()"),
    "reads-the-folder": ("same_bytes", "import os", "text += os.getcwd()"),
    "is-random": ("same_bytes", "import uuid", "text += str(uuid.uuid4())"),
    "reads-a-file": ("pure", "from pathlib import Path", "text += Path('/etc/hosts').read_text()"),
    "lists-a-folder": ("pure", "import os", "os.listdir('/etc')"),
    "looks-at-a-file": ("pure", "import os", "os.stat('/etc/hosts')"),
    "asks-whether-a-file-is-there": ("pure", "from pathlib import Path", "text += str(Path('/etc/nothing').exists())"),
    "asks-what-it-may-read": ("pure", "import os", "os.access('/etc/hosts', os.R_OK)"),
    "writes-a-file": ("pure", "", "open('/dev/null', 'w').close()"),
    "prints": ("leaves_nothing_behind", "", "print(text)"),
    "prints-errors": ("leaves_nothing_behind", "import sys", "print(text, file=sys.stderr)"),
    "logs": ("leaves_nothing_behind", "import logging", "logging.getLogger('x').warning(text)"),
    "leaves-a-thread": (
        "leaves_nothing_behind", "import threading, time", "threading.Thread(target=time.sleep, args=(2,)).start()",
    ),
    "replaces-a-question": (
        "leaves_nothing_behind", "from dualcert.reporting import Books",
        "ratio = Books.ratio; Books.ratio = lambda self, *a, **k: ratio(self, *a, **k)",
    ),
    "replaces-a-class": (
        "leaves_nothing_behind", "import dualcert.reporting as r", "r.Document = type('Document', (r.Document,), {{}})",
    ),
    "records-a-fact": ("leaves_nothing_behind", "import contextlib, gc\nfrom dualcert import Registry, ReportHighlight, StoreUnusable", RECORDS),
    "doubles-a-key": (
        "makes_artifacts", "",
        "yield from [Message(key='k', to='person-1', subject='s', text=text + n) for n in '12']",
    ),
    "has-an-unknown-trigger": ("fulfils", "", "pass"),
    "works-at-import": ("no_work", "import time\nbegan = time.process_time()\nwhile time.process_time() < began + 1: pass", "pass"),
    "escapes-nothing": (
        "hostile", "",
        "yield Document('a.html', 'text/html', ('<p>' + request.name('person-1') + '</p>').encode())",
    ),
    "speaks-one-language": ("both_languages", "", "text = 'ok'"),
}  # fmt: skip
"""What is wrong with a reporter: a word of the test that has to fail, what stands before it, and in `render`."""


def source(name: str) -> str:
    _, before, body = CAUGHT.get(name, ("", "", "pass"))
    made = SOURCE.format(before=before, body=f"        {body.replace('{{}}', '{}')}")
    return made.replace('("daily",)', '("weekly",)') if name == "has-an-unknown-trigger" else made


@pytest.fixture
def contract(tmp_path, monkeypatch):
    """Return the contract of a reporter that is written to a file, as its author's tests are."""
    monkeypatch.syspath_prepend(tmp_path)
    before = {name: getattr(Books, name) for name in ("ratio",)}, vars(reporting).copy()
    names = []

    def made(name: str):
        module = f"mine_{name.replace('-', '_')}"
        names.extend([module, f"contract_{module}"])
        (tmp_path / f"{module}.py").write_text(source(name), encoding="utf-8")
        (tmp_path / f"contract_{module}.py").write_text(CONTRACT.format(module=module), encoding="utf-8")
        return importlib.import_module(names[-1]).TestMine()

    yield made
    for name in names:
        sys.modules.pop(name, None)
    for name, value in before[0].items():
        setattr(Books, name, value)
    vars(reporting).update(before[1])


def test_what_comes_with_the_distribution_may_be_looked_at_on_every_way(contract, tmp_path, monkeypatch):
    way = "from pathlib import Path\nfrom importlib.resources import files"
    look = "text += Path(__file__).resolve().read_text()[:9] + str(files('attr').joinpath('py.typed').is_file())"
    monkeypatch.setitem(CAUGHT, "looks-at-its-own", ("pure", way, look))

    contract("looks-at-its-own").test_it_is_pure()


def promises(contract):
    return [name for name in dir(contract) if name.startswith("test_")]


@pytest.mark.parametrize("name", CAUGHT)
def test_what_is_promised_is_caught(contract, name):
    made = contract(name)
    (test,) = (each for each in promises(made) if CAUGHT[name][0] in each)

    with pytest.raises((AssertionError, WrongArtifactsError)):
        getattr(made, test)()


def test_a_sound_reporter_passes(contract):
    made = contract("sound")

    for test in promises(made):
        getattr(made, test)()
