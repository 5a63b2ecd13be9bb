"""Every kind of command that writes, and the books that each begins with."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path

import psycopg
from attrs import Factory, define, evolve, field, frozen
from typing_extensions import override

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.runs import CHANGES, Launcher, Ran, Run, Strike
from hostile_plugins import reporter

CANARY = "张三丰-canary"
"""The name of the person who is erased: it is in no file, since what is stored of people is encrypted."""
ERASED = "person-1"
PEOPLE = ("person-1", "person-2", "person-3", "person-4")
CODES = ("140521", "140522", "140524", "140525", "140581")
LINES = 2_100
"""Of the longest file that is applied: three transactions of at most 1,000."""
BATCH = 1_000

WRITER = reporter(
    "writer",
    "\n".join(
        f'yield Message(key="2023-09", to="{person}", subject="提醒", text="{CANARY if person == ERASED else "同志"}：请予关注")'
        for person in PEOPLE
    ),
)

COUNTIES = tuple(
    document
    for code in CODES
    for document in (
        {"do": "register-lab", "lab": f"lab-{code}-1", "name": f"{code}站", "level": "county", "division": code, "on": "2018-01-01"},
        {"do": "designate-lab", "county": f"county-{code}", "lab": f"lab-{code}-1", "on": "2018-01-01"},
        {"do": "enrol-county", "county": f"county-{code}", "programme": "provincial", "batch": 3, "standing": "named", "on": "2020-01-01"},
    )
)  # fmt: skip
NAMES = (("阳城县", "张三"), ("泽州县", "李四"), ("沁水县", "王五"), ("陵川县", "赵六"), ("高平市", "钱七"))


def _lab(number):
    return {
        "do": "register-lab", "lab": f"lab-140525-{number}", "name": f"站{number}", "level": "county", "division": "140525",
        "on": "2018-01-01",
    }  # fmt: skip


GIVEN = {
    "dualcert.toml": '[dispatch]\nchannel = "folder"\n[channel.folder]\nfolder = "outgoing"\nsender = "books@example.cn"\n',
    "counties.jsonl": "".join(json.dumps(each) + "\n" for each in COUNTIES),
    "many.jsonl": "".join(json.dumps(_lab(number + 1)) + "\n" for number in range(LINES)),
    "few.jsonl": "".join(json.dumps(_lab(number + 1)) + "\n" for number in range(30)),
    "labs.csv": "市,县,机构名称,级别\n" + "".join(f"晋城市,{county},{county}检测站,县级\n" for county, _ in NAMES),
    "pairings.csv": "市,县,包联干部,联系电话\n" + "".join(f"晋城市,{c},{n},0356-1\n" for c, n in NAMES),
}
"""What commands read, by file name."""

TEMPLATES = {
    "nothing": (None, ()),
    "campaign": ("nothing", (("init",),)),
    "counties": ("campaign", (("apply", "{given}/counties.jsonl"),)),
    "office": (
        "counties",
        tuple(
            ("people", "add", person, "--name", CANARY if person == ERASED else f"{person}同志", "--email", f"{person}@example.cn")
            for person in PEOPLE
        ),
    ),
    "planned": ("office", (("dispatch", "plan", "writer"),)),
    "keyless": ("nothing", (("restore", "{given}/backup", "{store}"),)),
}  # fmt: skip
"""Books to begin with: the books before them, and the commands that follow."""


@frozen
class Case:
    """A command, the books that it begins with, and how it may be cut off."""

    name: str
    template: str
    arguments: tuple[str, ...]
    stored: str = "whole"
    """What of its facts may be there when it is cut off: `whole` or none, whole `chunks`, or `each`."""
    makes: bool = False
    """It makes the store, and refuses one that is there."""
    same_facts: bool = True
    """Said again after having been cut off, it records the same bytes (positions and random ids do not)."""
    options: str = ""
    """Of the store's URL, for SQLite."""
    refuses: tuple[int, str] | None = None
    """How it is refused when what it makes is there, besides a store."""


