"""Words that reach the reader from data and not from a sentence: no call marks them, so this list does.

States and levels are values of enums, and what a refusal expects or finds wrong is told by layers that
know no language. `_` looks all of them up when they are shown; written here, they are in the catalog.
"""

from __future__ import annotations

from dualcert.cli.language import N_, _

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

STANDINGS = (
    N_("candidate"),
    N_("named"),
    N_("delisted"),
    N_("candidacy-cancelled"),
    N_("national"),
    N_("provincial"),
    N_("delist-county"),
    N_("cancel-candidacy"),
)

PAIRINGS = (N_("province-city"), N_("city-county"), N_("lab-lab"))

MEETINGS = (N_("dispatch"), N_("consultation"), N_("guidance"))

SEVERITIES = (N_("high"), N_("medium"), N_("low"))

FINDINGS = (
    N_("gate"),
    N_("decision-contradicted"),
    N_("number-shared"),
    N_("lab-gone"),
    N_("plan-missing"),
    N_("plan-late"),
    N_("plan-issuer"),
    N_("measure-late"),
    N_("cycle-missing"),
    N_("summary-missing"),
    N_("uncovered"),
    N_("none-designated"),
    N_("unvisited"),
    N_("expiring"),
    N_("expired"),
    N_("difficulty-open"),
    N_("exemplars-missing"),
)

COMPONENTS = (N_("ratio"), N_("plans"), N_("cycle"), N_("visits"), N_("summaries"))

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
    N_("pairing-KIND-SUPPORTER-TARGET-N"),
    N_("lab-…, county-…, pairing-… or campaign-…"),
    N_("stream@version"),
    N_("small letters, digits and single hyphens"),
    N_("a month YYYY-MM"),
    N_("a month that has begun on that day"),
    N_("a batch, counted from 1"),
    N_("an item, counted from 1"),
    N_("a position, counted from 1"),
    N_("problem, measure, responsible and due"),
    N_("a list of items, at least one"),
    N_("an e-mail address"),
    N_("one of national, provincial"),
    N_("one of candidate, named"),
    N_("one of province-city, city-county, lab-lab"),
    N_("one of dispatch, consultation, guidance"),
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
    N_("names nobody"),
    N_("only candidates and named counties have a standing to lose"),
    N_("a named county is delisted, a candidate's candidacy is cancelled"),
    N_("names each kind of meeting once, and at least one"),
    N_("write sqlite:///relative.db or sqlite:////absolute.db"),
    N_("it names no file"),
    N_("SQLite cannot be trusted on a network share; use PostgreSQL"),
    N_("not an SQLite file"),
    N_("it has no log"),
    N_("its first row opens no log"),
    N_("the server runs with fsync off"),
)
"""What is wrong with a text, a file or a store; problems that quote what they found stay as they are."""

TERMS = (
    N_("joint"),
    N_("sequential"),
    N_("first"),
    N_("renewal"),
    N_("scope"),
    N_("passed"),
    N_("failed"),
    N_("rectify"),
    N_("county-government"),
    N_("delivered"),
    N_("send-again"),
    N_("abandoned"),
)
"""Codes that stand in facts."""

FIELDS = (
    N_("answer"),
    N_("as_of"),
    N_("attempt"),
    N_("batch"),
    N_("channel"),
    N_("counted"),
    N_("credit_code"),
    N_("division"),
    N_("evidence"),
    N_("extended"),
    N_("final"),
    N_("granted_on"),
    N_("holder"),
    N_("issuer"),
    N_("item"),
    N_("items"),
    N_("level"),
    N_("merged_into"),
    N_("milestone"),
    N_("month"),
    N_("note"),
    N_("number"),
    N_("outcome"),
    N_("policy"),
    N_("problem"),
    N_("purpose"),
    N_("reason"),
    N_("receipt"),
    N_("rectify_by"),
    N_("reduced"),
    N_("replaced_by"),
    N_("resolution"),
    N_("route"),
    N_("scheme"),
    N_("scope_parameters"),
    N_("valid_until"),
)
"""Fields of facts; those that are words elsewhere stand there."""

NOT_LEVELS = {"city": N_("city code"), "county": N_("county id")}
"""Fields whose names are also those of levels."""

CODES = frozenset(STATES + STANDINGS + PAIRINGS + MEETINGS + LEVELS + TERMS)


def titled(field: str) -> str:
    """Return the name of a fact's field as the reader's word."""
    return _(NOT_LEVELS.get(field, field))


def coded(value: str) -> str:
    """Return a code of a fact as the reader's word; any other text as it is."""
    return _(value) if value in CODES else value


WORDS = (
    STATES
    + STANDINGS
    + PAIRINGS
    + MEETINGS
    + SEVERITIES
    + FINDINGS
    + COMPONENTS
    + LEVELS
    + TERMS
    + FIELDS
    + EXPECTED
    + PROBLEMS
)
