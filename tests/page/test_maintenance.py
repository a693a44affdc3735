"""What to repair first, on the page: ranked, each line says why and leads on."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from analytics.health.job import tell_health
from store.connect import connect
from store.results import Finding, open_finding
from tests.support.browser import find_faults
from tests.support.lamp_town import LampTown

DAY = timedelta(days=1)
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


def test_time_left_without_an_upper_end_and_a_fault_that_is_there(
    page: Page, town: LampTown, database_url: str
) -> None:
    """A settled support: when it fails is open; a lamp that protects itself from heat still burns."""
    now = datetime.now(UTC)
    with connect(database_url, program="test", autocommit=True) as connection:
        (bridge_id, territory_id) = connection.execute(
            "insert into assets (territory_id, slug, name, type)"
            " select territory_id, 'appui', 'Appui sud', 'bridge_element' from assets"
            " where slug = 'lamp-1' returning asset_id, territory_id"
        ).fetchone() or (0, 0)
        for kind, asset_id in (("settlement", bridge_id), ("thermal_derating", town.lamp_id)):
            said = f"{kind} of {asset_id}"
            open_finding(
                connection,
                Finding(territory_id, kind, kind, "1", now - DAY, 1.0, "warning", said, said, {}, asset_id=asset_id),
            )
        tell_health(connection, territory_id, now)
    page.goto(f"/#key={town.key}")
    line = page.locator(f'.maintenance li[data-asset="{bridge_id}"]')
    line.locator("summary").click()
    expect(line.locator(".facts")).to_contain_text(re.compile(r"19 fois sur 20 plus de \d+ j"))
    lamp = page.locator(f'.maintenance li[data-asset="{town.lamp_id}"]')
    lamp.locator("summary").click()
    expect(lamp.locator(".signals")).to_contain_text("le défaut est déjà là")
