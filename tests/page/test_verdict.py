"""A technician judges findings on the page, and sees how right they were."""

import pytest
from playwright.sync_api import Page, expect

from store.connect import connect
from store.reference import AlarmBudget, Reference, enter_reference
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services]


def test_a_finding_is_judged_with_two_clicks_and_taken_back_with_another(page: Page, desk: Desk, key: str) -> None:
    page.goto(f"/#key={key}")
    row = page.locator(".findings li")
    row.get_by_role("button").click()
    false_alarm = page.locator(".asset .judged").get_by_role("button", name="Fausse alerte")
    false_alarm.click()
    expect(false_alarm).to_have_attribute("aria-pressed", "true")
    expect(row).to_have_class("silenced")
    expect(page.locator(".findings .badge")).to_have_text("0")
    assert desk.fetch("select verdict, who, given_by from verdicts") == [
        ("false_alarm", "technicienne", "key 3 (technicienne)")
    ]
    expect(false_alarm).to_be_focused()
    page.keyboard.press("Enter")
    expect(false_alarm).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".findings .badge")).to_have_text("1")
    assert desk.fetch("select verdict from findings") == [(None,)]


def test_in_the_panel_of_the_asset_it_is_said_who_when_and_what(
    page: Page, desk: Desk, town: LampTown, key: str
) -> None:
    page.goto(f"/#key={key}&asset={town.lamp_id}")
    judged = page.locator(".asset .judged")
    judged.get_by_role("button", name="Confirmé").click()
    judged.locator("summary").click()
    judged.get_by_label("Qui", exact=True).fill("Équipe nord")
    judged.get_by_label("Ce qui a été trouvé").fill("driver grillé")
    judged.get_by_label("En panne depuis le").fill("2026-03-01T08:00")
    judged.get_by_role("button", name="Enregistrer").click()
    newest = "select who, note, failed_at at time zone 'Europe/Paris' from verdicts where is_current and note <> ''"
    wait_until(lambda: len(desk.fetch(newest)) == 1, "the verdict with its note", 15)
    ((who, note, failed_at),) = desk.fetch(newest)
    assert (who, note, f"{failed_at:%Y-%m-%d %H:%M}") == ("Équipe nord", "driver grillé", "2026-03-01 08:00")


def test_who_may_only_read_sees_the_verdict_and_no_buttons(page: Page, desk: Desk, town: LampTown) -> None:
    desk.change("update findings set verdict = 'confirmed'")
    page.goto(f"/#key={town.key}&asset={town.lamp_id}")
    expect(page.locator(".asset .judged .verdict")).to_have_text("Votre avis : Confirmé")
    expect(page.get_by_role("button", name="Fausse alerte")).to_have_count(0)


def test_precision_budget_and_threshold_are_shown_and_a_threshold_is_set_back(
    page: Page, desk: Desk, town: LampTown, key: str
) -> None:
    with connect(desk.database_url, program="test") as connection:
        enter_reference(connection, Reference(SLUG, alarm_budgets=(AlarmBudget(10, 2),)))
        connection.execute("insert into alarm_loads select territory_id, '2026-05-01', 7, 20, 1 from alarm_budgets")
        connection.execute(
            "insert into thresholds (territory_id, kind, asset_type, factor, factor_before, reason, moved_by)"
            " select territory_id, kind, 'street_light', 1.2, 1, 'over_budget', 'analyse' from findings"
        )
    page.goto(f"/#key={key}&asset={town.lamp_id}")
    confirmed = page.locator(".asset .judged").get_by_role("button", name="Confirmé")
    confirmed.click()
    expect(confirmed).to_have_attribute("aria-pressed", "true")
    card = page.locator(".precision")
    card.locator("summary").first.click()
    expect(card).to_contain_text("7 alertes en sept jours, pour 20 que l’équipe peut traiter par semaine")
    row = card.locator("tbody tr")
    expect(row).to_contain_text("1 constat : 1 confirmé, 0 fausse alerte, 0 déjà connu")
    expect(row).to_contain_text("(de 21 % à 100 %)".replace(" %", "\u202f%"))
    expect(row).to_contain_text("× 1,2")
    expect(row).to_contain_text("valeur inhabituelle")
    expect(row).not_to_contain_text("street light")
    row.get_by_role("button", name="Revenir au seuil d’origine").click()
    expect(row).to_contain_text("fixé à la main")
    assert desk.fetch("select factor, is_held from thresholds where is_current") == [(1.0, True)]
    row.get_by_role("button", name="Revenir au réglage automatique").click()
    expect(card.locator(".result")).to_have_text("Le seuil suit de nouveau le réglage automatique.")
    assert find_faults(page) == []
