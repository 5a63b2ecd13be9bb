"""What became of the facts is said, whatever becomes of the streams."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dualcert import Registry

PROGRAM = [str(Path(sys.executable).with_name("dualcert"))]
HIGHLIGHT = ["record", "report-highlight", "--campaign", "campaign-shanxi-2023", "--city", "140500", "--note", "x",
             "--on", "2023-05-05"]  # fmt: skip
LINE = '{"do": "report-highlight", "campaign": "campaign-shanxi-2023", "city": "140500", "note": "%s", "on": "2023-05-05"}\n'
LAB = '{"do": "register-lab", "lab": "lab-140525-1%04d", "name": "x", "level": "county", "division": "140525", "on": "2019-01-01"}\n'


@pytest.fixture
def store(tmp_path):
    Registry.create(tmp_path / "books.db", policy="shanxi-2023").close()
    return tmp_path / "books.db"


def run(store, arguments, redirection, stdin=""):
    """Run the program in a shell that redirects its streams."""
    words = " ".join(f"'{each}'" for each in [*PROGRAM, "--store", str(store), *arguments])
    return subprocess.run(
        ["sh", "-c", f"{words} {redirection}"], input=stdin, capture_output=True, text=True, check=False
    )


def position(store):
    with Registry.open(store) as registry:
        return registry.catch_up()


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize(("arguments", "stdin"), [(HIGHLIGHT, ""), (["apply", "-"], LINE % "y")])
def test_a_lost_answer_says_that_the_fact_was_recorded(store, arguments, stdin, redirection):
    ran = run(store, arguments, redirection, stdin)

    assert (ran.returncode, position(store)) == (4, 3)
    assert ran.stderr.startswith("output-lost: the answer could not be written")
    assert ran.stderr.endswith("; 1 facts were recorded before that\n")


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize(
    "arguments", [["ratio"], ["due", "--format", "json"], ["--help"], ["replay"], ["history", "log-1"]]
)
def test_a_question_whose_answer_is_lost_fails_with_a_word(store, arguments, redirection):
    ran = run(store, arguments, redirection)

    assert ran.returncode == 4
    assert "output-lost" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "recorded before" not in ran.stderr


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", ">&- 2>&-", "<&-"])
def test_streams_that_are_closed_change_nothing_that_is_recorded(store, redirection):
    ran = run(store, HIGHLIGHT, redirection)

    assert ran.returncode == (4 if redirection.startswith(">&-") else 0)
    assert position(store) == 3


def test_standard_input_that_is_closed_is_said_to_be_closed(store):
    ran = run(store, ["apply", "-"], "<&-")

    assert ran.returncode == 2
    assert "standard input is closed" in ran.stderr


def test_a_reader_that_has_enough_is_no_error(store):
    ran = run(store, ["history", "campaign-shanxi-2023", "--format", "json"], "| head -1")

    assert (ran.returncode, ran.stderr) == (0, "")


def test_an_interrupted_apply_says_how_far_it_came(store):
    """Three batches are recorded at once; then more lines are waited for."""
    process = subprocess.Popen(
        [*PROGRAM, "--store", str(store), "apply", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdin.write("".join(LAB % n for n in range(2_000)))
    process.stdin.flush()
    until = time.monotonic() + 60
    while position(store) < 2_002 and time.monotonic() < until:
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "stopped after 2000 lines: 2000 recorded, 0 unchanged, 0 refused" in said
    assert "interrupted; 2000 facts were recorded" in said
    assert position(store) == 2_002
