"""Make the reference of the public API from its docstrings: HTML in build/reference, or in the folder that is named.

pdoc looks at what a module holds; the packages load their names when they are first used, so all of them are loaded before.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTING = ("reporters", "channels", "stores")
MODULES = (
    "dualcert",
    "dualcert.aio",
    "dualcert.reporting",
    "dualcert.testing",
    *(f"dualcert.testing.{each}" for each in TESTING),
)
"""The public modules; every name in them is documented."""


def load(name: str) -> list[str]:
    """Load every public name of a module into it, and return the names: what it lists, or defines itself."""
    module = import_module(name)
    if not hasattr(module, "__all__"):
        own = {each: found for each, found in vars(module).items() if getattr(found, "__module__", "") == name}
        return [each for each in own if not each.startswith("_")]
    vars(module).update({each: getattr(module, each) for each in module.__all__})
    return list(module.__all__)


def main(folder: Path) -> None:
    """Write the reference into *folder*."""
    import pdoc

    for name in MODULES:
        load(name)
    # attrs takes annotations of converters over as text, from modules where their names mean something
    warnings.filterwarnings("ignore", message="Error parsing type annotation")
    pdoc.render.configure(docformat="google", show_source=False, footer_text="dualcert")
    pdoc.pdoc(*MODULES, output_directory=folder)
    print(f"{folder / 'index.html'}: {', '.join(MODULES)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "reference")
