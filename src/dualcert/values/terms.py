"""The closed sets of words that commands and facts use."""

from __future__ import annotations

from enum import Enum, StrEnum


class Scheme(Enum):
    """The two certificates that Art. 48 of the Agricultural Product Quality and Safety Law asks for."""

    CMA = "CMA"
    """检验检测机构资质认定, granted by a market regulator."""
    CATL = "CATL"
    """农产品质量安全检测机构考核, granted by an agriculture department."""


SCHEMES = tuple(Scheme)
"""Both, in order: going through an enum itself takes ten times as long."""


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
    """The purpose of an application."""

    FIRST = "first"
    RENEWAL = "renewal"
    SCOPE = "scope"


class Outcome(Enum):
    """How an assessment (评审, 考核) ended."""

    PASSED = "passed"
    FAILED = "failed"
    RECTIFY = "rectify"


class Programme(Enum):
    """Who runs the programme of quality-and-safety counties 农产品质量安全县."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"


class Standing(Enum):
    """The standing of a county in a programme; after the last two only a new enrolment can follow."""

    CANDIDATE = "candidate"
    """创建"""
    NAMED = "named"
    """命名"""
    DELISTED = "delisted"
    """摘牌, from named"""
    CANDIDACY_CANCELLED = "candidacy-cancelled"
    """取消创建资格, from candidate"""


class Support(Enum):
    """The kinds of pairings 包联帮扶: who supports whom."""

    PROVINCE_CITY = "province-city"
    """省包市: a provincial lead for a city"""
    CITY_COUNTY = "city-county"
    """包联干部: a city lead for a county"""
    LAB_LAB = "lab-lab"
    """机构帮扶: a helper lab for a lab"""


class Role(Enum):
    """What a supporter is in the office that he or she comes from (「主要领导带头包联、班子成员」)."""

    PRINCIPAL = "principal"
    """主要领导"""
    LEADERSHIP = "leadership"
    """班子成员"""
    STAFF = "staff"
    """其他干部"""


class Meeting(Enum):
    """What happens every month in every city: 一月一调度、一月一会商、一月一指导."""

    DISPATCH = "dispatch"
    """调度"""
    CONSULTATION = "consultation"
    """会商"""
    GUIDANCE = "guidance"
    """指导"""


class State(Enum):
    """The state of a lab in one scheme on one day."""

    NONE = "none"
    APPLIED = "applied"
    ASSESSED = "assessed"
    APPROVED = "approved"
    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REVOKED = "revoked"


class Counting(StrEnum):
    """Why a certificate counts: it is valid, or a switch of the policy lets it count."""

    VALID = "valid"
    SUSPENDED = "suspended-counts"
    PENDING_RENEWAL = "pending-renewal-counts"


class DispatchState(Enum):
    """The state of a dispatch."""

    PLANNED = "planned"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """To be tried again."""
    REFUSED = "refused"
    """Another attempt would not help."""
    UNKNOWN = "unknown"
    """Perhaps delivered: it is never sent again automatically."""
    ABANDONED = "abandoned"


class Resolution(Enum):
    """A person's decision about a dispatch of unknown delivery."""

    DELIVERED = "delivered"
    SEND_AGAIN = "send-again"


class DutyKind(StrEnum):
    """The kinds of duties: what the notice asks somebody to do; docs/duties.md has each. One equals its text."""

    GATE = "gate"
    PLAN = "plan"
    MEASURE = "measure"
    MEETING = "meeting"
    SUMMARY = "summary"
    HIGHLIGHT = "highlight"
    BULLETIN = "bulletin"
    EXEMPLARS = "exemplars"
    COVER = "cover"
    VISIT = "visit"
    PROGRESS_REPORT = "progress-report"
    PROBLEM = "problem"
    RENEWAL = "renewal"
    RECTIFICATION = "rectification"
    NEXT_STEP = "next-step"
    DIFFICULTY = "difficulty"


class DutyState(StrEnum):
    """Where a duty is on a day."""

    NOT_YET_OWED = "not-yet-owed"
    OPEN = "open"
    OVERDUE = "overdue"
    DONE_IN_TIME = "done-in-time"
    DONE_LATE = "done-late"
    LAPSED = "lapsed"
    """Its ground is gone: the county passes, the pairing ended, the lab or the campaign closed, a decision settled it."""


class Right(StrEnum):
    """What somebody may do where rights are on: record facts of one kind, decide, send, read people, give rights."""

    LABS = "labs"
    """Record facts of labs, with their applications and certificates."""
    COUNTIES = "counties"
    """Record facts of counties and their plans, but decisions about their standing."""
    PAIRINGS = "pairings"
    CAMPAIGNS = "campaigns"
    GATES = "gates"
    """Decide about a county's standing: name it, delist it, cancel its candidacy; retract and correct such decisions."""
    DISPATCHES = "dispatches"
    """Plan messages, send them, and decide what became of them."""
    PEOPLE = "people"
    """Read and change the directory of people."""
    RIGHTS = "rights"
    """Give and withdraw rights."""


class FindingKind(StrEnum):
    """The kinds of findings; docs/findings.md says what each means. One equals its text."""

    GATE = "gate"
    DECISION_CONTRADICTED = "decision-contradicted"
    NUMBER_SHARED = "number-shared"
    LAB_TWICE = "lab-twice"
    LAB_GONE = "lab-gone"
    ENROLLED_TOO_EARLY = "enrolled-too-early"
    PLAN_MISSING = "plan-missing"
    PLAN_LATE = "plan-late"
    PLAN_ISSUER = "plan-issuer"
    MEASURE_LATE = "measure-late"
    CYCLE_MISSING = "cycle-missing"
    SUMMARY_MISSING = "summary-missing"
    HIGHLIGHT_MISSING = "highlight-missing"
    BULLETIN_MISSING = "bulletin-missing"
    BULLETIN_ISSUER = "bulletin-issuer"
    UNCOVERED = "uncovered"
    HELPER_NOT_DUAL = "helper-not-dual"
    UNVISITED = "unvisited"
    UNREPORTED = "unreported"
    PROBLEM_OPEN = "problem-open"
    NONE_DESIGNATED = "none-designated"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    RECTIFICATION_DUE = "rectification-due"
    STALLED = "stalled"
    DIFFICULTY_OPEN = "difficulty-open"
    EXEMPLARS_MISSING = "exemplars-missing"
    EXEMPLAR_UNFIT = "exemplar-unfit"


WORDS: tuple[type[Enum], ...] = (
    Level,
    Route,
    Purpose,
    Outcome,
    Programme,
    Standing,
    Support,
    Role,
    Meeting,
    State,
    DispatchState,
    Resolution,
    Counting,
    DutyKind,
    DutyState,
    FindingKind,
)
"""The sets whose words are translated; CMA and CATL are called so in every language."""
