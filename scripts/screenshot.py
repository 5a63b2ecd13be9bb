"""Take the pictures of the documents anew, from the example's year in a real browser."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from dualcert_dashboard import Dashboard, Dispute
from playwright.sync_api import Browser, sync_playwright

from dualcert.testing.year import Year, example_year

ROOT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium"
DAY = "2023-09-20"


def pages(year: Year, folder: Path) -> None:
    """Write the pages that are pictured."""
    (dashboard,) = year.made(Dashboard(), on=DAY).values()
    (folder / "dashboard.html").write_bytes(dashboard)
    (folder / "dispute.html").write_bytes(year.made(Dispute(), subject="140882")["争议-河津市.html"])


def take(browser: Browser, folder: Path, to: Path) -> None:
    """Take a picture of the top of each page."""
    for name, height in (("dashboard", 1150), ("dispute", 860)):
        page = browser.new_page(viewport={"width": 1200, "height": height})
        page.goto((folder / f"{name}.html").as_uri())
        page.screenshot(path=to / f"{name}.png")
        page.close()


def main() -> int:
    """Write docs/pictures/*.png."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with example_year(folder) as year:
            pages(year, folder)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            take(browser, folder, ROOT / "docs" / "pictures")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
