"""The shell: parse, hand over, print. The only place that knows exit statuses."""

from __future__ import annotations


def main() -> None:
    """Run the program and exit with its status."""
    from dualcert.cli.program import run

    raise SystemExit(run())
