"""Evidence: the facts, as `stream@version`, that make an answer what it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dualcert.domain import certificate
from dualcert.domain.entry import AnyEntry, standing
from dualcert.domain.lab import LAB, Lab, LabRegistered
from dualcert.policy import Target
from dualcert.projections.certificates import counts
from dualcert.projections.counties import CountyOnDay
from dualcert.projections.view import View
from dualcert.values.terms import Scheme

PERIODS = frozenset({certificate.CertificateGranted, certificate.CertificateRenewed})
CHANGES = frozenset(
    {
        certificate.CertificateSuspended,
        certificate.CertificateReinstated,
        certificate.CertificateCancelled,
        certificate.CertificateRevoked,
    }
)


def of_certificate(view: View, lab: str, scheme: Scheme, day: date) -> tuple[str, ...]:
    """Return the facts that say where *scheme* of *lab* stands on *day*.

    The last grant or renewal by then, and the last thing that came upon it; the lab's registration where
    nothing was ever granted.
    """
    by_then = [e for e in standing(view.entries(lab)) if e.on <= day]
    own = sorted((e for e in by_then if _is_about(e, scheme)), key=lambda e: (e.on, LAB.rank[type(e.fact)]))
    periods = [e for e in own if type(e.fact) in PERIODS]
    if not periods:
        return tuple(e.id for e in by_then if type(e.fact) is LabRegistered)
    since = [e for e in own[own.index(periods[-1]) :] if type(e.fact) in CHANGES]
    return tuple(e.id for e in (periods[-1], *since[-1:]))


def _is_about(entry: AnyEntry, scheme: Scheme) -> bool:
    kind = type(entry.fact)
    return (kind in PERIODS or kind in CHANGES) and entry.fact.scheme is scheme


def of_lab(view: View, lab: str, read: Lab, day: date, target: Target) -> tuple[str, ...]:
    """Return the facts that make *lab* dual-certified on *day*, or those of the certificates that lack."""
    lacking = [scheme for scheme in Scheme if not counts(read.timeline(scheme), day, target)]
    return distinct(id_ for scheme in lacking or Scheme for id_ in of_certificate(view, lab, scheme, day))


def of_county(view: View, county: CountyOnDay, day: date, target: Target) -> tuple[str, ...]:
    """Return the facts that make a county pass on *day* or not: its designations and its labs' certificates."""
    designated = (f"{county.county}@{d.version}" for d in county.read.designations if d.covers(day))
    labs = (id_ for lab, read in county.labs.items() for id_ in of_lab(view, lab, read, day, target))
    return distinct([*designated, *labs])


def distinct(ids: Iterable[str]) -> tuple[str, ...]:
    """Return *ids* in their order, each once."""
    return tuple(dict.fromkeys(ids))
