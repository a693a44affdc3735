"""What a chapter walks over: a tab of a browser before the town's page, and the pictures it takes there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.guide.town import GuideTown
from tests.support.browser import ARGUMENTS

DESKTOP, TELEPHONE = (1280, 900), (390, 844)
SHARP = 1.5  # pixels of the picture to one of the page
PATIENCE_MS = 30_000  # for a step, on a machine that may have other work


@dataclass(frozen=True, slots=True)
class Stage:
    """A tab, and the town behind it."""

    page: Page
    town: GuideTown

    def enter(self) -> None:
        """Open the start page with the technician's key, as a link of the administrator does."""
        self.page.goto(f"/#key={self.town.key}")
        expect(self.page.locator(".line[data-asset]").first).to_be_visible()

    def unfold(self, card: str) -> Locator:
        """Open a card of the page by its class, and give it."""
        found = self.page.locator(f"details.{card}")
        if found.get_attribute("open") is None:
            found.locator("summary").first.click()
        return found


Take = Callable[[Stage], Locator | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, by the name under which the guide shows it; `take` goes there and gives what is seen (None: all)."""

    name: str
    take: Take


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of the guide, `docs/guide/NAME.md`, with its pictures in the order in which they are taken."""

    name: str
    pictures: Sequence[Picture] = ()
    size: tuple[int, int] = DESKTOP


def walk_all(chapters: Sequence[Chapter], program: str, address: str, town: GuideTown, folder: Path) -> list[Path]:
    """Go through all chapters with a browser of its own (its program), and give the pictures in their order."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            return [path for chapter in chapters for path in walk(chapter, browser, address, town, folder)]
        finally:
            browser.close()


def walk(chapter: Chapter, browser: Browser, address: str, town: GuideTown, folder: Path) -> list[Path]:
    """Go through a chapter in a fresh tab, and give the pictures in the folder, `NAME.png`."""
    with tab(browser, address, chapter.size) as page:
        stage = Stage(page, town)
        return [shoot(stage, picture, folder) for picture in chapter.pictures]


def shoot(stage: Stage, picture: Picture, folder: Path) -> Path:
    """Take one picture."""
    path = folder / f"{picture.name}.png"
    seen = picture.take(stage)
    stage.page.evaluate("document.fonts.ready")
    if seen is None:
        stage.page.screenshot(path=path, animations="disabled")
    else:
        seen.screenshot(path=path, animations="disabled")
    return path


@contextmanager
def tab(browser: Browser, address: str, size: tuple[int, int]) -> Iterator[Page]:
    """Open a tab that has seen nothing yet, French, on the town's clock."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=SHARP,
        locale="fr-FR",
        timezone_id="Europe/Paris",
    )
    try:
        yield context.new_page()
    finally:
        context.close()
