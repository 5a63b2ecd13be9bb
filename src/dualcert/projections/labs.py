"""Labs on a day: those active in the policy's province, whether they are counted, the certificates that they lack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from dualcert.domain.lab import Details, Lab
from dualcert.policy import Policy, Target
from dualcert.projections.certificates import counting
from dualcert.projections.view import View
from dualcert.values.terms import Level, Scheme

CMA, CATL = Scheme.CMA, Scheme.CATL

LACKING: dict[tuple[bool, bool], tuple[Scheme, ...]] = {
    (True, True): (),
    (True, False): (CATL,),
    (False, True): (CMA,),
    (False, False): (CMA, CATL),
}
"""Whether CMA and CATL count -> the schemes whose certificate is lacking."""


@frozen
class LabOnDay:
    """An active lab of the province on one day; `counted` in the policy's basis, `lacking` by its switches."""

    lab: str
    state: Lab
    details: Details
    counted: bool
    lacking: tuple[Scheme, ...]

    @property
    def home(self) -> tuple[str, str]:
        """The code of the lab's division, and the lab's name."""
        return self.details.division, self.details.name

    @property
    def dual(self) -> bool:
        """Whether both certificates count."""
        return not self.lacking


def lacking(lab: Lab, day: date, target: Target) -> tuple[Scheme, ...]:
    """Return the schemes whose certificate does not count on *day* by the policy's switches."""
    return LACKING[counting(lab.cma, day, target) is not None, counting(lab.catl, day, target) is not None]


def labs_on(view: View, day: date, policy: Policy) -> Iterator[LabOnDay]:
    """Yield every lab that is active on *day* and at home in the policy's province, in order of id.

    Counted is one whose level is in the policy's basis and which is marked as counted.
    """
    basis: frozenset[Level] = frozenset(policy.target.basis)
    inside: dict[str, bool] = {}
    for id_, lab in view.labs():
        details = lab.details_on(day)
        if details is None or not lab.active(day):
            continue
        code = details.division
        if code not in inside:
            inside[code] = view.divisions.contains(policy.province, code)
        if inside[code]:
            counted = details.counted and details.level in basis
            yield LabOnDay(id_, lab, details, counted, lacking(lab, day, policy.target))
