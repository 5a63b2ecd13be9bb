"""An example of each command of the books for the help of `record`, made of the fields that it requires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def example_of(name: str) -> str:
    """Return a line of the shell that records a command of the books."""
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
