"""Ids of streams and people: readable, natural, and their only forms."""

from __future__ import annotations

import re

from dualcert.languages import N_

FORMS = {
    "lab": (re.compile(r"lab-(\d{6})-[1-9]\d{0,5}", re.ASCII), N_("lab-DIVISION-N")),
    "county": (re.compile(r"county-(\d{6})", re.ASCII), N_("county-CODE")),
    "campaign": (re.compile(r"campaign-[a-z0-9]+(-[a-z0-9]+)*", re.ASCII), N_("campaign-NAME")),
    "pairing": (
        re.compile(r"pairing-(province-city|city-county|lab-lab)-[a-z0-9]+(-[a-z0-9]+)*-[1-9]\d*", re.ASCII),
        N_("pairing-KIND-SUPPORTER-TARGET-N"),
    ),
    "fact": (re.compile(r"(lab|county|campaign|pairing)(-[a-z0-9]+)+@[1-9]\d*", re.ASCII), N_("stream@version")),
    "item": (re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII), N_("small letters, digits and single hyphens")),
    "dispatch": (re.compile(r"dispatch-[0-9a-f]{32}", re.ASCII), "dispatch-HASH"),
    "sha256": (re.compile(r"[0-9a-f]{64}", re.ASCII), N_("a SHA-256 in hexadecimal")),
    "person": (
        re.compile(r"(?!(lab|county|pairing|campaign|dispatch|log)-)[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII),
        N_("person-NAME, never a person's name"),
    ),
    "command": (re.compile(r"[!-~]{1,100}", re.ASCII), N_("up to 100 visible ASCII characters")),
    "division": (re.compile(r"\d{6}", re.ASCII), N_("a division code of six digits")),
}
"""Kind of id -> its form as a pattern, and in words. People are opaque: their names are in no log."""

ID_LIMIT = 200
"""Characters; a pairing's id holds those of the two that it pairs."""


def is_id(kind: str, text: str) -> bool:
    """Return whether *text* is an id of *kind*."""
    return len(text) <= ID_LIMIT and FORMS[kind][0].fullmatch(text) is not None


def kind_of(stream: str) -> str:
    """Return the kind of a stream from its id: lab, county, pairing, campaign, dispatch, log."""
    return stream.partition("-")[0]


def division_of(stream: str) -> str:
    """Return the division code that a lab's or county's id begins with."""
    return stream.split("-")[1]
