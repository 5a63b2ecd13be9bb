"""The commands of the books: one frozen class a command, in the imperative of the field's terms.

A command's name outside Python is its class's name in kebab case: `grant-certificate`. All have `on`
(the civil day, Asia/Shanghai, on which it became true), `by` (an opaque id of who enters it), `source`
(the document) and, where wanted, a `command_id` that makes sending it twice harmless. A field that is
not of its form is refused when the command is made (a subclass of Refused with the field's name).

Each module lists its commands in COMMANDS; all of them are names of this package, too. What type checkers
read is `__init__.pyi`.
"""

from dualcert.domain.commands import dispatch
from dualcert.domain.commands.base import Command, command_name
from dualcert.domain.commands.catalogue import COMMANDS, StreamCommand, by_name, document_of, field_names, parse
from dualcert.domain.commands.certificate import CertificateCommand, PeriodCommand
from dualcert.domain.commands.dispatch import dispatch_id

_LISTED = {command.__name__: command for command in (*COMMANDS, *dispatch.COMMANDS)}
globals().update(_LISTED)

__all__ = [
    "COMMANDS",
    "CertificateCommand",
    "Command",
    "PeriodCommand",
    "StreamCommand",
    "by_name",
    "command_name",
    "dispatch_id",
    "document_of",
    "field_names",
    "parse",
]
__all__ += list(_LISTED)
