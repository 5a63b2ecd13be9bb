"""Published forms: each is recorded as its row in `published_forms` says, and what is not recorded is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from published_forms import FORMS, LEDGER
from sheet_files import written

from dualcert import Registry
from dualcert.domain.names import stored_name
from dualcert.errors import BadRoster
from dualcert.policy import load_policy, policy_of
from dualcert.roster import import_roster
from dualcert.testing import Clock

pytestmark = pytest.mark.usefixtures("read_here")

# --- what came of it, as text ----------------------------------------------------------------------

WORDS = {
    "lab.registered": lambda _: "new",
    "lab.amended": lambda f: "; ".join(
        f"{'called' if name == 'name' else name} {getattr(f.fact, name)} {f.on}"
        for name in ("name", "level", "division", "credit_code", "counted")
        if getattr(f.fact, name) is not None
    ),
    "lab.closed": lambda f: f"closed {f.on}",
    "lab.certificate-granted": lambda f: _period(f.fact, f.fact.scheme.value),
    "lab.certificate-renewed": lambda f: _period(f.fact, f"{f.fact.scheme.value} renewed"),
    "county.enrolled": lambda f: f"{f.fact.programme.value} {f.fact.batch} {f.fact.standing.value} {f.on}",
    "county.lab-designated": lambda _: "",
    "pairing.assigned": lambda f: f"since {f.on}",
}
"""Stored name -> how a fact is written here; the designation that comes with a county's lab is left out."""


def _period(fact, what):
    return f"{what} {fact.number} {fact.granted_on}/{fact.valid_until}"


def _word(name, entry):
    if name in WORDS:
        return WORDS[name](entry)
    kind, _, what = name.partition(".")
    if kind == "lab":
        return f"{entry.fact.scheme.value} {what.removeprefix('certificate-')} {entry.on}"
    return f"{what} {entry.on}"


def recorded(books, since):
    """Return what was recorded after a position, a line for each subject."""
    view, lines = books.view(), []
    for stream in view.streams.by_id:
        entries = [entry for entry in view.entries(stream) if entry.position > since]
        words = [word for entry in entries if (word := _word(stored_name(entry.fact), entry))]
        if words:
            lines.append(f"{_subject(view, stream)}: {'; '.join(words)}")
    return sorted(lines)


def _subject(view, stream):
    kind = stream.partition("-")[0]
    if kind == "lab":
        details = view.lab(stream).details[-1][1]
        return f"{details.name} ({details.division})"
    if kind == "pairing":
        pairing = view.pairing(stream)
        return f"{_called(view, pairing.supporter)} → {_called(view, pairing.target)}"
    return f"{view.divisions.by_code[stream.removeprefix('county-')].name} ({stream.removeprefix('county-')})"


def _called(view, who):
    if who.startswith("person-"):
        return who
    if who.startswith("lab-"):
        return view.lab(who).details[-1][1].name
    return view.divisions.by_code[who.removeprefix("county-")].name


def aside(done):
    """Return what an import tells beside its findings."""
    told = done.to_dict()
    return [
        *([f"unread {', '.join(told['unread'])}"] if told["unread"] else []),
        *(f"skipped {each['row']} {each['why']}" for each in told["skipped"]),
        *(f"remark {each['row']} {each['code']}@{each['column']}" for each in told["remarks"]),
        *([f"unchanged {done.unchanged}"] if done.unchanged else []),
    ]


# --- the forms -------------------------------------------------------------------------------------


def opened(province):
    """Return books of *province* with a campaign like Shanxi's, in 2026."""
    document = msgspec.to_builtins(load_policy("shanxi-2023"))
    clock = Clock(datetime(2026, 1, 15, 4, tzinfo=UTC))
    return Registry.open(":memory:", policy=policy_of({**document, "province": province}), clock=clock)


def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def options(text):
    found = dict(each.partition("=")[::2] for each in text.split())
    return {name: date.fromisoformat(value) if value else True for name, value in found.items()}


def told(books, form, folder):
    """Return what comes of a form: facts, findings, what is told beside them, and the refusal of the whole sheet."""
    since, found = books.view().position, {"findings": [], "aside": [], "refused": ""}
    try:
        done = import_roster(books, written(folder, form.sheet, form.file), **options(form.options))
    except BadRoster as refusal:
        found["refused"] = " ".join([refusal.code, *getattr(refusal, "columns", ())])
    else:
        found["findings"] = [f"{f['row']} {f['code']}@{f['column']}" for f in done.to_dict()["findings"]]
        found["aside"] = aside(done)
    return {"facts": recorded(books, since), **found}


@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
def test_a_published_form_is_recorded_as_it_is_meant_and_the_rest_is_told(tmp_path, form):
    with opened(form.province) as books:
        if form.before:
            known = import_roster(books, written(tmp_path, LEDGER + "\n".join(lines(form.before))), kind="labs")
            assert known.findings == []

        assert told(books, form, tmp_path) == {
            "facts": sorted(lines(form.facts)),
            "findings": lines(form.findings),
            "aside": lines(form.aside),
            "refused": form.refused,
        }


def test_the_forms_are_many_and_from_many_provinces():
    assert len(FORMS) >= 40
    assert len({form.province for form in FORMS}) >= 10
    assert len({form.name for form in FORMS}) == len(FORMS)
