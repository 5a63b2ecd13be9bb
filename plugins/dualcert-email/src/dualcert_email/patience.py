"""Connections to a server with a limit of time for the whole conversation and of size for each answer.

The library's timeout applies to each read: a server that sends a little now and then could hold the connection for ever.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import threading
from typing import Any

from typing_extensions import override

ANSWER_LIMIT = 65_536
"""Bytes of one answer; one of all the extensions there are has less than a tenth."""


class Patient(smtplib.SMTP):
    """A conversation that is ended after `seconds`; `over` is true once that happened."""

    over = False
    seconds: float
    _timer: threading.Timer

    def begin(self, host: str, port: int, seconds: float) -> None:
        """Connect and hear the greeting; raises what smtplib raises, and SMTPConnectError for another greeting."""
        self.seconds = seconds
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()
        self._host = host  # smtplib verifies the certificate of this name
        code, _ = self.connect(host, port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, "")

    def _end(self) -> None:
        """Shut the connection down, encrypted or not, so that a thread that reads from it gets an error."""
        self.over = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    @override
    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        if self.file is not None:
            self.file.read = 0
        return super().getreply()

    @override
    def close(self) -> None:
        self._timer.cancel()
        super().close()


class PatientTls(Patient, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _Bounded:
    """The answers of a server, each of them bounded."""

    def __init__(self, answers: Any) -> None:
        self._answers, self.read = answers, 0

    def readline(self, limit: int) -> bytes:
        """Return a line of the answer; raises OSError where the answer is too long."""
        line: bytes = self._answers.readline(limit)
        self.read += len(line)
        if self.read > ANSWER_LIMIT:
            raise OSError(f"an answer has more than {ANSWER_LIMIT} bytes")
        return line

    def close(self) -> None:
        """Close what answers are read from."""
        self._answers.close()
