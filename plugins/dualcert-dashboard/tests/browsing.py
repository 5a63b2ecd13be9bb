"""A browser for tests: Debian's chromium, without a network, driven by Playwright."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.resources import files

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"


@contextmanager
def chromium():
    """Yield a browser. Playwright keeps a loop running meanwhile, so it ends with the module that needs it."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Opened:
    """A page that was opened, with what it complained about and asked for."""

    def __init__(self, browser, file, **settings):
        self.context = browser.new_context(offline=True, **{"viewport": {"width": 1280, "height": 900}, **settings})
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


AXE = """axe.run({ resultTypes: ["violations"] }).then(({ violations, passes }) => [
  violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 200))]),
  passes.map(({ id }) => id)])"""


def examined(page):
    """Return what axe-core finds, the rule with its first places, and the names of the rules that hold."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found, passed = page.evaluate(AXE)
    return found, set(passed)
