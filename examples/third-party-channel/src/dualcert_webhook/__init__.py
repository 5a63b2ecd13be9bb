"""A webhook of a group's chat, and a weekly digest for it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from attrs import field, frozen
from attrs.validators import gt

from dualcert.reporting import (
    Books,
    Channel,
    DeliveryReceipt,
    Document,
    Envelope,
    Message,
    Reporter,
    Request,
    Secret,
    delivered,
    failed,
    hookimpl,
    refused,
    unknown,
)

SUBJECT = {"zh": "双认证周报 {week}", "en": "Dual certification, week {week}"}
LINE = {
    "zh": "全省 {dual}/{labs} 家双认证，占 {percent} %；待办 {due} 项",
    "en": "{dual} of {labs} labs, {percent} %; {due} open",
}
BUSY = frozenset({408, 425, 429, 503})
"""Answers of a server that has not taken the message, and may take it later."""


@frozen
class WeeklyConfig:
    """The digest's configuration, [reporter.weekly]."""

    group: str = "group-office"
    """The id of the group; any that begins with `group-`."""


class Weekly:
    """One message to the group for each week."""

    name = "weekly"
    summary = "the week's figures for a group"
    Config = WeeklyConfig
    triggers = ("daily",)  # with the week in the key: planned on the first day, known on the others

    def render(self, request: Request, books: Books) -> Iterable[Message]:
        """Return the message of the week."""
        year, week, _ = books.as_of.isocalendar()
        name, total = f"{year}-W{week:02}", books.ratio("province").total
        line = LINE[request.language].format(
            dual=total.dual, labs=total.labs, percent=total.percent or "-", due=len(books.due().rows)
        )
        text = f"{line}\n{books.basis(request.language)}"
        yield Message(key=name, to=request.config.group, subject=SUBJECT[request.language].format(week=name), text=text)


@frozen(kw_only=True)
class WebhookConfig:
    """The webhook, [channel.webhook]."""

    url: Secret
    """Its address, which has a key in it."""
    seconds: float = field(default=20.0, validator=gt(0))
    """The time limit of the answer; less than the host's `lease_seconds`."""


class Webhook:
    """Posts each message as JSON to a group's webhook."""

    name = "webhook"
    summary = "the webhook of a group's chat"
    Config = WebhookConfig
    to_groups = True

    def preview(self, envelope: Envelope) -> Document:
        """Show what would be posted."""
        return Document("post.json", "application/json", _body(envelope))

    def deliver(self, envelope: Envelope) -> DeliveryReceipt:
        """Post one message; the dispatch's id lets the other side tell a second copy."""
        import http.client
        from urllib.parse import urlsplit

        url = urlsplit(envelope.config.url.reveal())
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=envelope.config.seconds)
        try:
            connection.connect()
        except OSError as error:
            return failed(f"no connection: {type(error).__name__}")
        headers = {"Content-Type": "application/json", "Idempotency-Key": envelope.dispatch}
        try:
            connection.request("POST", f"{url.path}?{url.query}", _body(envelope), headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return unknown(f"the connection broke after the message went out: {type(error).__name__}")
        finally:
            connection.close()
        return _receipt(status)


def _body(envelope: Envelope) -> bytes:
    message = envelope.message
    text = {"content": f"{message.subject}\n{message.text}"}
    return json.dumps({"msgtype": "text", "text": text}, ensure_ascii=False).encode()


def _receipt(status: int) -> DeliveryReceipt:
    """Return what an answer means; after an error of the server nobody knows whether it took the message."""
    if 200 <= status < 300:
        return delivered(str(status))
    if status in BUSY:
        return failed(str(status))
    return refused(str(status)) if 400 <= status < 500 else unknown(str(status))


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the digest to dualcert."""
    return [Weekly()]


@hookimpl
def dualcert_channels() -> Iterable[Channel]:
    """Give the webhook to dualcert."""
    return [Webhook()]
