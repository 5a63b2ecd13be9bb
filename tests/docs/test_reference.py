"""The reference of the public API: every name has its docstring, and the examples in them run."""

from __future__ import annotations

import doctest
import importlib.util
import inspect
from importlib import import_module
from pathlib import Path

import pdoc.doc
import pytest

ROOT = Path(__file__).parents[2]
_made = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
assert _made
assert _made.loader
reference = importlib.util.module_from_spec(_made)
_made.loader.exec_module(reference)

SHOWN_BY_EXAMPLE = {
    "dualcert": {"Registry", "Table", "parse", "document_of", "parse_date", "parse_moment", "load_policy", "schema"},
    "dualcert.testing": {"Clock", "given"},
}
"""The names to which a reader comes first."""


def public():
    """Every class and function of the public modules, each once, and the modules."""
    for name in reference.MODULES:
        module = import_module(name)
        yield name, module
        for each in reference.load(name):
            found = getattr(module, each)
            if inspect.isclass(found) or inspect.isfunction(found):
                yield f"{name}.{each}", found


PUBLIC = dict(public())


def examples(thing):
    """The examples of a class or a function in the order of the source; those of members go on with the class's own."""
    found = [each for each in doctest.DocTestFinder(recurse=True).find(thing, thing.__name__) if each.examples]
    return sorted(found, key=lambda each: (each.name != thing.__name__, each.lineno or 0))


def test_every_public_name_has_a_docstring():
    silent = [name for name, thing in PUBLIC.items() if not inspect.getdoc(thing)]

    assert not silent


@pytest.mark.parametrize(
    "name", [name for name, thing in PUBLIC.items() if not inspect.ismodule(thing) and examples(thing)]
)
def test_the_examples_run(name):
    runner, known = doctest.DocTestRunner(verbose=False), vars(import_module(PUBLIC[name].__module__)).copy()
    for each in examples(PUBLIC[name]):
        each.globs = known
        runner.run(each, clear_globs=False)

    assert (runner.tries > 0, runner.failures) == (True, 0)


def test_the_example_of_asyncio_runs():
    ran = doctest.testmod(import_module("dualcert.aio"))

    assert (ran.attempted > 0, ran.failed) == (True, 0)


def test_what_is_asked_first_is_shown_by_example():
    lacking = [name for module, names in SHOWN_BY_EXAMPLE.items() for name in names
               if not (examples(PUBLIC[f"{module}.{name}"]))]  # fmt: skip

    assert not lacking


def test_the_reference_has_every_name():
    for name in reference.MODULES:
        known = pdoc.doc.Module(import_module(name))._member_objects.keys()
        assert set(reference.load(name)) <= known
