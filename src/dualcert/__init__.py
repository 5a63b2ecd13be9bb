"""Books of dual certification (双认证): what was true, what was known when, from one append-only log.

This package has the names that a host needs: the registry and its answers, every command, the enums, rosters, sending,
and the refusals; plugins use `dualcert.reporting`. Names are loaded when first used, so importing the package is fast.
Type checkers read `__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module

_COMMANDS, _ERRORS = "dualcert.domain.commands", "dualcert.errors"
_MODULES = {
    _COMMANDS: "COMMANDS Command document_of parse",
    "dualcert.domain.receipt": "Receipt",
    "dualcert.fold": "KnownAt",
    "dualcert.people": "Directory Person",
    "dualcert.policy": "Policy load_policy",
    "dualcert.projections.answers": "Table",
    "dualcert.projections.books": "Books",
    "dualcert.projections.campaigns": "CampaignStatus",
    "dualcert.projections.certificates": "ApplicationStatus CertificateStatus LabStatus",
    "dualcert.projections.counties": "CountyStatus",
    "dualcert.projections.dispatches": "DispatchStatus",
    "dualcert.projections.due": "Due",
    "dualcert.projections.finding": "Finding Severity",
    "dualcert.projections.histories": "HistoryRow",
    "dualcert.projections.pairings": "PairingStatus",
    "dualcert.projections.plan_figures": "PlanFigures",
    "dualcert.projections.ratios": "Figures Ratios",
    "dualcert.projections.replays": "Replay",
    "dualcert.projections.risks": "Risk",
    "dualcert.projections.scores": "Score",
    "dualcert.registry": "Registry",
    "dualcert.rights": "Principal Rights",
    "dualcert.reporting.configuration": "Configuration load_configuration",
    "dualcert.reporting.erasing": "erase_person",
    "dualcert.reporting.planning": "plan_dispatches",
    "dualcert.reporting.plugins": "Plugins check_configured load_plugins",
    "dualcert.reporting.rendering": "Rendered render",
    "dualcert.reporting.requests": "new_request",
    "dualcert.reporting.sending": "Sender sender_of",
    "dualcert.roster": "How Imported ImportedAll Limits import_roster import_rosters",
    "dualcert.roster.handback": "HandedBack hand_back",
    "dualcert.roster.questions": "Question questions",
    "dualcert.schemas": "schema",
    "dualcert.store.copying": "copy_log",
    "dualcert.values.dates": "parse_date parse_moment",
    "dualcert.values.terms": (
        "Counting DispatchState DutyKind DutyState FindingKind Level Meeting Outcome Programme Purpose Resolution Right Role Route Scheme Standing State Support"
    ),
}
"""Module -> the names that this package takes from it, besides every command and every refusal."""
_NAMES = {name: module for module, names in _MODULES.items() for name in names.split()}


def _listed() -> dict[str, str]:
    """Return the module of every command and every refusal."""
    commands = {command.__name__: _COMMANDS for command in import_module(_COMMANDS).COMMANDS}
    return {**dict.fromkeys(import_module(_ERRORS).__all__, _ERRORS), **commands}


def __getattr__(name: str) -> object:
    if name == "__all__":
        return __dir__()
    if name == "__version__":
        from importlib.metadata import version

        return version("dualcert")
    module = _NAMES.get(name) or (_listed().get(name) if name[:1].isupper() or name == "shown" else None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return sorted({*_NAMES, *_listed(), "__version__"} - {"N_", "Phrase", "Translate"})
