"""A plugin that is one file, named for one run: nothing finds it by itself, and nothing installs it."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from types import ModuleType

from attrs import frozen

VERSION = "file"
"""What stands where other plugins have a version."""


@frozen
class FilePlugin:
    """A plugin in a file, which stands for the entry point that it does not have; its name in all output is its path."""

    path: str
    source: str | None = None
    """What is in the file, where the file itself cannot be reached."""

    @property
    def name(self) -> str:
        """The name of the file without its ending."""
        return Path(self.path).stem

    def read(self) -> FilePlugin:
        """Return the same with what is in the file; raises OSError, UnicodeDecodeError."""
        source = self.source if self.source is not None else Path(self.path).read_text(encoding="utf-8-sig")
        return FilePlugin(self.path, source)

    def load(self) -> ModuleType:
        """Return the module in the file, run anew; its folder is not searched for other modules."""
        source = self.read().source or ""
        place = str(Path(self.path).absolute())
        readable = re.sub(r"\W", "_", self.name)
        module = ModuleType(f"dualcert_file_{readable}_{hashlib.sha256(place.encode()).hexdigest()[:8]}")
        module.__file__ = place
        sys.modules[module.__name__] = module  # annotations are looked up there
        exec(compile(source, place, "exec"), vars(module))  # noqa: S102  who runs dualcert named the file
        return module
