"""The configuration is wrong."""

from __future__ import annotations

from dualcert.errors.base import AlreadyExists, Invalid, Unavailable
from dualcert.errors.defining import define
from dualcert.languages import N_


@define(kw_only=True, eq=False)
class BadConfiguration(Invalid):
    """The configuration is wrong."""

    code = "bad-configuration"
    template = N_("{problem}")
    problem: str


@define(kw_only=True, eq=False)
class BadPolicy(BadConfiguration):
    """A policy breaks the rules for policies; `place` is the path of the key."""

    code = "bad-policy"
    template = N_("policy, {place}: {problem}")
    place: str


@define(kw_only=True, eq=False)
class FileExists(AlreadyExists, BadConfiguration):
    """A file would be overwritten; nothing was written."""

    code = "file-exists"
    template = N_(
        "{path} is there already; give another place, or --force, where the command has it, to replace a file that is no store"
    )
    problem: str = ""
    path: str


@define(kw_only=True, eq=False)
class FileChanged(FileExists):
    """A paper that was finished by hand, or another's file, would be overwritten; nothing was written."""

    code = "file-changed"
    template = N_(
        "{path} is not as dualcert wrote it: it was finished by hand, or is another's; it is never replaced, move it away first"
    )


@define(kw_only=True, eq=False)
class SystemFailed(Unavailable):
    """The operating system could not do what was asked of it: a full disk, a missing right, a broken device."""

    code = "system-failed"
    template = N_("the system could not go on: {problem}")
    problem: str


@define(kw_only=True, eq=False)
class OutputLost(Unavailable):
    """The answer could not be written to standard output; what was recorded stays recorded."""

    code = "output-lost"
    template = N_("the answer could not be written: {problem}")
    problem: str


@define(kw_only=True, eq=False)
class FileUnwritable(Unavailable):
    """A file could not be written; the file that was there is unchanged."""

    code = "file-unwritable"
    template = N_("{path} cannot be written: {problem}")
    path: str
    problem: str
