"""Bad input through the API, `apply` and `record`: the stated error, nothing recorded, no traceback."""

from __future__ import annotations

import json

import pytest

from dualcert import Registry
from dualcert.cli.program import run
from dualcert.domain.commands import by_name, parse
from dualcert.errors import BadPolicy, Refused

LAB, OTHER = "lab-140525-1", "lab-140522-1"
REGISTER = {
    "do": "register-lab",
    "lab": OTHER,
    "name": "阳城县站",
    "level": "county",
    "division": "140522",
    "on": "2019-01-01",
}
GRANT = {
    "do": "grant-certificate",
    "lab": LAB,
    "scheme": "CATL",
    "number": "[2021]农质检核（晋）字第0041号",
    "granted_on": "2021-07-15",
    "valid_until": "2027-07-14",
}
SUSPEND = {"do": "suspend-certificate", "lab": LAB, "scheme": "CMA", "on": "2022-03-01", "reason": "飞行检查"}
POLICY = {
    "name": "x", "title": "t", "province": "140000", "from": "2023-01-01", "to": "2023-12-31",
    "target": {"percent": 85, "basis": ["city"]},
}  # fmt: skip
OPEN = {"do": "open-campaign", "campaign": "campaign-x", "on": "2023-01-01", "policy": POLICY}


def policy(**changes):
    return {**OPEN, "policy": {**POLICY, **changes}}