CASES = (
    Case("init", "nothing", ("init",), makes=True),
    Case("copy", "nothing", ("copy", "{given}/source.db", "{store}"), makes=True),
    Case("record", "counties", ("record", "close-lab", "--lab=lab-140525-1", "--reason=合并", "--on=2023-03-01")),
    Case("apply", "campaign", ("apply", "{given}/many.jsonl"), stored="chunks"),
    Case("apply --atomic", "campaign", ("apply", "--atomic", "{given}/few.jsonl")),
    Case("import", "campaign", ("import", "{given}/labs.csv", "--kind", "labs")),
    Case("import --add-people", "counties", ("import", "{given}/pairings.csv", "--kind", "pairings", "--add-people")),
    Case("people add", "counties", ("people", "add", "person-9", "--name", "张三")),
    Case("people erase", "planned", ("people", "erase", ERASED, "--yes")),
    Case("people keys", "keyless", ("people", "keys", "{given}/people.keys")),
    Case("gate apply", "counties", ("gate", "apply", "standing", "--on", "2023-10-08")),
    Case("dispatch plan", "office", ("dispatch", "plan", "writer"), stored="each", same_facts=False),
    Case("dispatch send", "planned", ("dispatch", "send", "--yes"), stored="each", same_facts=False),
    Case("seal", "counties", ("seal", "--out", "books.seal"), refuses=(2, "file-exists")),
    Case("seal key rotate", "counties", ("seal", "key", "rotate")),
    Case("backup", "planned", ("backup", "backup"), refuses=(2, "file-exists")),
    Case("restore", "nothing", ("restore", "{given}/backup", "{store}", "--keys", "{given}/people.keys"), makes=True),
    Case("init, wal", "nothing", ("init",), makes=True, options="?journal=wal"),
    Case("record, wal", "counties", ("record", "close-lab", "--lab=lab-140525-1", "--reason=合并", "--on=2023-03-01"),
         options="?journal=wal"),
)  # fmt: skip
BY_NAME = {case.name: case for case in CASES}


@frozen
class Place:
    """Where a run takes place: a folder of its own, and a store."""

    folder: Path
    store: str


@frozen
class Undisturbed:
    """What a case does when nothing befalls it."""

    before: dict
    after: dict
    ran: Ran

    @cached_property
    def cuts(self) -> frozenset[int]:
        """The positions at which the log may end where facts are stored by chunks of commands, a fact each."""
        first, last = len(self.before.get("trail", ())), len(self.after["trail"])
        return frozenset({*range(first, last, BATCH), last})


