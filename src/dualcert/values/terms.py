"""The closed sets of words that commands and facts use."""

from __future__ import annotations

from enum import Enum


class Scheme(Enum):
    """The two certificates that Art. 48 of the Agricultural Product Quality and Safety Law asks for."""

    CMA = "CMA"
    """检验检测机构资质认定, granted by a market regulator."""
    CATL = "CATL"
    """农产品质量安全检测机构考核, granted by an agriculture department."""


class Level(Enum):
    """The level of a lab, and of the division that it belongs to."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class Route(Enum):
    """How a lab applies for its two certificates."""

    JOINT = "joint"
    """二合一: one assessment, two certificates."""
    SEQUENTIAL = "sequential"
    """CMA first, CATL after at least three months of work."""


class Purpose(Enum):
    """What an application asks for."""

    FIRST = "first"
    RENEWAL = "renewal"
    SCOPE = "scope"


class Outcome(Enum):
    """How an assessment (评审, 考核) ended."""

    PASSED = "passed"
    FAILED = "failed"
    RECTIFY = "rectify"


class State(Enum):
    """Where a lab stands with one scheme on one day."""

    NONE = "none"
    APPLIED = "applied"
    ASSESSED = "assessed"
    APPROVED = "approved"
    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
