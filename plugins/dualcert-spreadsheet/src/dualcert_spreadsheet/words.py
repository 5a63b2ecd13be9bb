"""The words of the workbooks: a catalogue for each language, of which an office may override the Chinese one."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from dualcert import reporting


@frozen
class Words(reporting.Words):
    """The words of one workbook."""

    package: ClassVar[str] = "dualcert_spreadsheet"
