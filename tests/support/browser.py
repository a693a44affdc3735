"""A headless Chromium."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api.page.assets import STATIC

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = STATIC.parent / "node_modules" / "axe-core" / "axe.min.js"
FIND_FAULTS = """async () => {
  const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}"""
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a running browser; without one the test fails in continuous integration and is skipped elsewhere.

    For one module only: as long as Playwright runs, its event loop keeps the thread, and `asyncio.run` cannot start.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def find_faults(page: Page) -> list[str]:
    """Check the page against WCAG 2.2 AA with axe, put in from outside because its own policy would keep it out."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FIND_FAULTS)
    return found


def find_chromium() -> str:
    """Give the path of the browser, or end the test with a sentence."""
    found = find_program()
    if found:
        return found
    sentence = "no Chromium on this machine: `apt-get install chromium`"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def find_program() -> str | None:
    """Give the path of the browser, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
