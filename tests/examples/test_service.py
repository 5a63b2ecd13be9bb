"""The example service records, answers, and sends in the background."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from service import create_app

from dualcert import Registry
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
def test_a_refusal_has_its_code_and_facts(client, command, status, code):
    refused = client.post("/commands", json=command, headers=PERSON)

    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)


def test_nobody_records_anonymously_and_no_moment_is_guessed(client):
    assert client.post("/commands", json=LAB).status_code == 422
    assert client.get("/ratio", params={"known_at": "yesterday"}).json()["error"]["code"] == "bad-value"
    assert client.get("/labs/lab-140525-1").status_code == 404


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
