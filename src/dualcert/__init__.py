"""Books of dual certification (双认证): what was true, what was known when, from one append-only log.

Names are loaded when first used, so that importing the package does no work. Every command of
COMMANDS is a name of this package, too; the refusals that callers catch by class
are in `dualcert.errors`. What type checkers read is `__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module

_COMMANDS = "dualcert.domain.commands"
_NAMES = {
    "COMMANDS": _COMMANDS,
    "Command": _COMMANDS,
    "Conflict": "dualcert.errors",
    "DualcertError": "dualcert.errors",
    "Refused": "dualcert.errors",
    "Policy": "dualcert.policy",
    "load_policy": "dualcert.policy",
    "Receipt": "dualcert.domain.receipt",
    "Registry": "dualcert.registry",
}
"""Name -> module; the commands come beside them."""


def _commands() -> list[str]:
    return [command.__name__ for command in import_module(_COMMANDS).COMMANDS]


def __getattr__(name: str) -> object:
    if name == "__all__":
        return __dir__()
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name[:1].isupper() and name in _commands():
        return getattr(import_module(_COMMANDS), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*_NAMES, *_commands()])
