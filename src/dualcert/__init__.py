"""Books of dual certification (双认证): what was true, what was known when, from one append-only log.

Names are loaded when first used, so that importing the package does no work.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dualcert.domain.commands import (
        AcceptApplication as AcceptApplication,
    )
    from dualcert.domain.commands import (
        AmendCertificate as AmendCertificate,
    )
    from dualcert.domain.commands import (
        AmendLab as AmendLab,
    )
    from dualcert.domain.commands import (
        AmendPolicy as AmendPolicy,
    )
    from dualcert.domain.commands import (
        CancelCertificate as CancelCertificate,
    )
    from dualcert.domain.commands import (
        ChangeScope as ChangeScope,
    )
    from dualcert.domain.commands import (
        CloseCampaign as CloseCampaign,
    )
    from dualcert.domain.commands import (
        CloseLab as CloseLab,
    )
    from dualcert.domain.commands import (
        Command as Command,
    )
    from dualcert.domain.commands import (
        CorrectFact as CorrectFact,
    )
    from dualcert.domain.commands import (
        DesignateLab as DesignateLab,
    )
    from dualcert.domain.commands import (
        GrantCertificate as GrantCertificate,
    )
    from dualcert.domain.commands import (
        OpenCampaign as OpenCampaign,
    )
    from dualcert.domain.commands import (
        RecordApproval as RecordApproval,
    )
    from dualcert.domain.commands import (
        RecordAssessment as RecordAssessment,
    )
    from dualcert.domain.commands import (
        RefuseApplication as RefuseApplication,
    )
    from dualcert.domain.commands import (
        RegisterLab as RegisterLab,
    )
    from dualcert.domain.commands import (
        ReinstateCertificate as ReinstateCertificate,
    )
    from dualcert.domain.commands import (
        ReleaseLab as ReleaseLab,
    )
    from dualcert.domain.commands import (
        RenewCertificate as RenewCertificate,
    )
    from dualcert.domain.commands import (
        RetractFact as RetractFact,
    )
    from dualcert.domain.commands import (
        RevokeCertificate as RevokeCertificate,
    )
    from dualcert.domain.commands import (
        SuspendCertificate as SuspendCertificate,
    )
    from dualcert.errors import Conflict as Conflict
    from dualcert.errors import DualcertError as DualcertError
    from dualcert.errors import Refused as Refused
    from dualcert.policy import Policy as Policy
    from dualcert.policy import load_policy as load_policy
    from dualcert.registry import Receipt as Receipt
    from dualcert.registry import Registry as Registry

_HOMES = {
    "dualcert.domain.commands": (
        "AcceptApplication",
        "AmendCertificate",
        "AmendLab",
        "AmendPolicy",
        "CancelCertificate",
        "ChangeScope",
        "CloseCampaign",
        "CloseLab",
        "Command",
        "CorrectFact",
        "DesignateLab",
        "GrantCertificate",
        "OpenCampaign",
        "RecordApproval",
        "RecordAssessment",
        "RefuseApplication",
        "RegisterLab",
        "ReinstateCertificate",
        "ReleaseLab",
        "RenewCertificate",
        "RetractFact",
        "RevokeCertificate",
        "SuspendCertificate",
    ),
    "dualcert.errors": ("Conflict", "DualcertError", "Refused"),
    "dualcert.policy": ("Policy", "load_policy"),
    "dualcert.registry": ("Receipt", "Registry"),
}

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605  the list above, sorted


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
