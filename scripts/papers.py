"""Renders every paper of the Shanxi year as pictures: python scripts/papers.py [FOLDER], by default build/papers.

What the reporters make is printed by LibreOffice, what typst made as it is, and mails are shown as on a phone, by Chromium if
it is there; each page becomes a PNG to look at.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve
from dualcert_email import DigestConfig, ReminderDigest
from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_spreadsheet import DispatchTable, Ledger

from dualcert.testing.year import Year, example_year

DOTS = 80
"""Points of a picture to an inch."""
OCTOBER = "2023-10-31"
MONTHS = ("2023-04-30", "2023-06-30", "2023-08-31", OCTOBER, "2023-12-31")
COMPLETE = NoticeConfig(
    issuer="山西省农业农村厅",
    number="晋农发〔2023〕8号",
    copies=("省市场监管局",),
    basis="《攻坚行动通知》（晋农办发〔2023〕66号）",
    reply_days=15,
    objection_days=15,
    origin_line=True,
)
"""Papers in which nothing is left open."""


def papers(year: Year) -> Iterator[tuple[str, bytes]]:
    """Yield the papers, each with the name of its file."""
    both = evolve(COMPLETE, pdf=True)
    for day in MONTHS:
        yield from year.made(Bulletin(), both, on=day).items()
    yield from year.made(Bulletin(), NoticeConfig(), on="2023-05-31").items()  # with all that is not configured
    for reporter in (GateNotice(), CityReminder()):
        yield from year.made(reporter, both, on=OCTOBER).items()
    for workbook in (DispatchTable(), Ledger()):
        for subject in (None, "140400"):
            yield from year.made(workbook, on=OCTOBER, subject=subject).items()
    request, books = year.asked(ReminderDigest(), DigestConfig(fallback="person-office-01"), on=OCTOBER)
    for message in ReminderDigest().render(request, books):
        yield f"{message.to}.html", (message.html or "").encode()


def pictures(files: list[Path], folder: Path) -> None:
    """Print the files that are no PDF yet, and draw every page."""
    work, browser = folder / "work", shutil.which("chromium") or shutil.which("google-chrome")
    if browser:
        for mail in (file for file in files if file.suffix == ".html"):
            shown = f"--screenshot={folder / mail.stem}.png"
            command = [browser, "--headless", "--no-sandbox", "--window-size=400,900", shown, mail.as_uri()]
            subprocess.run(command, check=True, capture_output=True)
        files = [file for file in files if file.suffix != ".html"]
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    plain = [file for file in files if file.suffix != ".pdf"]
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(work), *map(str, plain)]
    subprocess.run(command, check=True, capture_output=True)
    for file in files:
        printed = file if file.suffix == ".pdf" else work / f"{file.stem}.pdf"
        name = f"{file.stem}-typst" if file.suffix == ".pdf" else file.stem
        subprocess.run(["pdftoppm", "-png", "-r", str(DOTS), str(printed), str(folder / name)], check=True)


def main(folder: Path) -> None:
    """Make the papers and their pictures anew."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "work").mkdir(parents=True)
    (folder / "made").mkdir()
    files = []
    with tempfile.TemporaryDirectory() as books, example_year(Path(books)) as year:
        for name, content in papers(year):
            files.append(folder / "made" / name)
            files[-1].write_bytes(content)
    pictures(files, folder)
    shutil.rmtree(folder / "work")
    drawn = sorted(folder.glob("*.png"))
    print(f"{len(files)} papers, {len(drawn)} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/papers").absolute())
