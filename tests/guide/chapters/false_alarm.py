"""A false alarm: said with one click, what comes of it, and how right findings were."""

from playwright.sync_api import Locator, expect

from tests.guide.stage import Chapter, Picture, Stage


def choice(stage: Stage) -> Locator:
    """The three verdicts beside a finding."""
    stage.enter()
    stage.page.locator(".findings-list button.finding:not([aria-expanded])").last.click()
    found = stage.page.locator(".asset .judged").first
    expect(found.get_by_role("button", name="Fausse alerte")).to_be_visible()
    return found


def given(stage: Stage) -> Locator:
    """The verdict is given, with what was found."""
    found = stage.page.locator(".asset .judged").first
    found.get_by_role("button", name="Fausse alerte").click()
    expect(found.get_by_role("button", name="Fausse alerte")).to_have_attribute("aria-pressed", "true")
    found.get_by_text("Préciser l’avis").click()
    found.get_by_label("Ce qui a été trouvé").fill("travaux de voirie, rien en panne")
    return found


def silenced(stage: Stage) -> Locator:
    """The line is pale and counts no more."""
    stage.page.locator(".asset .judged").first.get_by_role("button", name="Enregistrer").click()
    stage.page.locator("#asset-close").click()
    expect(stage.page.locator(".findings-list li.silenced").first).to_be_visible()
    stage.page.locator(".findings-list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    return stage.page.locator(".findings")


def precision(stage: Stage) -> Locator:
    """How right findings were."""
    card = stage.unfold("precision")
    expect(card.locator("tbody tr").first).to_be_visible()
    return card


CHAPTER = Chapter(
    "une-fausse-alerte",
    (
        Picture("fausse-alerte-choix", choice),
        Picture("fausse-alerte-avis", given),
        Picture("fausse-alerte-ligne", silenced),
        Picture("fausse-alerte-fiabilite", precision),
    ),
)
