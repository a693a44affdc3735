"""The morning round: what is to be looked at, what to repair first, a figure and its proof."""

from playwright.sync_api import Locator, expect

from tests.guide.stage import Chapter, Picture, Stage


def start(stage: Stage) -> None:
    """The start page as it opens."""
    stage.enter()
    expect(stage.page.locator(".findings-list li").first).to_be_visible()
    expect(stage.page.locator(".tile[data-kpi]").first).to_be_visible()


def to_look_at(stage: Stage) -> Locator:
    """The card of incidents."""
    return stage.page.locator(".findings")


def opened(stage: Stage) -> Locator:
    """An incident of several findings, opened."""
    stage.page.locator(".findings-list [aria-expanded]").first.click()
    expect(stage.page.locator(".members .finding").first).to_be_visible()
    return stage.page.locator(".findings")


def repair_first(stage: Stage) -> Locator:
    """What to repair first, the worst line opened."""
    card = stage.unfold("maintenance")
    line = card.locator(".ranks > li").first
    line.locator("summary").first.click()
    expect(line.locator(".facts")).to_be_visible()
    return line


def proof(stage: Stage) -> Locator:
    """A figure with its proof."""
    stage.page.locator(".tile[data-kpi]").first.click()
    expect(stage.page.get_by_role("dialog")).to_be_visible()
    return stage.page.get_by_role("dialog")


CHAPTER = Chapter(
    "tournee-du-matin",
    (
        Picture("tournee-accueil", start),
        Picture("tournee-a-traiter", to_look_at),
        Picture("tournee-incident", opened),
        Picture("tournee-reparer", repair_first),
        Picture("tournee-preuve", proof),
    ),
)
