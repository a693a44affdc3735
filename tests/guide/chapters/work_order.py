"""A work order on the telephone: assigned, begun, closed with what was found."""

from playwright.sync_api import Locator, expect

from tests.guide.stage import TELEPHONE, Chapter, Picture, Stage


def line_of(stage: Stage) -> Locator:
    return stage.page.locator(".work-orders li").first


def waiting(stage: Stage) -> Locator:
    """The order that waits."""
    stage.enter()
    expect(line_of(stage)).to_be_visible()
    return stage.page.locator(".work-orders")


def planned(stage: Stage) -> Locator:
    """Who goes there, and when."""
    line = line_of(stage)
    line.get_by_text("Affecter, planifier").click()
    line.get_by_label("Agent ou équipe").fill("Équipe nord")
    line.get_by_label("Prévu le").fill("2026-12-01T08:30")
    return line


def verdict(stage: Stage) -> Locator:
    """The verdict, which is enough to close it."""
    line = line_of(stage)
    line.get_by_role("button", name="Enregistrer").click()
    expect(line).to_contain_text("Équipe nord")
    line.locator(".work-close > summary").click()
    line.get_by_label("juste", exact=True).check()
    return line


def said(stage: Stage) -> Locator:
    """What was found, in more words."""
    line = line_of(stage)
    line.get_by_text("Préciser l’avis").click()
    line.get_by_label("État trouvé").select_option("en panne")
    line.get_by_label("Cause", exact=True).fill("fusible grillé")
    line.get_by_label("Temps passé (min)").fill("35")
    return line


def closed(stage: Stage) -> Locator:
    """It is closed."""
    line_of(stage).get_by_role("button", name="Clore l’ordre").click()
    expect(stage.page.locator(".work-orders li")).to_have_count(0)
    return stage.page.locator(".work-orders")


CHAPTER = Chapter(
    "un-bon-d-intervention",
    (
        Picture("bon-en-attente", waiting),
        Picture("bon-affecter", planned),
        Picture("bon-avis", verdict),
        Picture("bon-preciser", said),
        Picture("bon-clos", closed),
    ),
    TELEPHONE,
)
