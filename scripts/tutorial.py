"""Do what the tutorial says, word by word, in a fresh environment, and compare; `--write` writes down what it prints.

A block after a line "`PATH`:" is a file of the plugin that the reader writes (dualcert.toml lies beside it). A
```console block holds commands and what they print. In the end the plugin is the one in examples/.
"""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from shown import masked, readers_environment

ROOT = Path(__file__).parent.parent
TUTORIAL = ROOT / "docs" / "tutorial" / "reporter.md"
PLUGIN = "dualcert-calendar"
EXAMPLE = ROOT / "examples" / "third-party-reporter"
STEP = re.compile(
    r"^`(?P<file>[\w./-]+)`:\n\n```\w+\n(?P<content>.*?)^```$|^```console\n(?P<console>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def fresh(folder: Path) -> dict[str, str]:
    """Make an environment with nothing in it but pip, and return what commands in it are run with.

    Its pip is the one that is installed here, and the wheel is built with what is: both would take seconds to install.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    pip = folder / "venv" / "bin" / "pip"
    pip.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pip --python "{pip.with_name("python")}" "$@"\n')
    pip.chmod(0o755)
    how = ["--quiet", "--quiet", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([sys.executable, "-m", "pip", *how, folder / "wheels", ROOT], check=True)
    (wheel,) = (folder / "wheels").glob("dualcert-*.whl")
    constraint = folder / "constraint.txt"
    constraint.write_text(f"dualcert=={wheel.name.split('-')[1]}\n")
    return {
        **readers_environment(folder / "venv" / "bin"),
        "VIRTUAL_ENV": str(folder / "venv"),
        "PIP_QUIET": "2",
        "PIP_FIND_LINKS": str(folder / "wheels"),
        "PIP_CONSTRAINT": str(constraint),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",  # Python compiles what is used
        "DUALCERT_STATE": str(folder / "state"),
    }


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    """Return what *command* prints, standard error included."""
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def done_now(text: str) -> tuple[str, list[str]]:
    """Return the tutorial as it goes now, and what of its files differs from the example."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "work"
        folder.mkdir()
        environment = fresh(Path(name))

        def step(match: re.Match[str]) -> str:
            if match["file"]:
                path = folder / ("" if match["file"] == "dualcert.toml" else PLUGIN) / match["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(match["content"], encoding="utf-8")
                return match[0]
            commands = [line[2:] for line in match["console"].splitlines() if line.startswith("$ ")]
            shown = "".join(f"$ {command}\n{run(command, folder, environment)}" for command in commands)
            return f"```console\n{shown}```"

        now = STEP.sub(step, text)
        return now, differing(folder / PLUGIN)


def differing(made: Path) -> list[str]:
    """Return the files of the example that the reader's plugin does not have, or has otherwise."""
    files = [path.relative_to(EXAMPLE) for path in EXAMPLE.rglob("*") if path.suffix in {".py", ".toml"}]
    return [str(each) for each in files if not (made / each).exists()
            or (made / each).read_bytes() != (EXAMPLE / each).read_bytes()]  # fmt: skip


def main() -> int:
    """Check, or write with `--write`; 1 where the tutorial says what is not so."""
    said = TUTORIAL.read_text(encoding="utf-8")
    now, files = done_now(said)
    for file in files:
        print(f"{file}: the tutorial's is not the example's")
    if masked(said) != masked(now):
        if "--write" in sys.argv:
            TUTORIAL.write_text(now, encoding="utf-8")
            print(f"{TUTORIAL.relative_to(ROOT)}: written")
        else:
            print("\n".join(difflib.unified_diff(said.splitlines(), now.splitlines(), "said", "now", lineterm="")))
            return 1
    return 1 if files else 0


if __name__ == "__main__":
    sys.exit(main())
