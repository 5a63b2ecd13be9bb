"""Which lab of the books a row without a unit is about: lists of ends often have numbers and names alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from attrs import define

from dualcert.domain.lab import Details, Lab
from dualcert.projections.view import View
from dualcert.roster.columns import certificate_field
from dualcert.roster.layout import SheetRow
from dualcert.roster.rows import Reader
from dualcert.units import plain
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import SCHEMES

UNIT = ("division", "city", "county")


@define(slots=False)
class KnownLabs:
    """The labs of the province, by what a row may call them."""

    view: View
    province: str

    def named(self, reader: Reader, row: SheetRow) -> list[str]:
        """Return the labs that the row's numbers of certificates belong to, else those that have or had its name.

        Labs that are closed are returned where no open one is found.
        """
        numbers = (reader.text(row, certificate_field(scheme, "number")) for scheme in SCHEMES)
        found = {lab for number in numbers if number for lab in self._numbers.get(canonical_number(number), ())}
        name = reader.text(row, "name")
        if not found and name:
            found = self._names.get(plain(name), set())
        return sorted(lab for lab in found if self.view.lab(lab).closed_on is None) or sorted(found)

    def details(self, lab: str) -> Details:
        """Return what the lab is at last."""
        return self.view.lab(lab).details[-1][1]

    def _labs(self) -> Iterator[tuple[str, Lab]]:
        for lab, state in self.view.labs():
            if self.view.divisions.contains(self.province, state.details[-1][1].division):
                yield lab, state

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for lab, state in self._labs():
            for _, details in state.details:
                found.setdefault(plain(details.name), set()).add(lab)
        return found

    @cached_property
    def _numbers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for lab, state in self._labs():
            for timeline in (state.cma, state.catl):
                for number in timeline.numbers:
                    found.setdefault(canonical_number(number), set()).add(lab)
        return found
