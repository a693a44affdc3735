"""Tomorrow's collection: the card, a round, and what is forecast of a container."""

from playwright.sync_api import Locator, expect

from tests.guide.stage import Chapter, Picture, Stage


def card(stage: Stage) -> Locator:
    """The card, its rounds still folded."""
    stage.enter()
    found = stage.unfold("rounds")
    expect(found.locator(".round > summary").first).to_be_visible()
    return found


def drive(stage: Stage) -> Locator:
    """The first round with its stops."""
    found = stage.page.locator(".rounds details.round", has_text="Tournée 1").first
    found.locator("summary").click()
    expect(found.locator("ol li").first).to_be_visible()
    return found


def forecast(stage: Stage) -> Locator:
    """The curve of the container of its last stop, which goes on with the forecast."""
    stage.page.locator(".rounds details.round[open] ol button.link").last.click()
    expect(stage.page.locator(".forecasts li").first).to_be_visible()
    expect(stage.page.locator(".plot[role=img][aria-label*=Prévision]")).to_be_visible()
    return stage.page.locator(".curve-place")


CHAPTER = Chapter(
    "tournees-de-collecte",
    (
        Picture("collecte-carte", card),
        Picture("collecte-tournee", drive),
        Picture("collecte-prevision", forecast),
    ),
    (1280, 1200),
)
