"""The mark of what overrides, for type checkers: at run time its library would take a tenth of the help's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["override"]

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method):  # noqa: ANN001, ANN201  as the library has it
        """Return the method as it is."""
        return method
