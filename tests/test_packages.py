"""What is built holds what belongs there, and nothing else: looked for in the wheels and source archives themselves."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pathspec import GitIgnoreSpec

ROOT = Path(__file__).parent.parent
PROJECTS = (ROOT, *sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml")))
IDS = ["dualcert", *(path.name for path in PROJECTS[1:])]
KINDS = {".py", ".pyi", ".typed", ".css", ".js", ".csv", ".jsonl", ".xlsx", ".toml", ".typ", ".mo", ".po"}
"""The kinds of files that a package of ours may have; another kind is added here by whoever ships the first."""
FOLDERS = ("src", "plugins", "tests", "typing_tests", "docs", "examples", "bench", "scripts", ".github")
BESIDE = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "Makefile", "requirements-dev.lock"}


def document(project):
    return tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def kept(project, *folders):
    """Return the files in *folders* of *project* that are not made, as their paths there."""
    ignored = GitIgnoreSpec.from_lines((ROOT / ".gitignore").read_text(encoding="utf-8").splitlines())
    found = (
        path.relative_to(project) for folder in folders for path in (project / folder).rglob("*") if path.is_file()
    )
    return {PurePosixPath(path) for path in found if not ignored.match_file(path)}


@pytest.fixture(scope="module", params=PROJECTS, ids=IDS)
def built(request, tmp_path_factory):
    """Return a project, the names in its wheel, and those in its source archive, built without asking anybody."""
    project, out = request.param, tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, project]
    ran = subprocess.run(build, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (wheel,), (archive,) = out.glob("*.whl"), out.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as opened, tarfile.open(archive) as unpacked:
        inside = {PurePosixPath(*PurePosixPath(name).parts[1:]) for name in unpacked.getnames()}
        return project, {PurePosixPath(name) for name in opened.namelist()}, inside


def test_a_wheel_holds_the_package_and_nothing_else(built):
    project, wheel, _ = built
    files = {path.relative_to("src") for path in kept(project, "src")}

    assert {path for path in wheel if not path.parts[0].endswith(".dist-info")} == files
    assert {path.suffix or path.name for path in files} <= KINDS, "a file of a kind that is not shipped"
    assert {path.name for path in files} >= {"__init__.py", "py.typed"}


def test_a_wheel_has_the_licence(built):
    project, wheel, _ = built

    assert any(path.name == "LICENSE" and path.parts[0].endswith(".dist-info") for path in wheel)
    assert (project / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_all_packages_name_the_projects_public_addresses_and_none_that_leads_nowhere():
    """Before the first release there may be none; the steps of a release are in CONTRIBUTING.md."""
    dated = re.compile(r"^## \d+\.\d+\.\d+, \d{4}-\d\d-\d\d$", re.MULTILINE)
    released = dated.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")) is not None
    addresses = [document(project).get("urls", {}) for project in PROJECTS]

    assert all(each.get("Homepage") == addresses[0].get("Homepage") for each in addresses)
    assert set(addresses[0]) >= ({"Homepage", "Documentation", "Changelog", "Security"} if released else set())
    assert not any(
        re.search(r"\.(example|invalid|test)\b|\bexample\.", url) for each in addresses for url in each.values()
    )


def test_a_source_archive_holds_what_it_takes_to_test_and_read_it(built):
    project, _, archive = built
    folders = FOLDERS if project == ROOT else ("src", "tests")
    beside = BESIDE if project == ROOT else {"README.md", "LICENSE"}
    made = {"PKG-INFO", "pyproject.toml", ".gitignore"}

    assert archive == kept(project, *folders) | {PurePosixPath(name) for name in beside | made}


def test_the_core_ships_its_words_data_and_stubs(built):
    project, wheel, _ = built
    if project != ROOT:
        return
    names = {str(path) for path in wheel}
    assert names >= {
        "dualcert/__init__.pyi",
        "dualcert/domain/commands/__init__.pyi",
        "dualcert/locale/zh_CN/LC_MESSAGES/dualcert.mo",
        "dualcert/data/divisions.csv",
        "dualcert/data/divisions-former.csv",
        "dualcert/data/policies/shanxi-2023.toml",
        "dualcert/data/examples/shanxi-2023.jsonl",
        "dualcert/data/examples/shanxi-2023.xlsx",
    }


def locked():
    """Return the versions that the lock has, by canonical name."""
    lines = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line.removesuffix(" \\")) for line in lines if line and line[0] not in "# "]
    return {canonicalize_name(each.name): next(iter(each.specifier)).version for each in pinned}


@pytest.mark.parametrize("project", PROJECTS, ids=IDS)
def test_the_lock_has_a_version_of_everything_that_is_asked_for(project):
    asked, versions = document(project), locked()
    extras = asked.get("optional-dependencies", {})
    lists = [
        asked["dependencies"],
        *(extras[name] for name in extras if name != "peers"),
    ]  # only the bench installs those

    for text in (each for requirements in lists for each in requirements):
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        if name != "dualcert":
            assert name in versions, f"{name}: run `make lock`"
            assert requirement.specifier.contains(versions[name], prereleases=True), f"{text}: run `make lock`"


def test_the_lock_holds_hashes_and_names_no_host():
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")

    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    assert text.count("==") <= text.count("--hash=sha256:")
