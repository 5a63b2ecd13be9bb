"""Run what the documents show and compare it with what they say it prints; `--write` writes it down.

With paths only those documents. With `--ask` the paths are lines of standard input, and each is answered with a line of JSON:
how the document differs, which is an empty text where it does not.

A ```console block holds commands after `$ ` and what they print; a ```python block is run as it stands.
The blocks of one document run in order, in an empty folder with the files of examples/shanxi-2023
and examples/rosters. What
differs at every run (instants of recording, durations, rates, digests) is not compared.
"""

from __future__ import annotations

import difflib
import gc
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]
BLOCK = re.compile(r"^```(?P<kind>console|python)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)

MASKS = (
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.]*Z?"),
    re.compile(r"\b[0-9a-f]{64}\b"),
    re.compile(r"\b[0-9a-f]{32} [0-9a-f]{8}\b"),
    re.compile(r"\b\d+(-[0-9A-Z]{4}){4}\b"),
    re.compile(r"\bpeople-[0-9a-f]{8}\.keys"),
    re.compile(r"\b[0-9.]+ s, [0-9]+ facts/s"),
    re.compile(r"\bin [0-9.]+s\b"),
)


def masked(text: str) -> str:
    """Return *text* without what differs at every run."""
    for mask in MASKS:
        text = mask.sub("…", text)
    return re.sub(r"[ ─-]{3,}", "  ", text)


def run_console(body: str, folder: Path) -> str:
    """Return the block as it would be written: every command with what it prints now."""
    commands = [line for line in body.splitlines() if line.startswith("$ ")]
    return "".join(
        f"{command}\n{demo_in(folder) if command[2:] == DEMO else run(command[2:], folder)}" for command in commands
    )


DEMO = "dualcert demo --out . > demo.txt"
"""With this many documents begin. It takes seconds, so it is run once, in the folder $SHOWN_DEMO, and copied."""


def demo_in(folder: Path) -> str:
    """Bring what DEMO makes to *folder*, and return what it prints."""
    kept = Path(os.environ["SHOWN_DEMO"])
    printed = "" if any(kept.iterdir()) else run(DEMO, kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return printed


PLAIN = re.compile(r"(?:DUALCERT_STORE=(?P<store>\S+) )?dualcert (?P<words>[^|;&<>$`]+?)(?: > (?P<out>\S+))?")
"""A command that needs no shell but for one redirection."""


KEPT = re.compile(r"HOME|TMPDIR|(?:http|https|no)_proxy|(?:PIP|SSL)_.*|REQUESTS_CA_BUNDLE", re.IGNORECASE)
"""What of this process's environment a reader's commands get: where to write and how to reach the network.

Anything else may change what is printed: under `CI`, pytest shortens no line.
"""


def readers_environment(programs: Path) -> dict[str, str]:
    """Return the environment of a reader whose commands are those of the folder *programs* first."""
    kept = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
    return kept | {"LC_ALL": "C.UTF-8", "PATH": f"{programs}:{os.environ['PATH']}"}


def run(command: str, folder: Path) -> str:
    """Return what *command* prints, standard error included."""
    environment = readers_environment(Path(sys.executable).parent)
    plain = PLAIN.fullmatch(command)
    with tempfile.TemporaryFile() as printed:
        if plain:
            run_forked(plain, folder, environment, printed.fileno())
        else:
            subprocess.run(
                command,
                shell=True,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                timeout=120,
                check=False,
            )
        printed.seek(0)
        lines = printed.read().decode().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def run_forked(command: re.Match[str], folder: Path, environment: dict[str, str], printed: int) -> None:
    """Run a plain command in a fork of this process; importing the program anew takes longer than most commands."""
    program = loaded()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment, **({"DUALCERT_STORE": command["store"]} if command["store"] else {}))
        out = os.open(command["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if command["out"] else printed
        for handle, to in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (printed, 2)):
            os.dup2(handle, to)
        sys.argv = ["dualcert", *shlex.split(command["words"])]
        program()
    finally:
        os._exit(70)


@cache
def loaded() -> Callable[[], None]:
    """Import what commands need, and return the program."""
    import tabulate  # noqa: F401

    from dualcert import cli
    from dualcert.cli import program
    from dualcert.reporting import plugins, rendering, writing  # noqa: F401
    from dualcert.roster import importing, kinds  # noqa: F401

    program._add_commands()  # noqa: SLF001  the program adds them when it runs
    gc.collect()
    gc.freeze()
    return cli.main


def run_python(body: str, folder: Path) -> str:
    """Run the block as a program of its own and return it unchanged."""
    how = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": sys.stderr}
    subprocess.run([sys.executable, "-c", body], **how, check=True, timeout=120)
    return body


def shown_now(document: Path) -> str:
    """Return *document* with every block as it runs now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        examples = ROOT / "examples"
        for file in (*examples.glob("shanxi-2023/shanxi-2023.*"), *examples.glob("rosters/*-*.*")):
            shutil.copy(file, folder)
        runners = {"console": run_console, "python": run_python}

        def replaced(block: re.Match[str]) -> str:
            return f"```{block['kind']}\n{runners[block['kind']](block['body'], folder)}```"

        return BLOCK.sub(replaced, document.read_text(encoding="utf-8"))


def difference(document: Path) -> str:
    """Return how *document* differs from what its commands print now."""
    said, now = document.read_text(encoding="utf-8"), shown_now(document)
    if masked(said) == masked(now):
        return ""
    name = str(document.relative_to(ROOT))
    return "\n".join(difflib.unified_diff(said.splitlines(), now.splitlines(), name, "as it runs", lineterm=""))


def main() -> int:
    """Check, or write with `--write`; 1 where a document shows what is not so."""
    with tempfile.TemporaryDirectory() as kept:
        os.environ.setdefault("SHOWN_DEMO", kept)
        named = [Path(argument).resolve() for argument in sys.argv[1:] if not argument.startswith("--")]
        if "--ask" in sys.argv:
            return answered()
        return written(named or DOCUMENTS) if "--write" in sys.argv else compared(named or DOCUMENTS)


def answered() -> int:
    """Answer each path of standard input with how that document differs; importing the program is paid for once."""
    for line in sys.stdin:
        print(json.dumps(difference(Path(line.strip()))), flush=True)
    return 0


def compared(documents: list[Path]) -> int:
    """Print how the documents differ from what their commands print now; 1 where one does."""
    found = [each for each in map(difference, documents) if each]
    print(*found, sep="\n")
    return 1 if found else 0


def written(documents: list[Path]) -> int:
    """Write down what the commands of the documents print now."""
    for document in documents:
        said, now = document.read_text(encoding="utf-8"), shown_now(document)
        if masked(said) != masked(now):
            document.write_text(now, encoding="utf-8")
            print(f"{document.relative_to(ROOT)}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