BAD = {
    # dates
    "30 February": ({**GRANT, "granted_on": "2021-02-30"}, "bad-value"),
    "month 13 with dots": ({**GRANT, "granted_on": "2021.13.1"}, "bad-value"),
    "ambiguous order": ({**GRANT, "granted_on": "1/2/2021"}, "bad-value"),
    "year 0001": ({**SUSPEND, "on": "0001-01-01"}, "implausible-date"),
    "year 9999 as for ever": ({**GRANT, "valid_until": "9999-12-31"}, "implausible-date"),
    "Excel serial 0": ({**SUSPEND, "on": "0"}, "bad-value"),
    "Excel serial 60": ({**SUSPEND, "on": "60"}, "bad-value"),
    "full-width digits": ({**SUSPEND, "on": "２０２２-03-01"}, "bad-value"),
    "a time of day": ({**SUSPEND, "on": "2022-03-01T10:00:00"}, "bad-value"),
    "from the future": ({**SUSPEND, "on": "2090-01-01"}, "in-the-future"),
    # periods
    "end before start": ({**GRANT, "valid_until": "2021-07-14"}, "bad-period"),
    "on differs from the grant": ({**GRANT, "on": "2021-07-16"}, "on-differs"),
    "overlapping": ({**GRANT, "scheme": "CMA", "granted_on": "2022-01-01", "number": "2"}, "certificate-already-held"),
    # certificates
    "renewed without a grant": ({**GRANT, "do": "renew-certificate"}, "certificate-not-granted"),
    "suspended without a certificate": ({**SUSPEND, "scheme": "CATL"}, "certificate-not-held"),
    "reinstated while valid": ({**SUSPEND, "do": "reinstate-certificate"}, "certificate-not-suspended"),
    "a scheme that is none": ({**GRANT, "scheme": "CNAS"}, "bad-value"),
    "a Cyrillic letter in a number": ({**GRANT, "number": "СMA-1"}, "bad-text"),
    # codes
    "unknown division": ({**REGISTER, "division": "149999"}, "unknown-division"),
    "a zone": ({**REGISTER, "division": "140171"}, "wrong-level"),
    "a city where a county belongs": ({**REGISTER, "division": "140500"}, "wrong-level"),
    "retired code": ({**REGISTER, "division": "140481"}, "unknown-division"),
    "城区 by name alone": ({**REGISTER, "division": "城区"}, "bad-id"),
    "a code that lost its zero": ({**REGISTER, "division": "14052"}, "bad-id"),
    "credit code with a wrong check digit": ({**REGISTER, "credit_code": "91350100M000100Y44"}, "bad-credit-code"),
    "a county for a city's code": ({"do": "designate-lab", "county": "county-140500", "lab": LAB, "on": "2021-01-01"}, "wrong-level"),
    "a lab nobody registered": ({**SUSPEND, "lab": "lab-140525-9"}, "unknown-lab"),
    # text
    "NUL": ({**REGISTER, "name": "阳城\x00县站"}, "bad-text"),
    "CR LF": ({**REGISTER, "name": "阳城\r\nBcc: x@y"}, "bad-text"),
    "bidi override": ({**REGISTER, "name": "阳城\u202e县站"}, "bad-text"),
    "1 MB name": ({**REGISTER, "name": "县" * 1_000_000}, "bad-text"),
    "only blanks": ({**SUSPEND, "reason": " \u3000"}, "bad-text"),
    "a path for an id": ({**SUSPEND, "lab": "../../etc/passwd"}, "bad-id"),
    "a person's name": ({**SUSPEND, "by": "张三"}, "bad-id"),
    # order
    "before registration": ({**SUSPEND, "on": "2009-12-31"}, "before-registration"),
    "a late entry against a later fact": ({**GRANT, "scheme": "CMA", "granted_on": "2020-01-01", "number": "0"}, "contradicts-later-fact"),
    "retracting what others rest on": ({"do": "retract-fact", "stream": LAB, "version": 1, "on": "2022-01-01", "reason": "错"}, "rested-on"),
    "retracting a fact that is not there": ({"do": "retract-fact", "stream": LAB, "version": 9, "on": "2022-01-01", "reason": "错"}, "unknown-fact"),
    "a stream that is none": ({"do": "retract-fact", "stream": "lab", "version": 1, "on": "2022-01-01", "reason": "错"}, "bad-id"),
    "version 0": ({"do": "retract-fact", "stream": LAB, "version": 0, "on": "2022-01-01", "reason": "错"}, "bad-value"),
    # policy
    "percent 0": (policy(target={"percent": 0, "basis": ["city"]}), "bad-policy"),
    "percent 101": (policy(target={"percent": 101, "basis": ["city"]}), "bad-policy"),
    "unknown key": (policy(colour="red"), "bad-policy"),
    "a gate without a date": (policy(gate=[{"name": "g", "applies": []}]), "bad-policy"),
    "weights that do not add up": (policy(score={"ratio": 60}), "bad-policy"),
    # form
    "a missing field": ({k: v for k, v in SUSPEND.items() if k != "reason"}, "missing-field"),
    "nothing to amend": ({"do": "amend-lab", "lab": LAB, "on": "2022-01-01"}, "missing-field"),
}  # fmt: skip


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "books.db"
    with Registry.open(str(path), policy="shanxi-2023") as registry:
        for document in (
            {**REGISTER, "lab": LAB, "division": "140525", "on": "2010-01-01"},
            {
                **GRANT,
                "scheme": "CMA",
                "number": "210404090041",
                "granted_on": "2021-06-15",
                "valid_until": "2027-06-14",
            },
        ):
            registry.execute(parse(document))
    return path


def facts(store):
    with Registry.open(str(store)) as registry:
        return registry.catch_up()


@pytest.fixture(params=BAD, ids=list(BAD))
def bad(request):
    return BAD[request.param]


def test_through_the_api(store, bad):
    document, code = bad
    before = facts(store)
    fields = {k: v for k, v in document.items() if k != "do"}

    with Registry.open(str(store)) as registry, pytest.raises((Refused, BadPolicy, TypeError)) as refused:
        registry.execute(by_name()[document["do"]](**fields))

    # Python itself refuses a call without a required argument.
    assert getattr(refused.value, "code", "missing-field") == code
    assert len(str(refused.value)) < 400
    assert facts(store) == before


