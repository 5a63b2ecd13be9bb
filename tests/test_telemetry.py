"""What a host can watch: logging and spans, without personal data and without cost where nobody looks."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from dualcert import GrantCertificate, RegisterLab, Registry
from dualcert.errors import CertificateAlreadyHeld, Conflict, UnknownLab
from dualcert.store.log import AppendRaced

LAB = RegisterLab(
    lab="lab-140525-1", name="泽州县站", level="county", division="140525", on="2019-01-01", by="person-17"
)
GRANT = GrantCertificate(
    lab="lab-140525-1",
    scheme="CMA",
    number="230404090012",
    granted_on="2023-05-06",
    valid_until="2029-05-05",
    source="批文",
)
SECRETS = ("泽州", "person-17", "230404090012", "批文", "lab-140525")


@pytest.fixture(scope="module")
def exported():
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    provider.shutdown()


@pytest.fixture
def spans(exported):
    exported.clear()

    def finished():
        return {span.name: span for span in exported.get_finished_spans()}

    return finished


@pytest.fixture
def books():
    with Registry.open(":memory:", policy="shanxi-2023") as registry:
        yield registry


def test_what_is_recorded_and_asked_is_a_span(books, spans):
    books.execute_many([LAB, GRANT])
    books.ratio(as_of="2023-09-30")

    found = spans()
    recorded = found["dualcert.record"]
    assert recorded.attributes == {"dualcert.commands": 2, "dualcert.facts": 2}
    assert recorded.parent.span_id == found["dualcert.execute_many"].context.span_id
    assert found["dualcert.glance"].parent.span_id == found["dualcert.ratio"].context.span_id


def test_a_refusal_is_the_error_of_its_span_by_its_code(books, spans):
    books.execute_many([LAB, GRANT])
    with pytest.raises(CertificateAlreadyHeld):
        books.execute(GrantCertificate(**{**fields(GRANT), "number": "2", "granted_on": "2024-01-01"}))
    with pytest.raises(UnknownLab):
        books.status("lab-140525-9")

    assert spans()["dualcert.record"].attributes["error.type"] == "certificate-already-held"
    assert spans()["dualcert.status"].attributes == {"error.type": "unknown-lab"}
    assert not spans()["dualcert.status"].status.is_ok
    assert not spans()["dualcert.status"].events


def fields(command):
    return {name: getattr(command, name) for name in ("lab", "scheme", "valid_until")}


def test_neither_spans_nor_lines_tell_what_the_facts_say(books, spans, caplog):
    caplog.set_level(logging.DEBUG)
    books.execute_many([LAB, GRANT])
    books.status("lab-140525-1")
    books.history("lab-140525-1")
    told = caplog.text + "".join(span.to_json() for span in spans().values())

    assert "recorded 2 facts" in caplog.text
    assert not [secret for secret in SECRETS if secret in told]


def test_a_lost_race_is_a_line_and_a_conflict_a_warning(books, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)

    def raced(*_):
        raise AppendRaced

    monkeypatch.setattr("dualcert.recording.PATIENCE", 0)
    monkeypatch.setattr(books._fold.log, "append", raced)
    with pytest.raises(Conflict):
        books.execute(LAB)

    assert [(record.name, record.levelname) for record in caplog.records] == [
        ("dualcert.store", "DEBUG"),
        ("dualcert.store", "WARNING"),
    ]


def test_a_host_that_neither_logs_nor_traces_hears_nothing_and_imports_nothing():
    code = (
        "import sys, logging\n"
        "from dualcert import Registry\n"
        "books = Registry.open(':memory:', policy='shanxi-2023')\n"
        "books.ratio()\n"
        "logging.getLogger('dualcert.store').warning('x')\n"
        "print(sorted(m for m in sys.modules if m.startswith('opentelemetry')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (ran.stdout, ran.stderr) == ("[]\n", "")
