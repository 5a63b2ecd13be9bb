"""The example service records, answers, and sends in the background."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from service import create_app

from dualcert import COMMANDS, Registry
from dualcert.people import Directory, Person
from dualcert.values.dates import SHANGHAI
from examples import EXAMPLES

LAB = {
    "do": "register-lab", "lab": "lab-140525-1", "name": "泽州县农产品质量安全检验检测站", "level": "county",
    "division": "140525", "on": "2019-01-01",
}  # fmt: skip
GRANT = {
    "do": "grant-certificate", "lab": "lab-140525-1", "scheme": "CMA", "number": "230404090012",
    "granted_on": "2023-05-06", "valid_until": "2029-05-05",
}  # fmt: skip
PERSON = {"X-Person": "person-17"}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path, postgres_url):
    place = str(tmp_path / "books.db") if request.param == "sqlite" else postgres_url
    Registry.open(place, policy="shanxi-2023").close()
    return place


@pytest.fixture
def client(store):
    with TestClient(create_app(store)) as client:
        yield client


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A client of one service, for tests that record nothing."""
    place = str(tmp_path_factory.mktemp("asked") / "books.db")
    Registry.open(place, policy="shanxi-2023").close()
    with TestClient(create_app(place)) as client:
        yield client


def test_a_command_is_recorded_once(client):
    said = client.post("/commands", json=LAB, headers=PERSON)
    again = client.post("/commands", json=LAB, headers=PERSON)

    assert (said.status_code, said.json()["facts"], again.status_code) == (201, ["lab-140525-1@1"], 200)
    assert client.get("/streams/lab-140525-1").json()[0]["by"] == "person-17"


def test_figures_are_answered_as_of_and_as_known_at(client):
    client.post("/commands", json=LAB, headers=PERSON)
    before = client.get("/ratio").json()["position"]
    client.post("/commands", json=GRANT, headers=PERSON)

    def cma(**asked):
        return client.get("/ratio", params={"as_of": "2023-09-30", **asked}).json()["total"]["cma"]

    assert (cma(), cma(known_at=f"@{before}"), cma(as_of="2023-05-05")) == (1, 0, 0)
    assert client.get("/labs/lab-140525-1", params={"as_of": "2023-09-30"}).json()["cma"]["state"] == "valid"
    assert client.get("/due", params={"as_of": "2023-09-30"}).json()["rows"]


@pytest.mark.parametrize(
    ("command", "status", "code"),
    [
        ({"do": "vote"}, 422, "unknown-command"),
        ({**GRANT, "lab": "lab-140525-9"}, 404, "unknown-lab"),
        ({**LAB, "division": "149999"}, 404, "unknown-division"),
        ({**LAB, "on": "2032-01-01"}, 422, "in-the-future"),
    ],
)
def test_a_refusal_has_its_code_and_facts(asked, command, status, code):
    refused = asked.post("/commands", json=command, headers=PERSON)

    problem = refused.json()
    assert (refused.status_code, problem["status"], problem["code"], problem["type"]) == (
        status, status, code, f"/problems/{code}",
    )  # fmt: skip
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert asked.get(problem["type"]).json()["code"] == code


def test_nobody_records_in_anothers_name(client):
    client.post("/commands", json={**LAB, "by": "person-1"}, headers=PERSON)
    correction = {"do": "correct-fact", "stream": "lab-140525-1", "version": 1, "reason": "错", "on": "2023-01-01"}
    replacement = {**LAB, "name": "泽州站", "by": "person-1"}
    client.post("/commands", json={**correction, "replacement": replacement}, headers=PERSON)

    assert {row["by"] for row in client.get("/streams/lab-140525-1").json()} == {"person-17"}


def test_nobody_records_anonymously_and_no_moment_is_guessed(asked):
    assert asked.post("/commands", json=LAB).json()["errors"][0]["at"] == "header.x-person"
    assert asked.get("/ratio", params={"known_at": "yesterday"}).json()["code"] == "bad-value"
    assert asked.get("/ratio", params={"as_of": "2023-13-01"}).json()["field"] == "as_of"
    assert asked.get("/labs/lab-140525-9").status_code == 404


def test_a_command_that_is_sent_again_with_its_key_is_recorded_once(client):
    keyed = {**PERSON, "Idempotency-Key": "8f1c"}
    first = client.post("/commands", json=LAB, headers=keyed)
    again = client.post("/commands", json=LAB, headers=keyed)
    other = client.post("/commands", json={**LAB, "name": "别的站"}, headers=keyed)

    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
    assert (first.json()["facts"], first.headers["Location"]) == (again.json()["facts"], "/streams/lab-140525-1")
    assert other.json()["code"] == "command-id-reused"


