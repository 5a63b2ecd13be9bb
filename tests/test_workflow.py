"""The workflow of a public forge runs the same make targets as a developer, and those are there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from longest import LONGEST

ROOT = Path(__file__).parent.parent
JOBS = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))["jobs"]
TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def made(command):
    """Return the targets that a command line makes."""
    words = [word for word in shlex.split(command.split("#")[0]) if word != "sudo"]
    return [word for word in words[1:] if "=" not in word] if words[:1] == ["make"] else []


@pytest.mark.parametrize("job", JOBS)
def test_every_job_makes_what_the_makefile_has(job):
    runs = [step["run"] for step in JOBS[job]["steps"] if "run" in step]

    assert runs
    for command in runs:
        assert made(command), command
        assert set(made(command)) <= TARGETS, command


def test_the_linux_job_runs_every_python_and_all_tests():
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = classifiers["requires-python"].removeprefix(">=")
    targets = {target for step in JOBS["linux"]["steps"] for target in made(step.get("run", ""))}

    assert (
        JOBS["linux"]["strategy"]["matrix"]["python"][0]
        == JOBS["elsewhere"]["strategy"]["matrix"]["python"][0]
        == oldest
    )
    assert targets >= {"locked", "test", "coverage"}


def test_every_target_that_the_guide_lists_is_there():
    listed = re.findall(r"^make ([\w-]+) +#", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert len(listed) > 8
    assert set(listed) <= TARGETS


def test_the_files_that_are_begun_first_are_there():
    assert [name for name in LONGEST if not (ROOT / name).is_file()] == []
