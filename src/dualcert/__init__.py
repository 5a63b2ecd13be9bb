"""Books of dual certification (双认证): what was true, what was known when, from one append-only log.

Names are loaded when first used, so that importing the package does no work. The refusals that callers
catch by class are in `dualcert.errors`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dualcert.domain.commands import (
        AcceptApplication,
        AmendCertificate,
        AmendLab,
        AmendPolicy,
        AnswerDifficulty,
        AssignPairing,
        CancelCandidacy,
        CancelCertificate,
        ChangeScope,
        CloseCampaign,
        CloseLab,
        Command,
        CompleteMeasure,
        CorrectFact,
        DelistCounty,
        DesignateLab,
        EndPairing,
        EnrolCounty,
        GrantCertificate,
        HoldMeeting,
        IdentifyProblem,
        IssueBulletin,
        IssuePlan,
        NameCounty,
        OpenCampaign,
        RecordApproval,
        RecordAssessment,
        RecordVisit,
        RefuseApplication,
        RegisterLab,
        ReinstateCertificate,
        ReleaseLab,
        RenewCertificate,
        ReportDifficulty,
        ReportHighlight,
        ReportProgress,
        ResolveProblem,
        RetractFact,
        RevokeCertificate,
        SelectExemplar,
        SubmitPlan,
        SubmitSummary,
        SuspendCertificate,
        WithdrawExemplar,
    )
    from dualcert.errors import Conflict, DualcertError, Refused
    from dualcert.policy import Policy, load_policy
    from dualcert.registry import Receipt, Registry

__all__ = [
    "AcceptApplication",
    "AmendCertificate",
    "AmendLab",
    "AmendPolicy",
    "AnswerDifficulty",
    "AssignPairing",
    "CancelCandidacy",
    "CancelCertificate",
    "ChangeScope",
    "CloseCampaign",
    "CloseLab",
    "Command",
    "CompleteMeasure",
    "Conflict",
    "CorrectFact",
    "DelistCounty",
    "DesignateLab",
    "DualcertError",
    "EndPairing",
    "EnrolCounty",
    "GrantCertificate",
    "HoldMeeting",
    "IdentifyProblem",
    "IssueBulletin",
    "IssuePlan",
    "NameCounty",
    "OpenCampaign",
    "Policy",
    "Receipt",
    "RecordApproval",
    "RecordAssessment",
    "RecordVisit",
    "RefuseApplication",
    "Refused",
    "RegisterLab",
    "Registry",
    "ReinstateCertificate",
    "ReleaseLab",
    "RenewCertificate",
    "ReportDifficulty",
    "ReportHighlight",
    "ReportProgress",
    "ResolveProblem",
    "RetractFact",
    "RevokeCertificate",
    "SelectExemplar",
    "SubmitPlan",
    "SubmitSummary",
    "SuspendCertificate",
    "WithdrawExemplar",
    "load_policy",
]

_COMMANDS = "dualcert.domain.commands"
_ELSEWHERE = {
    "Conflict": "dualcert.errors",
    "DualcertError": "dualcert.errors",
    "Refused": "dualcert.errors",
    "Policy": "dualcert.policy",
    "load_policy": "dualcert.policy",
    "Receipt": "dualcert.registry",
    "Registry": "dualcert.registry",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE.get(name, _COMMANDS)), name)
