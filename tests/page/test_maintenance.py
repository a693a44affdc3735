"""What to repair first, on the page: ranked, each line says why and leads on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from analytics.health.job import tell_health
from store.connect import connect
from tests.support.browser import find_faults
from tests.support.lamp_town import LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]


@pytest.fixture
def ranked(town: LampTown, database_url: str) -> LampTown:
    """The town with its health told, in which a statue stands of which nothing is known."""
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(
            "insert into assets (territory_id, slug, name, type) select territory_id, 'statue', 'Statue', 'statue'"
            " from assets where slug = 'lamp-1'"
        )
        for (territory_id,) in connection.execute("select territory_id from territories").fetchall():
            tell_health(connection, territory_id, datetime.now(UTC))
    return town


def test_list_says_why_and_what_waiting_costs_and_leads_to_the_asset(
    page: Page, ranked: LampTown, tmp_path: Path
) -> None:
    page.goto(f"/#key={ranked.key}")
    card = page.locator(".maintenance")
    line = card.locator(f'li[data-asset="{ranked.lamp_id}"]')
    expect(card.locator(".ranks > li")).to_have_count(1)
    expect(line.locator(".loss")).to_contain_text("€")
    line.locator("summary").click()
    expect(line.locator(".why")).to_contain_text("Ce genre de constat est juste dans 10 % des cas (hypothèse).")
    for text in ("Probabilité de panne", "90 j :", "Temps restant", "9 fois sur 10", "Coût d’une panne", "par jour"):
        expect(line.locator(".facts")).to_contain_text(text)
    expect(line.locator(".signals")).to_contain_text("d’habitude entre 38 et 44 W")
    assert find_faults(page) == []
    page.screenshot(path=tmp_path / "maintenance.png", full_page=True)
    line.get_by_role("button", name="Voir l’incident").click()
    expect(page.locator(".findings [data-incident]")).to_be_focused()
    line.get_by_role("button", name="Voir l’équipement").click()
    expect(page.locator(".asset h2")).to_contain_text("Lampe rue de l’Église 1")


def test_assets_without_a_finding_are_shown_on_demand_and_by_type(page: Page, ranked: LampTown) -> None:
    page.goto(f"/#key={ranked.key}")
    card = page.locator(".maintenance")
    card.get_by_label("Aussi les équipements dont rien n’est dit").check()
    lines = card.locator(".ranks > li")
    expect(lines).to_have_count(4)
    expect(lines.last).to_contain_text("on ne sait pas")
    expect(lines.first).not_to_contain_text("on ne sait pas")
    expect(lines.filter(has_text="taux de panne supposé pour sa famille")).to_have_count(2)
    card.get_by_label("Type d’équipement").select_option("waste_container")
    expect(lines).to_have_count(1)
    page.get_by_role("button", name="English").click()
    expect(page.locator(".maintenance h2")).to_have_text("What to repair first")
