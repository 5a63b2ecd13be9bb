"""Stores and what lies beside them, damaged: refused by name or read, never a fault of the program, never waited for."""

from __future__ import annotations

import os
import random
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from attrs import frozen

from faults.cases import Bench, Case
from faults.runs import Ran
from tampering import unguarded

SECONDS = 10.0
"""After which a command hangs."""
BASE = Case("damaged", "planned", ())

ASKED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "books.db": (
        ("replay",),
        ("status", "--kind", "county"),
        ("due", "--on", "2023-10-01"),
        ("record", "close-lab", "--lab=lab-140525-1", "--reason=合并", "--on=2023-03-01"),
        ("copy", "books.db", "copy.db"),
    ),
    "books.db.people": (
        ("people", "show"),
        ("people", "add", "person-9", "--name", "张三"),
        ("import", "{given}/pairings.csv", "--kind", "pairings", "--add-people"),
        ("dispatch", "send", "--yes"),
        ("people", "erase", "person-2", "--yes"),
    ),
    "books.db.outbox": (
        ("dispatch", "send", "--yes"),
        ("people", "erase", "person-2", "--yes"),
    ),
    "books.db.keys": (
        ("people", "show"),
        ("people", "add", "person-9", "--name", "张三"),
        ("import", "{given}/pairings.csv", "--kind", "pairings", "--add-people"),
        ("dispatch", "send", "--yes"),
        ("people", "erase", "person-2", "--yes"),
        ("people", "keys", "{given}/people.keys"),
        ("backup", "backup"),
    ),
}
"""The commands that need each file."""


@frozen
class Damaged:
    """A file, what is done to it, a number that says where, and the command that comes upon it."""

    file: str
    how: str
    where: int
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file} {self.how} {self.where}: {' '.join(self.arguments)}"


def _cut(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(1, path.stat().st_size))


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _scribble(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    start = chance.randrange(0, len(content), 512)
    content[start : start + 512] = chance.randbytes(512)
    path.write_bytes(content)


def _other(path: Path, *statements: str) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def _newer(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute(
            """UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '"format":1', '"format":9') AS BLOB)"""
        )


def _socket(path: Path) -> None:
    path.unlink()
    with closing(socket.socket(socket.AF_UNIX)) as made:
        name = f"/proc/self/fd/{os.open(path.parent, os.O_RDONLY)}"  # the name of a socket may not be long
        made.bind(f"{name}/{path.name}")
        os.close(int(name.rpartition("/")[2]))


def _instead(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


BITS: Mapping[str, Callable[[Path, random.Random], None]] = {"cut": _cut, "flipped": _flip, "scribbled on": _scribble}
"""Damage that may leave the file as it can be read."""
OTHERS: Mapping[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("张三,0351-1234567\n" * 400, encoding="utf-8"),
    "another database": lambda path: _other(path, "CREATE TABLE recipes (name TEXT)"),
    "other columns": lambda path: _other(
        path,
        *(
            f"CREATE TABLE {name} (x TEXT)"
            for name in ("stored_events", "dualcert_people", "dualcert_outbox", "dualcert_keys")
        ),
    ),
    "a database without tables": lambda path: _other(path, "PRAGMA user_version = 7"),
    "a folder": lambda path: _instead(path, Path.mkdir),
    "a pipe": lambda path: _instead(path, os.mkfifo),
    "a socket": _socket,
    "a device": lambda path: _instead(path, lambda p: p.symlink_to("/dev/zero")),
    "a link to nothing": lambda path: _instead(path, lambda p: p.symlink_to("nothing")),
    "a link to itself": lambda path: _instead(path, lambda p: p.symlink_to(p.name)),
    "of a newer version": _newer,
}
"""What is no file of ours: refused, and not touched."""


def points(each: int, seed: int = 1) -> list[Damaged]:
    """Return every special file for every command, and *each* damages of every kind for every command."""
    chance = random.Random(seed)
    return [
        Damaged(file, how, chance.randrange(1_000_000), arguments)
        for file, commands in ASKED.items()
        for arguments in commands
        for how in (*OTHERS, *(how for how in BITS for _ in range(each)))
        if how != "of a newer version" or file == "books.db"
    ]


def tried(bench: Bench, point: Damaged) -> list[str]:
    """Damage the file, run the command and return what is wrong."""
    place = bench.fresh(BASE)
    path = place.folder / point.file
    if point.how in BITS:
        BITS[point.how](path, random.Random(point.where))
    else:
        OTHERS[point.how](path)
    before = _bytes(path)
    ran = bench.launcher.run(bench.asked(place, point.arguments, seconds=SECONDS))
    wrong = [*_wrong(point, ran)]
    if point.how in OTHERS and _bytes(path) != before:
        wrong.append("it was written to")
    shutil.rmtree(place.folder)
    return wrong


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _wrong(point: Damaged, ran: Ran) -> Iterator[str]:
    if ran.status is None:
        yield "hangs"
    elif ran.status not in {0, 2, 3, 4, 5, 6}:
        yield f"ended with {ran.status}: {ran.err[-200:]}"
    elif point.how in OTHERS and ran.status == 0:
        yield "is taken for one of ours"
    elif point.how in OTHERS and ran.status != 4:
        yield f"is refused as {ran.err[-200:]}"
    if "Traceback" in ran.err:
        yield "shows a traceback"
