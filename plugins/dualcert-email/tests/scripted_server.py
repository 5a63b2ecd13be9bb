"""An SMTP server that answers by the book, but once as a script says; it counts what it took."""

from __future__ import annotations

import base64
import socket
import ssl
import struct
import threading
import time
from email import message_from_bytes
from email.policy import default
from typing import Self

from attrs import define, field, frozen

USERNAME, PASSWORD = "dualcert", "geheim-canary-4711"
QUICKACK = getattr(socket, "TCP_QUICKACK", socket.TCP_NODELAY)


@frozen
class Fault:
    """Once, in the first conversation that comes to this reply, something else happens.

    A code, with words or without, is answered instead (with 421 the server leaves); `close` and `reset` end
    the connection, `half` after half a reply; `silence` says nothing; `babble` something that is no reply; `dribble` and
    `flood` begin a reply that has no end, slowly or as fast as it goes.
    With *taken* the message was taken before that happens.
    """

    at: str
    how: str
    taken: bool = False


@frozen
class Taken:
    """A message that the server took."""

    sender: str
    recipient: str
    content: bytes

    @property
    def id(self) -> str:
        """The dispatch that it is of."""
        return message_from_bytes(self.content, policy=default)["Message-ID"].strip("<>").partition("@")[0]


class _Over(Exception):
    """The conversation is over."""


@define(eq=False)
class ScriptedServer:
    """Listens on a port of its own while it is entered; `taken` is what it took, `heard` each line it was told."""

    context: ssl.SSLContext
    security: str = "tls"
    fault: Fault | None = None
    extensions: tuple[str, ...] = ("AUTH PLAIN",)
    offers_tls: bool = True
    after_starttls: bytes = b""
    reads: int = 0
    """Bytes of the message that are read before a fault within it."""
    pause: float = 0.0
    taken: list[Taken] = field(factory=list)
    heard: list[tuple[bool, bytes]] = field(factory=list)
    connections: int = 0
    _listener: socket.socket = field(init=False)
    _threads: list[threading.Thread] = field(factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes whoever accepts
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def settle(self) -> None:
        """Wait until every conversation is over."""
        for thread in self._threads[1:]:
            thread.join()

    def struck(self, reply: str) -> Fault | None:
        """Return what happens at this reply, if something does; it happens once."""
        fault = self.fault
        if fault is None or fault.at != reply:
            return None
        self.fault = None
        return fault

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._threads.append(threading.Thread(target=_Conversation(self, connection).run))
            self._threads[-1].start()


class _Conversation:
    def __init__(self, server: ScriptedServer, connection: socket.socket) -> None:
        self.server, self.socket = server, connection
        self.secure, self.known, self.buffer = False, False, b""
        self.sender = self.recipient = ""

    def run(self) -> None:
        self.socket.settimeout(30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.server.security == "tls":
                self._encrypt()
            self._reply("greeting", "220 here")
            while True:
                self._answer(self._line().decode())
        except (_Over, OSError):
            pass
        finally:
            self.socket.close()

    def _answer(self, line: str) -> None:  # noqa: C901  a case a command
        self.server.heard.append((self.secure, line.encode()))
        verb, _, rest = line.strip().partition(" ")
        match verb.upper():
            case "EHLO":
                tls = self.server.security == "starttls" and self.server.offers_tls and not self.secure
                lines = ["here", *(["STARTTLS"] if tls else self.server.extensions)]
                again = self.secure and self.server.security == "starttls"
                self._reply(
                    "ehlo-again" if again else "ehlo",
                    "\r\n".join([*(f"250-{each}" for each in lines[:-1]), f"250 {lines[-1]}"]),
                )
            case "STARTTLS":
                if self._reply("starttls", "220 go on", after=self.server.after_starttls):
                    self._encrypt()
            case "AUTH":
                self._log_in(rest)
            case "MAIL" if self.known:
                self.sender = rest
                self._reply("mail", "250 OK")
            case "RCPT" if self.known:
                self.recipient = rest
                self._reply("rcpt", "250 OK")
            case "DATA" if self.known:
                if self._reply("data", "354 go on"):
                    self._take(self._content())
            case "QUIT":
                self._reply("quit", "221 bye")
                raise _Over
            case "HELO":
                self._send("250 here")
            case _:
                self._send("503 not now")

    def _log_in(self, rest: str) -> None:
        mechanism, _, said = rest.partition(" ")
        if mechanism == "PLAIN":
            given = base64.b64decode(said).decode().split("\0")[1:]
        else:
            if not self._reply("auth", "334 UGFzc3dvcmQ6"):
                return
            given = [base64.b64decode(each).decode() for each in (said, self._line())]
        self.known = given == [USERNAME, PASSWORD]
        last = "auth" if mechanism == "PLAIN" else "password"
        self.known = self._reply(last, "235 OK" if self.known else f"535 no {given[-1]}") and self.known

    def _take(self, content: bytes) -> None:
        fault = self.server.struck("end")
        if fault is None or fault.taken:
            self.server.taken.append(Taken(self.sender, self.recipient, content))
        self._say(fault, "250 taken")

    def _reply(self, reply: str, said: str, *, after: bytes = b"") -> bool:
        """Answer as one should, or as the script says; return whether it was as one should."""
        time.sleep(self.server.pause)
        return self._say(self.server.struck(reply), said, after)

    def _say(self, fault: Fault | None, said: str, after: bytes = b"") -> bool:
        match fault and fault.how:
            case None:
                self.socket.sendall(f"{said}\r\n".encode() + after)
                return True
            case "silence":
                while self.socket.recv(4096):
                    pass
                raise _Over
            case "half":
                self.socket.sendall(said[:2].encode())
                raise _Over
            case "close":
                raise _Over
            case "reset":
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise _Over
            case "babble":
                self._send("what was that?")
            case "dribble" | "flood" as how:
                self._never_end(pause=0.05 if how == "dribble" else 0.0)
            case "421":
                self._send("421 leaving")
                raise _Over
            case answer:
                self._send(answer if " " in answer else f"{answer} told to")
        return False

    def _never_end(self, pause: float) -> None:
        """Go on with an answer for as long as somebody listens."""
        while True:
            self._send("250-and that is not all")
            time.sleep(pause)

    def _send(self, line: str) -> None:
        self.socket.sendall(f"{line}\r\n".encode())

    def _encrypt(self) -> None:
        self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
        self.secure, self.buffer = True, b""

    def _line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            self.socket.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)  # small writes need not wait for each other
            more = self.socket.recv(65536)
            if not more:
                raise _Over
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def _content(self) -> bytes:
        fault = self.server.struck("content")
        if fault:
            while len(self.buffer) < self.server.reads:
                self.buffer += self.socket.recv(65536)
            self._say(fault, "")
        lines = []
        while (line := self._line()) != b".":
            lines.append(line.removeprefix(b".") + b"\r\n")
        return b"".join(lines)
