"""An alert: from the line to the asset, its curve, and a work order."""

from playwright.sync_api import Locator, expect

from tests.guide.stage import Chapter, Picture, Stage

SEEN = "restée éteinte"  # the lamp that the town is struck with
TALL = (1280, 1400)


def line(stage: Stage) -> Locator:
    """The line of an incident about one thing."""
    stage.enter()
    return stage.page.locator(".findings-list > ul > li", has_text=SEEN).first


def asset(stage: Stage) -> Locator:
    """The asset it is about."""
    stage.page.locator(".findings-list button.finding", has_text=SEEN).first.click()
    expect(stage.page.locator(".plot canvas").first).to_be_visible()
    return stage.page.locator("section.asset")


def week(stage: Stage) -> Locator:
    """The curve of a week."""
    stage.page.get_by_role("button", name="7 j").click()
    expect(stage.page.locator(".plot canvas").first).to_be_visible()
    return stage.page.locator(".curve-place")


def order(stage: Stage) -> Locator:
    """A work order is opened about it."""
    stage.page.locator(".asset .judged").get_by_role("button", name="Ouvrir un ordre de travail").first.click()
    expect(stage.page.locator(".work-orders li")).to_have_count(1)
    return stage.page.locator(".work-orders")


CHAPTER = Chapter(
    "une-alerte",
    (
        Picture("alerte-ligne", line),
        Picture("alerte-equipement", asset),
        Picture("alerte-semaine", week),
        Picture("alerte-ordre", order),
    ),
    TALL,
)
