"""Every value of a policy is judged: for each field of each of its tables an impossible value is refused, with its place."""

from __future__ import annotations

import tomllib
from datetime import date
from enum import Enum
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest

from dualcert import policy as policies
from dualcert.domain import commands as c
from dualcert.errors import BadPolicy
from dualcert.policy import Policy, PolicyTable, judged, load_policy, policy_of

WHOLE = """
name = "x-2023"
title = "攻坚行动"
province = "140000"
from = 2023-01-01
to = 2023-12-31
in_force_from = 2023-06-01
[target]
source = "通知"
percent = 85
basis = ["city", "county"]
suspended_counts = true
pending_renewal_counts = true
county_passes = "any"
[[gate]]
source = "通知"
name = "g"
title = "时限"
on = 2023-09-30
inclusive = false
applies = [{ standing = "named", programme = "national", batch = 3 }]
except = [{ standing = "candidate", programme = "provincial", batch = 5 }]
consequence = { named = "delist-county" }
remind_days = [60, 30]
[plan]
source = "通知"
due = 2023-04-30
issuer = "county-government"
within_days = 30
remind_days = [10]
[cycle]
source = "通知"
monthly = ["dispatch"]
province = ["guidance"]
remind_days = [3]
[[summary]]
source = "通知"
name = "s"
title = "总结"
due = 2023-06-30
remind_days = [10]
[exemplars]
source = "通知"
quota = 10
[pairing]
source = "通知"
visit_every_days = 30
report_every_days = 30
within_days = 10
resolve_within_days = 60
remind_days = [7]
[reminders]
source = "通知"
expiring_days = [90, 7]
[score]
source = "通知"
ratio = 60
plans = 10
cycle = 10
visits = 10
summaries = 10
[sequential]
source = "通知"
months = 3
[[certificate_rule]]
source = "办法"
scheme = "CMA"
from = 2015-08-01
years = [6]
apply_before_days = 90
[bulletin]
source = "通知"
due_day = 5
issuer = "省委农办"
recipients = ["各市人民政府"]
remind_days = [5]
[highlights]
source = "通知"
due = 2023-11-30
remind_days = [5]
[difficulties]
source = "通知"
answer_within_days = 15
remind_days = [5]
[stages]
source = "通知"
accepted = 60
assessed = 30
approved = 20
remind_days = [5]
[programme]
source = "办法"
bar_years = 3
[[target_stage]]
source = "通知"
by = 2023-06-30
percent = 70
level = "county"
"""
"""A policy in which no key is left out."""

IMPOSSIBLE = {
    str: ("\ud800", "a\nb", "a\x00", " a ", "a" * 2_001),
    int: (0, -1, 10**7, 10**30, "7", 8.5),
    date: ("0001-01-01", "9999-12-31", "1984-12-31", "2100-01-01", "2023-02-30", 7),
    bool: ("yes", 1),
    Enum: ("no-such-word", 7),
    tuple: ("no list", 7),
    dict: ({"named": "no-such-command"}, 7),
}
"""Type of a field -> values that none of its kind may have."""


def kind_of(hint):
    """Return the key of IMPOSSIBLE for a field's type."""
    if get_origin(hint) is Annotated:
        return kind_of(hint.__origin__)
    if get_origin(hint) in {tuple, dict}:
        return get_origin(hint)
    if get_origin(hint) is Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
        return Enum
    if isinstance(hint, type):
        return dict if issubclass(hint, msgspec.Struct) else hint
    return next(kind_of(each) for each in get_args(hint) if each not in {type(None), msgspec.UnsetType})


def leaves(table, path=()):
    """Yield path and kind of every field of *table*, of the tables within it, and of what its lists hold."""
    hints = get_type_hints(type(table), include_extras=True)
    for name, key in zip(table.__struct_fields__, table.__struct_encode_fields__, strict=True):
        value = getattr(table, name)
        yield (*path, key), kind_of(hints[name])
        for nth, each in [(None, value)] if not isinstance(value, tuple) else enumerate(value):
            inner = (*path, key) if nth is None else (*path, key, nth)
            if isinstance(each, msgspec.Struct):
                yield from leaves(each, inner)
            elif nth is not None:
                yield inner, Enum if isinstance(each, Enum) else type(each)


FULL = policy_of(tomllib.loads(WHOLE))
LEAVES = list(leaves(FULL))


def changed(path, value):
    """Return the document of the whole policy with *value* in one place."""
    document = msgspec.json.decode(msgspec.json.encode(FULL))
    *way, last = path
    table = document
    for step in way:
        table = table[step]
    table[last] = value
    return document


