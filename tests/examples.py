"""Where the examples are, and what an import found."""

from __future__ import annotations

from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
SHANXI = EXAMPLES / "shanxi-2023"
ROSTERS = EXAMPLES / "rosters"


def found(done):
    """Return what an import found: row, column, code."""
    return [(f["row"], f["column"], f["code"]) for f in done.to_dict()["findings"]]
