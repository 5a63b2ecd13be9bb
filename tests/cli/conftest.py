from __future__ import annotations

import json

import pytest
from attrs import frozen

from dualcert.cli.program import run
from examples import SHANXI


@frozen
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error_code(self):
        return self.err.splitlines()[-1].partition(":")[0]

    @property
    def error(self):
        return json.loads(self.err)["error"]


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """Run the program in a folder of its own; a dict of settings may name the standard input."""
    monkeypatch.chdir(tmp_path)
    for name in ("DUALCERT_STORE", "DUALCERT_BY", "DUALCERT_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def call(*arguments):
        capsys.readouterr()
        status = run([str(each) for each in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err + out
        return Ran(status, out, err)

    return call


@pytest.fixture
def shanxi(shell):
    """The shell over a store with the roster of Shanxi in it."""
    assert shell("init", "--policy", "shanxi-2023").status == 0
    assert shell("import", SHANXI / "shanxi-2023.xlsx").status == 0
    return shell
