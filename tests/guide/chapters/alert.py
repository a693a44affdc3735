"""An alert: from the line to the asset, its curve, a work order, and muting it."""

from playwright.sync_api import Locator, expect

from tests.guide.stage import Chapter, Picture, Stage

SEEN = "restée éteinte"  # the lamp that the town is struck with
MUTED = "Passerelle muette"
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


def muting(stage: Stage) -> Locator:
    """The form that mutes an alert that no safety hangs on."""
    found = stage.page.locator(".alerts li[data-alert]", has_text=MUTED).first
    found.locator(".alert-mute > summary").click()
    form = found.locator(".alert-mute form")
    form.get_by_label("Pourquoi").fill("travaux sur l’antenne")
    form.get_by_label("Qui", exact=True).fill("Léa")
    return found


def muted(stage: Stage) -> Locator:
    """It is muted, for all to see."""
    stage.page.locator(".alert-mute form").get_by_role("button", name="8 heures").click()
    found = stage.page.locator(".alerts .muted")
    expect(found.locator("li")).to_have_count(1)
    return found


CHAPTER = Chapter(
    "une-alerte",
    (
        Picture("alerte-ligne", line),
        Picture("alerte-equipement", asset),
        Picture("alerte-semaine", week),
        Picture("alerte-ordre", order),
        Picture("alerte-sourdine", muting),
        Picture("alerte-silence", muted),
    ),
    TALL,
)