def refused_at(document):
    """Return the place that a refused document's refusal names; None where it is taken."""
    try:
        policy_of(document)
    except BadPolicy as refusal:
        return refusal.place
    return None


def test_the_whole_policy_leaves_out_no_key_of_any_table():
    tables = [each for each in vars(policies).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    there = {type(FULL), *(type(table) for table in tables_in(FULL))}

    assert {t for t in tables if t not in {PolicyTable, policies.ReminderTable}} == there
    for table in [FULL, *tables_in(FULL)]:
        assert all(value not in (None, msgspec.UNSET, ()) for value in values(table)), table


def tables_in(table):
    for value in values(table):
        for each in value if isinstance(value, tuple) else [value]:
            if isinstance(each, msgspec.Struct):
                yield each
                yield from tables_in(each)


def values(table):
    return [getattr(table, name) for name in table.__struct_fields__]


@pytest.mark.parametrize(("path", "kind"), LEAVES, ids=[".".join(map(str, path)) for path, _ in LEAVES])
def test_an_impossible_value_of_any_field_is_refused_with_its_place(path, kind):
    for value in IMPOSSIBLE[kind]:
        if value == 0 and path[0] == "score":
            continue  # a component may weigh nothing
        assert refused_at(changed(path, value)).startswith(written(path)), value


def written(path):
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("to",), "2033-01-02", "to"),
        (("to",), "2022-12-31", "to"),
        (("in_force_from",), "2022-12-31", "in_force_from"),
        (("in_force_from",), "2024-01-01", "in_force_from"),
        (("province",), "140500", "province"),
        (("name",), "x" * 195, "name"),
        (("target", "basis"), ["city", "city"], "target.basis"),
        (("target", "basis"), [], "target.basis"),
        (("cycle", "province"), [], "cycle.province"),
        (("certificate_rule", 0, "years"), [], "certificate_rule[0].years"),
        (("bulletin", "due_day"), 29, "bulletin.due_day"),
        (("programme", "bar_years"), 100, "programme.bar_years"),
        (("sequential", "months"), 241, "sequential.months"),
        (("pairing", "visit_every_days"), 3661, "pairing.visit_every_days"),
        (("score", "ratio"), 70, "score"),
        (("target_stage", 0, "by"), "2024-01-01", "target_stage[0].by"),
        (("target_stage", 0, "level"), "province", "target_stage[0].level"),
        (("target_stage",), [{"by": "2023-06-30", "percent": 86}], "target_stage[0].percent"),
        (("target_stage",), [{"by": "2023-06-30", "percent": 70}, {"by": "2023-09-30", "percent": 60}], "target_stage[1].percent"),
        (("target_stage",), [{"by": "2023-06-30", "percent": 70}] * 2, "target_stage"),
        (("certificate_rule",), msgspec.to_builtins(FULL)["certificate_rule"] * 2, "certificate_rule"),
        (("title",), "\u202e攻坚", "title"),
        (("title",), "e\u0301", "title"),
    ],
)  # fmt: skip
def test_what_cannot_be_in_one_campaign_is_refused_with_its_place(path, value, place):
    assert refused_at(changed(path, value)) == place


def test_the_ends_of_what_is_possible_are_possible():
    for path, value in {
        ("to",): "2033-01-01",
        ("target", "percent"): 100,
        ("gate", 0, "on"): "2099-12-31",
        ("bulletin", "due_day"): 28,
        ("programme", "bar_years"): 99,
        ("sequential", "months"): 240,
        ("pairing", "visit_every_days"): 3660,
        ("target", "source"): "",
    }.items():
        assert refused_at(changed(path, value)) is None, path


def test_a_policy_made_in_python_is_judged_like_a_file():
    odd = msgspec.structs.replace(FULL, title="攻坚\n行动")

    for taken in (
        judged,
        load_policy,
        lambda each: c.OpenCampaign(campaign="campaign-x-2023", policy=each, on="2023-01-01"),
    ):
        with pytest.raises(BadPolicy) as refused:
            taken(odd)
        assert refused.value.place == "title"
    assert judged(FULL) == FULL


def test_the_stored_form_of_a_policy_is_what_it_was():
    """A rule beside a field's type changes nothing about how it is written and read."""
    assert msgspec.json.decode(msgspec.json.encode(FULL), type=Policy) == FULL
    odd = msgspec.json.encode(FULL).replace(b"2023-12-31", b"9999-12-31")
    assert msgspec.json.decode(odd, type=Policy).to == date.max
