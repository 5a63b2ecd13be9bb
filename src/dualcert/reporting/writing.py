"""Writing artifacts to a folder: documents under safe names, messages as mail to look at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from pathlib import Path

from attrs import evolve, frozen

from dualcert.files import make_folder, write_whole
from dualcert.projections.answers import Answer
from dualcert.reporting.artifacts import Artifact, Document
from dualcert.reporting.channels import Envelope
from dualcert.reporting.filenames import distinct_names
from dualcert.reporting.mail import mail_of
from dualcert.reporting.plugins import Plugins
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.remembered import check_replaceable, remember
from dualcert.reporting.rendering import Rendered, content_of
from dualcert.reporting.reporters import Request
from dualcert.reporting.secrets import holds_secret
from dualcert.reporting.timelimit import time_limit

Preview = Callable[[str, Envelope], Document | None]
"""How a reporter's message is shown; None where it is shown as a mail."""
NOWHERE = "invalid"
"""The domain of addresses in a preview; no mail is ever delivered to it (RFC 2606)."""


@frozen
class Written(Answer):
    """A file that was written."""

    reporter: str
    file: str
    bytes: int
    sha256: str


def write_artifacts(
    rendered: Iterable[Rendered],
    folder: Path,
    request: Request,
    *,
    replace: bool = False,
    preview: Preview = lambda _reporter, _envelope: None,
) -> list[Written]:
    """Write the artifacts of *rendered* to *folder*, which is created if needed; return the written files, in order.

    Each file is written whole or not at all; an existing file with other content is replaced only with *replace*, and
    never if it was changed since it was written. A message is written as *preview* shows it, or as a mail, to an
    address that does not exist. Raises FileExists, FileChanged, FileUnwritable.
    """
    made = [(one.reporter, artifact) for one in rendered for artifact in one.artifacts]
    files = [_file_of(reporter, artifact, request, preview) for reporter, artifact in made]
    names = distinct_names(name for name, _ in files)
    make_folder(folder)
    contents = {name: content for name, (_, content) in zip(names, files, strict=True)}
    check_replaceable(folder, contents, replace=replace)
    remember(folder, contents)
    for name, content in contents.items():
        check_replaceable(folder, {name: content}, replace=replace)  # again: somebody may have changed it meanwhile
        write_whole(folder / name, content, replace=replace)
    return [
        Written(reporter, name, len(content), hashlib.sha256(content).hexdigest())
        for (reporter, _), name, (_, content) in zip(made, names, files, strict=True)
    ]


def _file_of(reporter: str, artifact: Artifact, request: Request, preview: Preview) -> tuple[str, bytes]:
    """Return name and content of the file of one artifact."""
    if isinstance(artifact, Document):
        return artifact.filename, artifact.content
    envelope = Envelope(
        dispatch=f"preview-{reporter}-{artifact.key}-{artifact.to}",
        message=artifact,
        address=f"{artifact.to}@{NOWHERE}",
        name=request.names.get(artifact.to),
        sent_at=datetime.combine(request.as_of, time(), UTC),
        config=None,
    )
    shown, name = preview(reporter, envelope), f"{reporter}-{artifact.key}-{artifact.to}"
    if shown:
        return f"{name}-{shown.filename}", shown.content
    return f"{name}.eml", mail_of(envelope, f"preview@{NOWHERE}")


def previews(plugins: Plugins) -> Preview:
    """Return the function that shows messages in the form of the channel by which their reporter's messages go.

    It gives None, and so a mail, for a channel that has no form of its own, is not set up, or fails.
    """

    def shown(reporter: str, envelope: Envelope) -> Document | None:
        try:
            name = plugins.configuration.channel_of(reporter)
            channel = plugins.channel(name) if name else None
            if name is None or not hasattr(channel, "preview"):
                return None
            assert channel is not None
            config = plugins.configuration.of_channel(name, channel.Config)
            with quietly(Printed()), time_limit(plugins.configuration.render.seconds):
                made = channel.preview(evolve(envelope, config=config))
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001  a plugin may raise anything
            return None
        return made if type(made) is Document and not holds_secret(content_of(made)) else None

    return shown
