"""Without a connection, on the telephone: what is said is kept, and sent once the server is back."""

from playwright.sync_api import Locator, expect

from tests.guide.stage import TELEPHONE, Chapter, Picture, Stage


def cut(stage: Stage) -> Locator:
    """The connection is lost with an order on the screen."""
    stage.enter()
    page = stage.page
    page.locator(".findings-list button.finding:not([aria-expanded])").first.click()
    page.locator(".asset .judged").get_by_role("button", name="Ouvrir un ordre de travail").first.click()
    line = page.locator(".work-orders li").first
    expect(line).to_be_visible()
    page.locator("#asset-close").click()
    page.context.set_offline(True)
    line.locator(".work-close > summary").click()
    line.get_by_label("juste", exact=True).check()
    line.get_by_role("button", name="Clore l’ordre").click()
    expect(page.locator(".banner")).to_be_visible()
    return page.locator(".banner")


def kept(stage: Stage) -> Locator:
    """The closing is kept and counted."""
    expect(stage.page.locator(".queue li")).to_have_count(1)
    return stage.page.locator(".queue")


def unsent(stage: Stage) -> Locator:
    """The order says that it is not sent yet."""
    return stage.page.locator(".work-orders")


def changed(stage: Stage) -> Locator:
    """The connection is back, and a colleague was quicker."""
    stage.town.desk.change(
        "update work_orders set version = version + 1, note = 'nacelle demandée' where state <> 'closed'"
    )
    stage.page.context.set_offline(False)
    expect(stage.page.locator(".queue li").get_by_role("alert")).to_be_visible()
    return stage.page.locator(".queue")


CHAPTER = Chapter(
    "sans-reseau",
    (
        Picture("reseau-perdu", cut),
        Picture("reseau-a-envoyer", kept),
        Picture("reseau-pas-envoye", unsent),
        Picture("reseau-collegue", changed),
    ),
    TELEPHONE,
)