def test_every_error_is_a_problem(asked):
    for refused in (asked.get("/nowhere"), asked.put("/ratio"), asked.get("/ratio", params={"by": "village"})):
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json()["code"] in {"not-served", "bad-request"}
    assert asked.get("/problems/command").status_code == 404


def test_it_says_that_it_lives_and_when_it_can_serve(client):
    assert client.get("/healthz").json() == client.get("/readyz").json() == {"status": "ok"}

    client.app.state.registry.close()
    ready = client.get("/readyz")
    assert (client.get("/healthz").status_code, ready.status_code, ready.headers["Retry-After"]) == (200, 503, "1")
    assert ready.json() == {
        "type": "/problems/store-closed",
        "title": "Service Unavailable",
        "status": 503,
        "code": "store-closed",
    }  # fmt: skip  no place of this machine


def test_openapi_has_the_librarys_commands_and_answers():
    document = create_app("books.db").openapi()
    schemas = document["components"]["schemas"]
    refs = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))

    assert refs <= schemas.keys()
    assert document["paths"]["/commands"]["post"]["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/command"
    }
    assert len(schemas["command"]["oneOf"]) == len(COMMANDS)
    assert {"Ratios", "Due", "LabStatus", "CountyStatus", "Problem", "grant-certificate"} <= refs
    assert "unknown-lab" not in schemas


def test_the_container_is_made_of_what_is_here():
    lines = (EXAMPLES / "service" / "Containerfile").read_text()
    extras = tomllib.loads((EXAMPLES.parent / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (asked,) = re.findall(r"'/src\[(.+?)\]'", lines)

    assert set(asked.split(",")) <= extras.keys()
    for named in re.findall(r"/src/([\w./-]+)", lines):
        assert (EXAMPLES.parent / named).exists(), named
    assert "USER books" in lines


def test_many_at_once_are_recorded_as_one_after_the_other(client):
    labs = [{**LAB, "lab": f"lab-140525-{n}", "name": f"站{n}"} for n in range(1, 41)]
    with ThreadPoolExecutor(8) as pool:
        codes = list(
            pool.map(lambda lab: client.post("/commands", json=lab, headers=PERSON).status_code, [*labs, *labs])
        )

    assert sorted(codes) == [200] * 40 + [201] * 40
    assert client.get("/ratio", params={"as_of": "2023-09-30"}).json()["total"]["labs"] == 40


def prepared(store, tmp_path):
    """Books with a certificate that ends in 30 days, a person who leads, and a configuration; returns its path."""
    with Registry.open(store) as registry, Directory.open(registry.store) as people:
        from dualcert import AssignPairing
        from dualcert.domain.commands import parse

        registry.execute(parse(LAB))
        until = registry.today() + timedelta(days=30)
        registry.execute(
            parse({**GRANT, "granted_on": str(until - timedelta(days=365 * 3)), "valid_until": str(until)})
        )
        registry.execute(
            AssignPairing(kind="province-city", supporter="person-1", target="140500", on=registry.today())
        )
        people.add(Person("person-1", "张三", email="zhang@example.org"))
    config = tmp_path / "dualcert.toml"
    folder = json.dumps(str(tmp_path / "out"))
    config.write_text(
        f'[dispatch]\nchannel = "folder"\n[channel.folder]\nfolder = {folder}\nsender = "books@example.org"\n'
    )
    return config


def until_true(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def test_reminders_are_sent_in_the_background_and_once(store, tmp_path):
    config = prepared(store, tmp_path)
    apps = [create_app(store, config, every=0.1) for _ in range(2)]
    with TestClient(apps[0]) as one, TestClient(apps[1]) as two:
        until_true(lambda: [row["state"] for row in one.get("/dispatches").json()] == ["delivered"])
        time.sleep(0.5)  # more rounds of both
        (row,) = two.get("/dispatches").json()

    assert (row["recipient"], row["attempts"], row["reporter"]) == ("person-1", 1, "reminder-digest")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"{row['dispatch']}.eml"]


def test_it_runs_under_a_real_server_and_ends_when_it_is_told(tmp_path):
    store = str(tmp_path / "books.db")
    Registry.open(store, policy="shanxi-2023").close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "--factory", "service:create_app", "--port", str(port), "--log-level", "warning"],
        cwd=EXAMPLES / "service", env={**os.environ, "DUALCERT_STORE": store},
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"

        def answers():
            try:
                return httpx.get(f"{url}/ratio").status_code == 200
            except httpx.TransportError:
                return False

        until_true(answers)
        assert httpx.post(f"{url}/commands", json=LAB, headers=PERSON).status_code == 201
        today = httpx.get(f"{url}/ratio").json()["as_of"]
        with Registry.open(store) as registry:
            assert str(registry.today()) == today
            assert registry.view().known_at.astimezone(SHANGHAI).isoformat()[:10] == today
    finally:
        server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) in {0, -signal.SIGTERM}