def test_through_apply(store, bad, tmp_path, capsys):
    document, code = bad
    before = facts(store)
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps(document) + "\n", encoding="utf-8")

    status = run(["--store", str(store), "apply", str(lines)])

    out, err = capsys.readouterr()
    assert status == 3
    told = json.loads(err)
    assert (told["line"], told["code"]) == (1, code)
    assert json.loads(out)["refused"] == 1
    assert facts(store) == before


def test_through_record(store, bad, tmp_path, capsys):
    document, code = bad
    before = facts(store)
    arguments = [
        f"--{name.replace('_', '-')}={text(value, tmp_path)}" for name, value in document.items() if name != "do"
    ]

    status = run(["--store", str(store), "record", document["do"], *arguments])

    out, err = capsys.readouterr()
    assert status == (2 if code == "bad-policy" else 3)
    assert err.startswith(f"{code}: ")
    assert err.count("\n") == 1
    assert out == ""
    assert facts(store) == before


def text(value, folder):
    """Return a field as the shell gives it: a policy is a file."""
    if not isinstance(value, dict):
        return str(value)
    path = folder / "policy.toml"
    path.write_text(toml(value), encoding="utf-8")
    return str(path)


def toml(policy):
    lines = [
        f"{k} = {v if k in ('from', 'to') else json.dumps(v)}"
        for k, v in policy.items()
        if not isinstance(v, dict | list)
    ]
    for name, table in policy.items():
        for each in table if isinstance(table, list) else [table] if isinstance(table, dict) else []:
            lines.append(f"[[{name}]]" if isinstance(table, list) else f"[{name}]")
            lines += [f"{k} = {json.dumps(v)}" for k, v in each.items()]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", '"x"', "{", '{"do": "register-lab", "name": "\\ud800"}', '{"do": NaN}', '{"on": 1e400}', "\xff", "[" * 100_000],
)  # fmt: skip
def test_a_line_that_is_no_json_object_is_refused(store, tmp_path, capsys, line):
    (tmp_path / "lines").write_bytes(line.encode("latin-1"))

    assert run(["--store", str(store), "apply", str(tmp_path / "lines")]) == 3
    assert json.loads(capsys.readouterr().err)["code"] == "bad-json"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"do": "vote"}, "unknown-command"),
        ({}, "missing-field"),
        ({"do": ["x"]}, "unknown-command"),
        ({**SUSPEND, "colour": "red"}, "unknown-field"),
        ({**SUSPEND, "reason": 5}, "bad-value"),
        ({**SUSPEND, "on": 20220301}, "bad-value"),
        ({**REGISTER, "counted": "yes"}, "bad-value"),
        ({**GRANT, "scope_parameters": "铅"}, "bad-value"),
        ({**SUSPEND, "on": None}, "bad-value"),
        ({"do": "correct-fact", "stream": LAB, "version": 2, "on": "2022-01-01", "reason": "错", "replacement": {**GRANT, "lab": OTHER}},
         "wrong-replacement"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_command_is_refused(store, tmp_path, capsys, document, code):
    (tmp_path / "lines").write_text(json.dumps(document), encoding="utf-8")
    before = facts(store)

    assert run(["--store", str(store), "apply", str(tmp_path / "lines")]) == 3
    assert json.loads(capsys.readouterr().err)["code"] == code
    assert facts(store) == before


def test_what_looks_dangerous_is_recorded_as_the_text_it_is(store):
    """Formulas, markup, paths and templates are names like any other; outputs write them as text."""
    for n, name in enumerate(
        ["=cmd|'/c calc'!A0", "<script>x</script>", "../..", "CON", "{{7*7}}", "'; DROP TABLE x"], start=2
    ):
        with Registry.open(str(store)) as registry:
            registry.execute(parse({**REGISTER, "lab": f"lab-140522-{n}", "name": name}))
            assert registry.status(f"lab-140522-{n}").rows[0].name == name


def test_a_number_with_other_brackets_is_the_same_number(store):
    with Registry.open(str(store)) as registry:
        assert registry.execute(parse(GRANT)).recorded
        assert registry.execute(parse({**GRANT, "number": "〔2021〕农质检核(晋)字第0041号"})).unchanged
