"""A new sensor: it waits, is named and accepted, is watched with others; and what was refused."""

from playwright.sync_api import Locator, expect

from tests.guide.stage import Chapter, Picture, Stage
from tests.guide.town import STRANGERS


def waiting(stage: Stage) -> Locator:
    """The devices that nobody registered."""
    stage.enter()
    card = stage.unfold("strangers")
    expect(card.locator("li")).to_have_count(len(STRANGERS))
    return card


def named(stage: Stage) -> Locator:
    """One of them named and placed."""
    row = stage.page.locator(".strangers li", has_text=STRANGERS[0])
    row.get_by_text("Nommer, placer, accepter").click()
    row.get_by_label("Nom").fill("Sonde de niveau, place de la mairie")
    row.get_by_label("Équipement suivi").fill("conteneur-0003")
    return row


def accepted(stage: Stage) -> Locator:
    """It is accepted, and what was kept of it is stored."""
    card = stage.page.locator(".strangers")
    card.locator("li", has_text=STRANGERS[0]).get_by_role("button", name="Accepter cet appareil").click()
    expect(card.get_by_role("status")).to_contain_text("Valeurs enregistrées")
    return card


def refused(stage: Stage) -> Locator:
    """What was refused, by cause."""
    return stage.unfold("rejections")


def batch(stage: Stage) -> Locator:
    """A batch that is watched, and what is not good of it."""
    card = stage.unfold("batches")
    card.get_by_text("Suivre un nouveau lot").click()
    return card


def results(stage: Stage) -> Locator:
    """What is not good."""
    line = stage.page.locator(".batches li").first
    line.locator("summary").click()
    expect(line.locator("tbody tr").first).to_be_visible()
    return line


CHAPTER = Chapter(
    "un-nouveau-capteur",
    (
        Picture("capteur-en-attente", waiting),
        Picture("capteur-nommer", named),
        Picture("capteur-accepte", accepted),
        Picture("capteur-refus", refused),
        Picture("capteur-lot", batch),
        Picture("capteur-resultats", results),
    ),
)