@define
class Bench:
    """Makes places with the books that a case begins with, and runs commands there; here on SQLite."""

    work: Path
    broken: str | None = None
    launcher: Launcher = field(init=False)
    _made: dict[str, Place] = Factory(dict)
    _undisturbed: dict[str, Undisturbed] = Factory(dict)
    _number: int = 0

    def __attrs_post_init__(self) -> None:
        plugins, given = self.work / "plugins", self.given
        given.mkdir(parents=True)
        for name, text in GIVEN.items():
            (given / name).write_text(text, encoding="utf-8")
        metadata = plugins / "dualcert_writer-1.0.dist-info"
        metadata.mkdir(parents=True)
        (plugins / "dualcert_writer.py").write_text(WRITER, encoding="utf-8")
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: dualcert-writer\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text("[dualcert]\nwriter = dualcert_writer\n")
        self.launcher = Launcher(self.work, self.path)
        for arguments in (
            ("init",), ("apply", "{given}/counties.jsonl"), ("people", "add", "person-1", "--name", "李四"), ("backup", "backup"),
        ):  # fmt: skip
            self.must(Place(given, "source.db"), arguments)
        next(given.glob("people-*.keys")).rename(given / "people.keys")  # restoring finds it only where it is named

    def close(self) -> None:
        self.launcher.__exit__()

    @property
    def path(self) -> str:
        """Where modules are found: these, and the plugin that the cases have."""
        return os.pathsep.join(map(str, (Path(__file__).parents[1], self.work / "plugins")))

    @property
    def given(self) -> Path:
        """Where the files are that commands read."""
        return self.work / "given"

    def place(self, name: str, like: Place | None = None, options: str = "") -> Place:
        """Make a place, with the books of another."""
        return Place(self._folder(name, like), f"sqlite:///books.db{options}" if options else "books.db")

    def _folder(self, name: str, like: Place | None) -> Path:
        folder = self.work / name
        if like:
            shutil.copytree(like.folder, folder)
        else:
            folder.mkdir()
        return folder

    def remove(self, place: Place) -> None:
        """Remove a place that is of no more use."""
        shutil.rmtree(place.folder)

    def template(self, name: str) -> Place:
        """Return the place with the books of that name; nobody writes to it."""
        if name not in self._made:
            base, commands = TEMPLATES[name]
            made = self.place(f"template-{name}", self.template(base) if base else None)
            for arguments in commands:
                self.must(made, arguments)
            self._made[name] = made
        return self._made[name]

    def fresh(self, case: Case) -> Place:
        """Return a new place with what the case begins with."""
        self._number += 1
        return self.place(f"run-{self._number}", self.template(case.template), case.options)

    def asked(self, place: Place, arguments: tuple[str, ...], strike: Strike | None = None, **how) -> Run:
        """Return the run of a command at a place."""
        words = tuple(each.format(store=place.store, given=self.given) for each in arguments)
        env = {
            "DUALCERT_STORE": place.store,
            "DUALCERT_STATE": str(place.folder / "state"),
            "DUALCERT_CONFIG": str(self.given / "dualcert.toml"),
        }
        return Run(place.folder, words, strike, self.broken, env=env, **how)

    def run(self, place: Place, arguments: tuple[str, ...], strike: Strike | None = None) -> Ran:
        """Run a command at a place to its end."""
        return self.launcher.run(self.asked(place, arguments, strike))

    def together(self, place: Place, commands: Sequence[tuple[str, ...]]) -> list[Ran]:
        """Run several commands at a place that begin at one instant."""
        return self.launcher.together([self.asked(place, arguments) for arguments in commands])

    def must(self, place: Place, arguments: tuple[str, ...], strike: Strike | None = None) -> Ran:
        """Run a command that has to succeed, in a sound build."""
        ran = self.launcher.run(evolve(self.asked(place, arguments, strike), broken=None))
        assert ran.status == 0, (arguments, ran)
        return ran

    def look(self, place: Place) -> dict:
        """Return the books at a place."""
        return self.launcher.look(place.folder, place.store)

    def undisturbed(self, case: Case) -> Undisturbed:
        """Return what the case does when nothing befalls it."""
        if case.name not in self._undisturbed:
            place = self.fresh(case)
            before = self.look(place)
            ran = self.must(place, case.arguments, Strike(CHANGES))
            self._undisturbed[case.name] = Undisturbed(before, self.look(place), ran)
        return self._undisturbed[case.name]

    def secret(self, case: Case) -> bytes | None:
        """Return the key of the person who is erased, as the case begins with it; None where it is in no file."""
        path = self.template(case.template).folder / "books.db.keys"
        if not path.exists():
            return None
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT secret FROM dualcert_keys WHERE person = ?", (ERASED,)).fetchone()[0]

    def count(self, case: Case, classes: int) -> int:
        """Return how many calls of these classes the case makes on files of its folder."""
        if (classes, self.broken) == (CHANGES, None):
            return self.undisturbed(case).ran.seen
        place = self.fresh(case)
        ran = self.run(place, case.arguments, Strike(classes))
        self.remove(place)
        return ran.seen


@define
class PostgresBench(Bench):
    """The same on PostgreSQL: a database for each place."""

    server: str = field(kw_only=True)
    """The URL of its database `postgres`."""

    @override
    def place(self, name: str, like: Place | None = None, options: str = "") -> Place:
        database = f"faults_{uuid.uuid4().hex[:12]}"
        template = self._database(like) if like else "template0"
        self._do(f"CREATE DATABASE {database} TEMPLATE {template}")
        return Place(self._folder(name, like), self.server.replace("/postgres?", f"/{database}?"))

    @override
    def remove(self, place: Place) -> None:
        super().remove(place)
        self._do(f"DROP DATABASE {self._database(place)} WITH (FORCE)")

    def _database(self, place: Place) -> str:
        return place.store.partition("?")[0].rpartition("/")[2]

    def _do(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)
