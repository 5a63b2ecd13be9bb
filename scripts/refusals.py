"""Compare the table of codes in docs/refusals.md with the classes of `dualcert.errors`; `--write` writes it down."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from dualcert import errors
from dualcert.cli.program import status_of

PAGE = Path(__file__).parent.parent / "docs" / "refusals.md"
HEAD = "| code | category | status | message | fields |\n|---|---|---|---|---|\n"


def classes() -> list[type[errors.DualcertError]]:
    """Return the classes that have a code of their own, in order of the code."""
    named = (getattr(errors, name) for name in errors.__all__)
    found = [each for each in named if isinstance(each, type) and issubclass(each, errors.DualcertError)]
    return sorted((each for each in found if "code" in vars(each)), key=lambda cls: cls.code)


def row(cls: type[errors.DualcertError]) -> str:
    """Return the row of a class: code, category, exit status, sentence, and the fields that JSON and Python have with it."""
    told = issubclass(cls, errors.Remark)
    category, status = ("remark", "—") if told else (cls.category, str(status_of(cls.__new__(cls))))
    fields = ", ".join(f"`{name}`" for name in cls.__fields__)
    return f"| `{cls.code}` | {category} | {status} | {vars(cls).get('template', '—')} | {fields or '—'} |\n"


def page(said: str) -> str:
    """Return the page *said* with its table as the classes have it."""
    before, _, rest = said.partition(HEAD)
    _, _, after = rest.partition("\n\n")
    return f"{before}{HEAD}{''.join(map(row, classes()))}\n{after}"


def main() -> int:
    """Check, or write with `--write`; 1 where the page says what is not so."""
    said = PAGE.read_text(encoding="utf-8")
    now = page(said)
    if "--write" in sys.argv:
        PAGE.write_text(now, encoding="utf-8")
        return 0
    differing = difflib.unified_diff(said.splitlines(), now.splitlines(), PAGE.name, "the classes", lineterm="")
    print("".join(f"{line}\n" for line in differing), end="")
    return int(said != now)


if __name__ == "__main__":
    sys.exit(main())
