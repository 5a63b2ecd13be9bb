"""What a host or a plugin needs is in `dualcert` and `dualcert.reporting`; nothing that we show lies deeper."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import dualcert
from dualcert import Registry, errors

ROOT = Path(__file__).parent.parent
PUBLIC = {"dualcert", "dualcert.reporting"}
SHOWN = sorted(
    path
    for folder in (ROOT / "examples", *(ROOT / "plugins").glob("*/src"))
    for path in folder.rglob("*.py")
    if "tests" not in path.parts
)


def imported(path):
    """The modules of dualcert that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (module for module in modules if module.split(".")[0] == "dualcert")


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_and_plugins_import_public_modules_only(path):
    assert set(imported(path)) <= PUBLIC


def test_every_public_name_is_there_and_listed():
    names = dir(dualcert)

    assert names == sorted(names)
    assert {
        "Registry",
        "Books",
        "GrantCertificate",
        "Scheme",
        "Ratios",
        "DualcertError",
        "Sender",
        "import_roster",
    } <= {*names}
    for name in names:
        assert getattr(dualcert, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        dualcert.nothing  # noqa: B018  it is looked up


def test_type_checkers_are_told_the_same_names():
    stub = ast.parse((Path(dualcert.__file__).with_suffix(".pyi")).read_text())
    told = {"__version__"}
    for node in (each for each in stub.body if isinstance(each, ast.ImportFrom)):
        for each in node.names:
            starred = __import__(node.module, fromlist=["*"])
            told |= (
                set(getattr(starred, "__all__", ())) or {c.__name__ for c in starred.COMMANDS}
                if each.name == "*"
                else {each.name}
            )

    assert told - {"N_", "Phrase", "Translate", "shown"} == set(dir(dualcert)) - {"shown"}


def test_a_refusal_and_its_module_are_one():
    assert dualcert.CertificateAlreadyHeld is errors.CertificateAlreadyHeld


ALIKE = {"Clock": "the type, and the clock that tests set"}
"""Names that are imported from two modules, with what they have in common."""


def test_a_name_that_is_imported_means_one_thing():
    """A function that is called through its module (`pages.read`) has that module's name beside it."""
    meanings = {}
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "dualcert":
                module = import_module(node.module)
                for each in (each.name for each in node.names if not each.asname and not each.name.isupper()):
                    found = getattr(module, each, None)
                    if found is not None and not isinstance(found, ModuleType):
                        meanings.setdefault(each, {})[id(found)] = node.module

    assert {name: [*modules.values()] for name, modules in meanings.items() if len(modules) > 1}.keys() == ALIKE.keys()


def test_importing_the_package_does_no_work():
    code = "import sys; import dualcert; print(sorted({m.split('.')[0] for m in sys.modules} & {'attrs', 'msgspec', 'eventsourcing', 'click'}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"


def test_a_registry_says_where_it_is_and_a_version_what_it_is(tmp_path):
    with Registry.create(tmp_path / "books.db", policy="shanxi-2023") as registry:
        registry.catch_up()
        assert repr(registry) == f"<Registry of {tmp_path / 'books.db'} at position 2>"
    assert dualcert.__version__.count(".") == 2
