from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from attrs import frozen
from mail_office import SENDER, Office
from scripted_server import PASSWORD, USERNAME, ScriptedServer

from dualcert.testing.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@frozen
class Trust:
    """An authority that our certificates are from."""

    authority: trustme.CA
    cafile: str

    def server(self, host: str = "localhost") -> ssl.SSLContext:
        """The context of a server with a certificate for *host*."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(host).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    authority, path = trustme.CA(), tmp_path_factory.mktemp("trust") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return Trust(authority, str(path))


@pytest.fixture(scope="session")
def server_context(trust: Trust) -> ssl.SSLContext:
    return trust.server()


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)


@pytest.fixture
def reaching(trust: Trust) -> Callable[..., dict[str, Any]]:
    """Say how the channel is set up to reach a server."""

    def set_up(port: int, security: str = "tls", **how: Any) -> dict[str, Any]:
        return {
            "host": "localhost", "port": port, "security": security, "sender": SENDER, "cafile": trust.cafile,
            "username": USERNAME, "password": {"env": "SMTP_PASSWORD"}, "timeout": 10.0, **how,
        }  # fmt: skip

    return set_up


@pytest.fixture
def config(tmp_path: Path, reaching: Callable[..., dict[str, Any]]) -> Callable[[int], str]:
    """Write into a file how the channel reaches a server, and give its path."""

    def written(port: int) -> str:
        lines = [f"{key} = {json.dumps(value)}\n" for key, value in reaching(port).items() if key != "password"]
        path = tmp_path / "dualcert.toml"
        path.write_text("".join(["[channel.smtp]\n", *lines, 'password = { env = "SMTP_PASSWORD" }\n']))
        return str(path)

    return written


@pytest.fixture
def scripted(server_context: ssl.SSLContext) -> Iterator[Callable[..., ScriptedServer]]:
    """Start a scripted server."""
    servers: list[ScriptedServer] = []

    def start(**how: Any) -> ScriptedServer:
        servers.append(ScriptedServer(server_context, **how).__enter__())
        return servers[-1]

    yield start
    for server in servers:
        server.__exit__()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Open an office; its books are in memory unless they are told to be elsewhere."""
    offices: list[Office] = []

    def opened(store: str | Path = ":memory:", **how: Any) -> Office:
        offices.append(Office(str(store), tmp_path / "state", **how))
        return offices[-1]

    yield opened
    for each in offices:
        each.close()
