"""An example of each command for its help: lines that work when they are copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": ("dualcert demo --out .", "dualcert --store demo.db ratio --by city --as-of 2023-09-30"),
    "demo": ("dualcert demo", "dualcert demo --out ."),
    "init": ("dualcert init", "dualcert --store books.db init --policy shanxi-2023"),
    "import": ("dualcert import --template labs labs.xlsx", "dualcert import labs.xlsx --dry-run"),
    "apply": (
        'echo \'{"do": "close-lab", "lab": "lab-140525-1", "reason": "机构合并", "on": "2023-06-01"}\' | dualcert apply -',
    ),
    "record": ("dualcert record close-lab --lab lab-140525-1 --reason 机构合并 --on 2023-06-01",),
    "undo": ("dualcert undo labs.xlsx --dry-run",),
    "status": ("dualcert status lab-140525-1", "dualcert status --division 140500 --as-of 2023-09-30"),
    "ratio": ("dualcert ratio --by city --as-of 2023-09-30", "dualcert ratio --by city --plot"),
    "due": ("dualcert due --within 30", "dualcert due --as-of 2023-10-31 --kind plan-missing --explain"),
    "agenda": ("dualcert agenda --within 30", "dualcert agenda --as-of 2023-10-31 --division 140400"),
    "risk": ("dualcert risk standing",),
    "plans": ("dualcert plans --as-of 2023-05-31",),
    "gate": ("dualcert gate apply standing --dry-run",),
    "gate apply": ("dualcert gate apply standing --dry-run", "dualcert gate apply standing --source 晋农发〔2023〕8号"),
    "score": ("dualcert score --as-of 2023-12-31", "dualcert score --of county"),
    "history": ("dualcert history lab-140525-1", "dualcert history campaign-shanxi-2023"),
    "replay": ("dualcert replay", "dualcert replay --step month"),
    "export": ("dualcert export books.xlsx", "dualcert export books.xlsx --force --as-of 2023-12-31"),
    "copy": ("dualcert copy dualcert.db copy.db",),
    "verify": ("dualcert verify", "dualcert verify --format json"),
    "seal": ("dualcert seal", "dualcert seal --out books.seal"),
    "seal key": ("dualcert seal key show",),
    "seal key show": ("dualcert seal key show",),
    "seal key rotate": ("dualcert seal key rotate",),
    "seal key new": ("dualcert seal key new --yes",),
    "prove": ("dualcert prove lab-140525-1@1", "dualcert prove --checker check_proof.py"),
    "backup": ("dualcert backup backup-2023-10-08",),
    "restore": ("dualcert restore backup-2023-10-08 restored.db",),
    "doctor": ("dualcert doctor",),
    "people": ("dualcert people show",),
    "people add": ("dualcert people add person-17 --name 张三 --email zhang@example.org",),
    "people show": ("dualcert people show",),
    "people erase": ("dualcert people erase person-17",),
    "people keys": ("dualcert people keys people-1f2e3d4c.keys",),
    "people allow": (
        "dualcert people allow person-1 all",
        "dualcert people allow person-17 labs counties --by person-1",
    ),
    "people withdraw": ("dualcert people withdraw person-17 counties --by person-1",),
    "people rights": ("dualcert people rights",),
    "report": ("dualcert report list",),
    "report list": ("dualcert report list",),
    "report check": ("dualcert report check", "dualcert report check bulletin ledger"),
    "report run": (
        "dualcert report run bulletin --as-of 2023-10-31 --out october",
        "dualcert report run dashboard",
    ),
    "dispatch": ("dualcert dispatch list",),
    "dispatch plan": ("dualcert dispatch plan --channel folder --dry-run",),
    "dispatch list": ("dualcert dispatch list", "dualcert dispatch list --state unknown"),
    "dispatch check": ("dualcert dispatch check",),
    "dispatch send": ("dualcert dispatch send",),
    "dispatch resolve": (
        "dualcert dispatch resolve dispatch-6d0f3a1b9c8e47d2a5b4c3d2e1f00918 --delivered --reason 收件人已确认",
        "dualcert dispatch resolve --planned-before 2023-09-01 --abandon --reason 已过时",
    ),
    "dispatch retry": ("dualcert dispatch retry dispatch-6d0f3a1b9c8e47d2a5b4c3d2e1f00918 --reason 邮箱已更正",),
    "dispatch resume": ("dualcert dispatch resume",),
    "plugins": ("dualcert plugins list",),
    "plugins list": ("dualcert plugins list",),
    "plugins doctor": ("dualcert plugins doctor",),
    "plugins show": ("dualcert plugins show folder",),
    "plugins new": ("dualcert plugins new city-text",),
    "plugins run": ("dualcert plugins run",),
}
"""The words of a command behind `dualcert` -> its examples. Those of `record` are made of VALUES."""

GRANT = (
    '{"do": "grant-certificate", "lab": "lab-140525-1", "scheme": "CMA", "number": "230404090012", '
    '"granted_on": "2023-09-28", "valid_until": "2029-09-27"}'
)
VALUES: Mapping[str, str] = {
    "answer": "由省级机构派员帮扶",
    "batch": "4",
    "campaign": "campaign-shanxi-2023",
    "city": "140500",
    "county": "county-140525",
    "division": "140525",
    "granted_on": "2023-09-28",
    "issuer": "county-government",
    "item": "staff",
    "items": '[{"problem": "仪器不足", "measure": "购置", "responsible": "person-12", "due": "2023-06-30"}]',
    "kind": "dispatch",
    "lab": "lab-140525-1",
    "level": "county",
    "milestone": "mid-year",
    "month": "2023-05",
    "name": "泽州县农产品质量安全检验检测站",
    "note": "实地走访",
    "number": "230404090012",
    "on": "2023-10-12",
    "outcome": "passed",
    "pairing": "pairing-city-county-person-12-county-140525-20230420",
    "policy": "shanxi-2023",
    "problem": "staff",
    "programme": "provincial",
    "purpose": "first",
    "reason": "机构申请",
    "replacement": GRANT,
    "resolution": "已招聘两人",
    "route": "joint",
    "scheme": "CMA",
    "standing": "named",
    "stream": "lab-140525-1",
    "valid_until": "2029-09-27",
    "version": "3",
}
"""The name of a field -> what the example of a command that requires it has."""
OTHERS: Mapping[str, Mapping[str, str]] = {
    "amend-lab": {"name": VALUES["name"]},
    "amend-certificate": {"number": "230404090099"},
    "assign-pairing": {"kind": "city-county", "supporter": "person-12", "target": "county-140525"},
    "change-scope": {"extended": "毒死蜱"},
    "complete-measure": {"item": "1"},
    "describe-supporter": {"post": "副局长"},
}
"""The name of a command -> fields that its example has besides, or with another value."""


def examples_of(words: str) -> tuple[str, ...]:
    """Return the examples of the command that *words* name behind `dualcert`, such as `gate apply`."""
    group, _, name = words.partition(" ")
    return (_recording(name),) if group == "record" and name else EXAMPLES.get(words, ())


def _recording(name: str) -> str:
    return " ".join(["dualcert record", name, *(_quoted(word) for word in _options(name))])


def _options(name: str) -> Iterator[str]:
    import attrs

    from dualcert.domain.commands import by_name, field_names

    others = OTHERS.get(name, {})
    for field, attribute in field_names(by_name()[name]).items():
        if field in others or attribute.default is attrs.NOTHING:
            yield from (f"--{field.replace('_', '-')}", others.get(field) or VALUES[field])


def _quoted(word: str) -> str:
    return word if all(each.isalnum() or each in "-_./:" for each in word) else f"'{word}'"
