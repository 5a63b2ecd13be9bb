"""Printing of `status`: one table for each kind of row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.names import PersonText
from dualcert.cli.output import print_table


def print_statuses(rows: Sequence[dict[str, Any]], names: PersonText) -> None:
    """Print rows of `status`, each kind in a table of its own."""
    pairings = [row for row in rows if "pairing" in row]
    campaigns = [row for row in rows if "campaign" in row]
    counties = [row for row in rows if "county" in row]
    labs = [row for row in rows if "lab" in row]
    if labs or not rows:
        headers = (N_("lab"), N_("name"), "CMA", N_("until"), "CATL", N_("until"), N_("dual"), N_("since"))
        print_table(headers, [_lab(row) for row in labs])
    if counties:
        county_headers = (N_("county id"), N_("name"), N_("passes"), N_("lab"), N_("programmes"), N_("plan"))
        print_table(county_headers, [_county(row) for row in counties])
    if pairings:
        pairing_headers = (N_("kind"), N_("supporter"), N_("target"), N_("since"), N_("visits"), N_("last"), N_("open"))
        print_table(pairing_headers, [_pairing(row, names) for row in pairings])
    for row in campaigns:
        _print_campaign(row)


def _lab(row: dict[str, Any]) -> list[Any]:
    cma, catl = row["cma"], row["catl"]
    certificates = [_(cma["state"]), cma["valid_until"], _(catl["state"]), catl["valid_until"]]
    return [row["lab"], row["name"], *certificates, row["dual"], row["dual_since"]]


def _county(row: dict[str, Any]) -> list[Any]:
    programmes = ("{} {} {}".format(_(p["programme"]), p["batch"], _(p["standing"])) for p in row["programmes"])
    return [
        row["county"],
        row["name"],
        row["passes"],
        " ".join(row["labs"]),
        _(", ").join(programmes),
        _plan(row["plan"]),
    ]


def _plan(plan: dict[str, Any] | None) -> str:
    if plan is None:
        return ""
    done = plan["items"] - len(plan["open_items"])
    template = _("issued {issued_on}, handed in {submitted_on}, {done} of {items} done")
    return template.format(**plan | {"submitted_on": plan["submitted_on"] or "—"}, done=done)


def _pairing(row: dict[str, Any], names: PersonText) -> list[Any]:
    who = [_(row["kind"]), names(row["supporter"]), row["target"], row["since"]]
    return [*who, row["visits"], row["last_visit"], " ".join(row["open_problems"])]


def _print_campaign(row: dict[str, Any]) -> None:
    click.echo(f"{row['campaign']}: {row['title']} ({row['policy']})")
    click.echo(_("examples: {counties}").format(counties=" ".join(row["exemplars"]) or "—"))
    lines = [
        *([m["on"], m["city"], _(m["kind"]), " ".join(filter(None, (m["month"], m["note"])))] for m in row["meetings"]),
        *([s["on"], s["city"], _("summary"), s["milestone"]] for s in row["summaries"]),
        *([h["on"], h["city"], _("highlight"), h["note"]] for h in row["highlights"]),
        *([d["on"], d["city"], _("difficulty"), _difficulty(d)] for d in row["difficulties"]),
        *([b["on"], "", _("bulletin"), _bulletin(b)] for b in row["bulletins"]),
    ]
    print_table((N_("on"), N_("city code"), N_("kind"), N_("what")), sorted(lines, key=lambda line: str(line[:2])))


def _bulletin(row: dict[str, Any]) -> str:
    told = (row["month"], row["issuer"], row["number"], _("; ").join(row["recipients"]), row["sha256"])
    return " ".join(filter(None, told))


def _difficulty(row: dict[str, Any]) -> str:
    answered = _("answered {on}").format(on=row["answered_on"]) if row["answered_on"] else _("open")
    return f"{row['note']} ({row['item']}, {answered})"
