"""The webhook and its digest keep their contracts, and do what they are for."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from dualcert_webhook import Webhook, WebhookConfig, Weekly, WeeklyConfig

from dualcert.reporting import Secret
from dualcert.testing.channels import ChannelContract
from dualcert.testing.reporters import ReporterContract


class TestWeekly(ReporterContract):
    reporter = Weekly()


class TestWebhook(ChannelContract):
    channel = Webhook()
    config = WebhookConfig(url=Secret("http://127.0.0.1:9/send?key=s3cret-word"), seconds=1)


@pytest.fixture
def server():
    """A server that gives the answers that it is told to, and keeps what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.taken.append((self.path, self.headers["Idempotency-Key"], json.loads(body)))
            if made.answer is None:
                return  # the connection is closed without a word
            self.send_response(made.answer)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    made = HTTPServer(("127.0.0.1", 0), Handler)
    made.taken, made.answer = [], 200
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def envelope(server):
    contract = TestWebhook()
    contract.config = WebhookConfig(
        url=Secret(f"http://127.0.0.1:{server.server_port}/send?key=s3cret-word"), seconds=5
    )
    return contract.envelope(text="全省 3/5 家")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (400, "refused"),
        (429, "failed"),
        (503, "failed"),
        (500, "unknown"),
        (None, "unknown"),
    ],
)
def test_an_answer_is_what_it_means(server, answer, outcome):
    server.answer = answer

    assert Webhook().deliver(envelope(server)).outcome.value == outcome


def test_the_group_gets_the_text_and_the_other_side_the_dispatchs_id(server):
    asked = envelope(server)
    Webhook().deliver(asked)

    ((path, key, body),) = server.taken
    assert (path, key) == ("/send?key=s3cret-word", asked.dispatch)
    assert body["text"]["content"] == "提醒\n全省 3/5 家"


def test_a_week_has_one_message(small_books):
    days = [date(2023, 10, day) for day in (9, 10, 15, 16)]
    keys = [next(iter(Weekly().render(*small_books.asked(WeeklyConfig(), as_of=day)))).key for day in days]

    assert keys == ["2023-W41", "2023-W41", "2023-W41", "2023-W42"]
