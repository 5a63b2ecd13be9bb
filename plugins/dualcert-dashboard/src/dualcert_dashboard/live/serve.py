"""The command `dualcert plugins run dashboard serve`."""

from __future__ import annotations

import socket
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Self

import click

HERE = "127.0.0.1"


@click.group("dashboard", help="The dashboard as a page of this machine.")
def group() -> None:
    """Hold the commands."""


@group.command(
    help="Show the dashboard in a browser on this machine; it follows the log, takes in rosters and makes reports."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; default a free one.")
@click.option("--by", default="system", show_default=True, help="Who records: an id such as person-17.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day of the page; default today.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="The page's language."
)
@click.option("--open/--no-open", "open_", default=True, show_default=True, help="Open the browser at once.")
@click.pass_obj
def serve(shell: Any, *, port: int, by: str, as_of: Any, language: str, open_: bool) -> None:
    """Serve until it is interrupted; `shell.store` is the store that was chosen."""
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"{missing.name} is missing: pip install 'dualcert-dashboard[live]'") from None
    with socket.socket() as listening, tempfile.TemporaryDirectory(prefix="dualcert-") as folder:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HERE, port))
            listening.listen()  # before the link is told, or a browser that is quick finds nobody
        except OSError as error:
            raise click.UsageError(f"--port {port}: {error.strerror}") from None
        with Served(shell.store, Path(folder), by, as_of.date() if as_of else None, language) as served:
            app, link = served.app(f"{HERE}:{listening.getsockname()[1]}")
            click.echo(f"{link}\nThe link works once. Ctrl-C ends it.")
            if open_:
                click.launch(link)
            settings: Any = {"log_level": "warning", "access_log": False, "server_header": False, "ws": "none"}
            with suppress(KeyboardInterrupt):  # its usual end; what was recorded meanwhile stays
                uvicorn.Server(uvicorn.Config(app, **settings)).run(sockets=[listening])


class Served:
    """The open books of a store, for a page that is served."""

    def __init__(
        self, store: str, folder: Path, by: str = "system", as_of: date | None = None, language: Any = "zh"
    ) -> None:
        """Open the store."""
        from dualcert import Registry, load_configuration, load_plugins

        self.registry, self.plugins = Registry.open(store), load_plugins(load_configuration(None))
        self._more = {"folder": folder, "by": by, "as_of": as_of, "language": language}

    def app(self, host: str) -> tuple[Any, str]:
        """Return the application for the address *host*, and the link that opens it once."""
        from dualcert_dashboard.live.app import create_app
        from dualcert_dashboard.live.desk import Desk
        from dualcert_dashboard.live.guard import Keys

        keys = Keys(host)
        desk = Desk(registry=self.registry, plugins=self.plugins, token=keys.token, **self._more)
        return create_app(desk, keys), f"http://{host}/enter/{keys.link}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.registry.close()
