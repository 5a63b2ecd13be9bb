"""Words that reach the reader from data and not from a sentence: no call marks them, so this list does.

States and levels are values of enums, and what a refusal expects or finds wrong is told by layers that
know no language. `_` looks all of them up when they are shown; written here, they are in the catalog.
"""

from __future__ import annotations

from dualcert.cli.language import N_

STATES = (
    N_("none"),
    N_("applied"),
    N_("assessed"),
    N_("approved"),
    N_("valid"),
    N_("suspended"),
    N_("expired"),
    N_("cancelled"),
    N_("revoked"),
)

LEVELS = (N_("province"), N_("city"), N_("county"), N_("zone"))

EXPECTED = (
    N_("a date YYYY-MM-DD"),
    N_("a time with its offset from UTC"),
    N_("a text"),
    N_("a list of texts"),
    N_("true or false"),
    N_("a version, counted from 1"),
    N_("another lab"),
    N_("a parameter that is not extended too"),
    N_("a policy (an object as in the policy file)"),
    N_("one of CMA, CATL"),
    N_("one of province, city, county"),
    N_("one of joint, sequential"),
    N_("one of first, renewal, scope"),
    N_("one of passed, failed, rectify"),
    N_("one of 省级, 市级, 县级"),
    N_("是 or 否"),
    N_("lab-DIVISION-N"),
    N_("county-CODE"),
    N_("campaign-NAME"),
    N_("lab-…, county-… or campaign-…"),
    N_("person-NAME, never a person's name"),
    N_("up to 100 visible ASCII characters"),
    N_("a division code of six digits"),
)
"""What a field should have been."""

PROBLEMS = (
    N_("is empty"),
    N_("its check digit is wrong"),
    N_("it has a character that such codes do not use"),
    N_("no visible sheet has the headers of a roster, such as 市 and 机构名称"),
    N_("small letters, digits and single hyphens only"),
    N_("names each counted level once, and at least one"),
    N_("is too small"),
    N_("write sqlite:///relative.db or sqlite:////absolute.db"),
    N_("it names no file"),
    N_("SQLite cannot be trusted on a network share; use PostgreSQL"),
    N_("not an SQLite file"),
    N_("it has no log"),
    N_("its first row opens no log"),
    N_("the server runs with fsync off"),
)
"""What is wrong with a text, a file or a store; problems that quote what they found stay as they are."""

WORDS = STATES + LEVELS + EXPECTED + PROBLEMS
