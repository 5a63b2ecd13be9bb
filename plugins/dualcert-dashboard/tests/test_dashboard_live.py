"""The served page: who may ask it, and Datong's roster mended and recorded by a browser's own clicks."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn
from browsing import chromium
from click.testing import CliRunner
from dualcert_dashboard.live.guard import MOST_BYTES
from dualcert_dashboard.live.serve import Served, group
from starlette.testclient import TestClient

from dualcert import RegisterLab, Registry, Right, Rights
from dualcert.testing.channels import CommandContract

DATONG = Path(__file__).parents[3] / "examples" / "rosters" / "datong-gb18030.csv"
HOST = "127.0.0.1:8123"
OWN = f"http://{HOST}"


class TestContract(CommandContract):
    command = group


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Registry.create(tmp_path / "books.db", policy="shanxi-2023").close()
    return str(tmp_path / "books.db")


@pytest.fixture
def served(store, tmp_path):
    (tmp_path / "uploads").mkdir()
    with Served(store, tmp_path / "uploads", by="person-7", as_of=date(2023, 10, 1)) as served:
        yield served


@pytest.fixture
def client(served):
    """A client behind the link, which knows the token; and the link."""
    app, link = served.app(HOST)
    client = TestClient(app, base_url=OWN)
    client.link, client.token = link.removeprefix(OWN), app.keys.token
    return client


def entered(client):
    client.get(client.link)
    return client


def posted(client, path, body=b"", **headers):
    known = {"origin": OWN, "x-dualcert": client.token}
    return client.post(
        path, content=body, headers={name: value for name, value in {**known, **headers}.items() if value}
    )


# --- who may ask -------------------------------------------------------------------------------------


def test_the_link_opens_the_page_once_and_nothing_else_does(client):
    assert client.get("/").status_code == 403
    assert client.get("/enter/guessed").status_code == 403
    assert "双认证" in client.get(client.link).text
    assert client.get("/").status_code == 200
    client.cookies.clear()
    assert client.get(client.link).status_code == 403
    assert client.get("/", headers={"cookie": "dualcert=guessed"}).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost:8123", "127.0.0.1", f"{HOST}.evil.example"])
def test_another_name_of_this_machine_is_refused(client, host):
    assert entered(client).get("/", headers={"host": host}).status_code == 421
    assert client.get(client.link, headers={"host": host}).status_code == 421


@pytest.mark.parametrize("wrong", [
    {"origin": "http://evil.example"}, {"origin": None}, {"origin": "null"}, {"x-dualcert": None}, {"x-dualcert": "guessed"},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
])  # fmt: skip
def test_another_site_can_write_nothing(client, served, wrong):
    for path in ("/rosters", "/rosters/x/record", "/reports/ledger"):
        assert posted(entered(client), path, DATONG.read_bytes(), **wrong).status_code == 403
    assert served.registry.catch_up() == 2


def test_what_is_too_large_or_of_another_method_is_refused(client):
    assert posted(entered(client), "/rosters", b"x", **{"content-length": str(MOST_BYTES + 1)}).status_code == 413
    assert posted(client, "/rosters", (b"x" * (1 << 20) for _ in range((MOST_BYTES >> 20) + 1))).status_code == 413
    assert client.put("/").status_code == client.delete("/").status_code == 405
    assert posted(client, "/rosters/x/record", b"[]").status_code == 400
    assert posted(client, "/rosters/x/record", b"no json").status_code == 400
    assert posted(client, "/rosters/x/record").status_code == 404
    assert client.get("/documents/x").status_code == client.get("/rosters/x/marked").status_code == 404


def test_every_answer_forbids_what_it_does_not_need(client):
    for answer in (client.get("/"), entered(client).get("/"), client.get("/documents/x")):
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "connect-src &#x27;self&#x27;" in client.get("/").text


# --- rosters and reports -----------------------------------------------------------------------------


def test_a_roster_is_looked_at_mended_and_recorded_once(client, served):
    told = posted(entered(client), "/rosters", DATONG.read_bytes(), **{"x-name": "../../%E5%8F%B0.csv"}).json()

    assert (told["name"], told["recorded"], told["total"]["refused"]) == ("台.csv", False, 5)
    assert served.registry.catch_up() == 2
    assert [(each["cell"], each["content"]) for each in told["findings"]] == [
        ("H4", "2019-05-02"), ("F5", "200404090202"), ("G6", "2020-02-30"), ("C7", "左云旗"), ("L8", "否"),
    ]  # fmt: skip
    cells = {0: "2025-05-02", 1: "200404090204", 2: "2020-02-28", 3: "左云县", 4: "是"}
    told = posted(client, f"/rosters/{told['id']}/mend", json.dumps({"cells": cells}).encode()).json()
    assert (told["findings"], told["total"]["refused"]) == ([], 0)
    name = "左云县农产品质量安全检验检测站"
    lines = [line[1:] for line in told["plan"] if line[2] == name]
    assert [line[0] for line in lines][:2] == ["登记机构", "颁发证书"]
    assert "发证日期 2020-" in lines[1][2]
    for _ in range(2):
        told = posted(client, f"/rosters/{told['id']}/record").json()
        assert (told["recorded"], told["total"]["recorded"]) == (True, 7)
    assert served.registry.ratio().total.labs == 7
    assert {row.by for row in served.registry.history("lab-140226-1")} == {"person-7"}


def test_the_sound_rows_are_recorded_and_the_others_handed_back(client, served):
    told = posted(entered(client), "/rosters", DATONG.read_bytes(), **{"x-name": "datong.csv"}).json()
    back = client.get(f"/rosters/{told['id']}/marked")
    told = posted(client, f"/rosters/{told['id']}/record", b'{"validOnly": true}').json()

    assert (told["recorded"], told["total"]["recorded"], told["total"]["refused"]) == (True, 2, 5)
    assert back.content[:2] == b"PK"
    assert back.headers["content-disposition"] == "attachment; filename*=UTF-8''datong-%E5%B7%B2%E6%A0%87%E6%B3%A8.xlsx"


def test_where_rights_are_on_nobody_records_without_them(client, served):
    with Rights.open(served.registry.store) as rights:
        rights.allow("person-1", [Right.RIGHTS], by="person-1", on=date(2023, 10, 1))
    told = posted(entered(client), "/rosters", DATONG.read_bytes(), **{"x-name": "datong.csv"}).json()
    answer = posted(client, f"/rosters/{told.get('id', 'none')}/record", b'{"validOnly": true}')

    assert "person-7" in json.dumps([told, answer.json()], ensure_ascii=False)
    assert served.registry.catch_up() == 2
    with Rights.open(served.registry.store) as rights:
        rights.allow("person-7", [Right.LABS, Right.COUNTIES], by="person-1", on=date(2023, 10, 1))
    told = posted(client, "/rosters", DATONG.read_bytes(), **{"x-name": "datong.csv"}).json()
    assert posted(client, f"/rosters/{told['id']}/record", b'{"validOnly": true}').json()["total"]["recorded"] == 2


@pytest.mark.parametrize(("content", "says"), [(b"<html>", ".csv"), (b"", ".csv"), (b"a,b\n1,2\n", "")])
def test_what_is_no_roster_is_said_and_changes_nothing(client, served, content, says):
    told = posted(entered(client), "/rosters", content, **{"x-name": "x.csv"}).json()

    assert told["plan"] == []
    assert told["refused"]
    assert says in "".join(told["refused"])
    assert str(served._more["folder"]) not in json.dumps(told)
    assert served.registry.catch_up() == 2


def test_a_report_is_made_and_shown_in_a_place_of_its_own(client):
    made = posted(entered(client), "/reports/dashboard").json()["made"]
    shown = client.get(f"/documents/{made[0]['id']}")

    assert made[0]["name"] == "看板-2023-10-01.html"
    assert shown.headers["content-security-policy"] == "sandbox allow-scripts"
    assert shown.headers["content-disposition"].startswith("inline; ")
    assert posted(client, "/reports/nonsense").status_code == 422


@pytest.mark.parametrize(
    "name", ["𠮷" * 300 + ".csv", "a\0b.csv", "../../x.csv", "/", "..", "中" * 300, "%ED%A0%80.csv"]
)
def test_a_roster_of_any_name_is_taken(client, name):
    answer = posted(entered(client), "/rosters", b"a,b\n", **{"x-name": quote(name, safe="%")})

    assert answer.status_code == 200
    assert len(answer.json()["name"].encode()) <= 200


NESTED = b'{"cells":' * 100_000


@pytest.mark.parametrize(
    "body", [NESTED, b"[" * 100_000, b'{"cells": {"0": "\\ud800"}}', b'{"cells": ' + b"9" * 6_000 + b"}"]
)
def test_what_cannot_be_read_is_said_and_leaves_a_roster_as_it_was(client, body):
    id_ = posted(entered(client), "/rosters", DATONG.read_bytes(), **{"x-name": "d.csv"}).json()["id"]
    before = posted(client, f"/rosters/{id_}/mend", b"{}").json()

    for what in ("mend", "record"):
        assert posted(client, f"/rosters/{id_}/{what}", body).status_code == 400
    assert posted(client, f"/rosters/{id_}/mend", b"{}").json() == before
    assert posted(client, "/rosters", b"", **{"content-length": "9" * 5_000}).status_code == 413


def test_a_store_or_a_folder_that_is_gone_is_said(client, served, store):
    """Whatever is asked: the sentence of a refusal needs no store."""
    entered(client)
    served._more["folder"].rmdir()
    assert posted(client, "/rosters", b"").json()["error"]["code"] == "unwritable"
    Path(store).rename(f"{store}.moved")
    for answer in (client.get("/"), client.get("/position"), posted(client, "/reports/ledger")):
        assert answer.json()["error"]["code"] == "store-moved"
    served.registry.close()
    assert client.get("/position").json()["error"]["code"] == "store-closed"


def test_a_port_that_cannot_be_had_is_bad_usage():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = CliRunner().invoke(group, ["serve", "--no-open", "--port", str(taken.getsockname()[1])])
    assert (ran.exit_code, "--port" in ran.output) == (2, True)


# --- in a browser ------------------------------------------------------------------------------------


@contextmanager
def listening(served):
    """Serve on a free port, in a thread, and yield the link."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        app, link = served.app(f"127.0.0.1:{sock.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            yield link
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


def test_datong_is_dropped_mended_and_recorded_by_the_browsers_clicks(browser, served):
    with listening(served) as link, browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page, complaints = context.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(link)
        page.set_input_files("#roster", DATONG)
        page.wait_for_selector("h3:text('要改的单元格')")
        for cell, text in {
            "H4": "2025-05-02",
            "F5": "200404090204",
            "G6": "2020-02-28",
            "C7": "140226",
            "L8": "是",
        }.items():
            page.fill(f"input[aria-label^='{cell} ']", text)
        page.click("text=按修改重新检查")
        page.click("text=全部录入")
        page.wait_for_selector("text=共7行：录入7行")
        assert served.registry.ratio().total.labs == 7
        page.click("text=刷新看板")
        page.wait_for_selector("#ranked")
        assert page.inner_text("[data-unit='city-140200'][data-of='labs']") == "7"
        assert complaints == []


def test_the_page_follows_the_log(browser, served, store):
    with listening(served) as link, browser.new_context() as context:
        page = context.new_page()
        page.goto(link)
        assert page.inner_text("[data-unit='city-140500'][data-of='labs']") == "0"
        with Registry.open(store) as other:
            other.execute(
                RegisterLab(lab="lab-140500-1", name="中心", level="city", division="140500", on="2020-01-01")
            )
        page.wait_for_selector("[data-unit='city-140500'][data-of='labs']:text-is('1')")
