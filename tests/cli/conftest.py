from __future__ import annotations

import json
import shutil

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
        assert "Traceback" not in err + out or "--debug" in arguments
        return Ran(status, out, err)

    return call


@pytest.fixture(scope="session")
def imported(tmp_path_factory):
    """A store with the roster of Shanxi in it, made once by the program."""
    store = tmp_path_factory.mktemp("imported") / "dualcert.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUALCERT_STATE", str(tmp_path_factory.mktemp("state")))
        assert run(["--store", str(store), "init", "--policy", "shanxi-2023"]) == 0
        assert run(["--store", str(store), "import", str(SHANXI / "shanxi-2023.xlsx")]) == 0
    assert [path for path in store.parent.iterdir() if path.stat().st_size] == [store]  # it is whole in one file
    return store


@pytest.fixture
def shanxi(shell, imported):
    """The shell over a store of its own with the roster of Shanxi in it."""
    shutil.copy(imported, imported.name)
    return shell
