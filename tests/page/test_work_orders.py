"""A technician opens a work order from an incident, and closes the worst one in three clicks from the start page."""

import pytest
from playwright.sync_api import Page, expect

from store.connect import connect
from store.work_orders import Asked, NewOrder, open_order
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import HOSTILE_NAME, SLUG, LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]
CLOSED = "select state, verdict, condition, worked_min, closed_by from work_orders order by work_order_id"


def open_orders(desk: Desk) -> None:
    """One about the incident, a graver one by hand whose title looks like markup."""
    with connect(desk.database_url, program="test", autocommit=True) as connection:
        chief = Asked("command of chief", "chief")
        open_order(connection, NewOrder(finding_id=1), chief)
        open_order(connection, NewOrder(territory=SLUG, title=HOSTILE_NAME, severity="critical"), chief)


def test_the_worst_order_is_closed_in_three_clicks_from_the_start_page(page: Page, desk: Desk, key: str) -> None:
    open_orders(desk)
    page.goto(f"/#key={key}")
    worst = page.locator(".work-orders li").first
    expect(worst.locator("strong")).to_have_text(HOSTILE_NAME)
    worst.get_by_text("Clore", exact=False).first.click()
    worst.get_by_label("juste", exact=True).click()
    worst.get_by_role("button", name="Clore l’ordre").click()
    expect(page.locator(".work-orders li")).to_have_count(1)
    expect(page.locator(".work-orders .badge")).to_have_text("1")
    assert desk.fetch(CLOSED)[1] == ("closed", "confirmed", None, None, "technicienne")


def test_an_order_is_opened_from_an_incident_planned_and_closed_with_what_was_found(
    page: Page, desk: Desk, town: LampTown, key: str
) -> None:
    page.goto(f"/#key={key}&asset={town.lamp_id}")
    page.locator(".asset .judged").get_by_role("button", name="Ouvrir un ordre de travail").click()
    line = page.locator(".work-orders li")
    expect(line).to_contain_text("ordre n° 1 · à affecter")
    line.get_by_text("Affecter, planifier").click()
    line.get_by_label("Agent ou équipe").fill("Équipe nord")
    line.get_by_label("Prévu le").fill("2026-06-01T08:30")
    line.get_by_role("button", name="Enregistrer").click()
    expect(line).to_contain_text("planifié · Équipe nord")
    planned = desk.fetch("select technician, planned_at at time zone 'Europe/Paris' from work_orders")
    assert [(who, f"{at:%Y-%m-%d %H:%M}") for who, at in planned] == [("Équipe nord", "2026-06-01 08:30")]
    line.locator(".work-close > summary").click()
    line.get_by_label("juste", exact=True).check()
    line.get_by_text("Préciser").click()
    line.get_by_label("État trouvé").select_option("encore en marche")
    line.get_by_label("Pièces, une par ligne").fill("driver 40 W\n\nfusible")
    line.get_by_label("Temps passé (min)").fill("35")
    line.get_by_label("Qui", exact=True).fill("Léa")
    line.get_by_role("button", name="Clore l’ordre").click()
    expect(page.locator(".work-orders li")).to_have_count(0)
    expect(page.get_by_text("Aucun ordre de travail n’attend.")).to_be_visible()
    assert desk.fetch(CLOSED) == [("closed", "confirmed", "working", 35, "Léa")]
    assert desk.fetch("select part ->> 'name' from work_orders, jsonb_array_elements(parts) as part") == [
        ("driver 40 W",),
        ("fusible",),
    ]
    assert desk.fetch("select verdict, who from verdicts") == [("confirmed", "Léa")]


def test_an_order_that_another_changed_meanwhile_is_not_overwritten(page: Page, desk: Desk, key: str) -> None:
    open_orders(desk)
    page.goto(f"/#key={key}")
    worst = page.locator(".work-orders li").first
    worst.locator(".work-close > summary").click()
    worst.get_by_label("une fausse alerte").check()
    desk.change("update work_orders set version = version + 1")
    worst.get_by_role("button", name="Clore l’ordre").click()
    expect(worst.get_by_role("alert").first).to_contain_text("un collègue a changé l’ordre entre-temps")
    assert [row[0] for row in desk.fetch(CLOSED)] == ["open", "open"]


def test_who_may_only_read_sees_orders_and_no_forms(page: Page, desk: Desk, town: LampTown) -> None:
    open_orders(desk)
    page.goto(f"/#key={town.key}")
    expect(page.locator(".work-orders li")).to_have_count(2)
    expect(page.locator(".work-orders form")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1440])
def test_it_fits_a_phone_and_can_be_read_by_all(page: Page, desk: Desk, key: str, width: int) -> None:
    open_orders(desk)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/#key={key}")
    worst = page.locator(".work-orders li").first
    worst.locator(".work-close > summary").click()
    worst.get_by_text("Préciser").click()
    worst.locator(".work-plan > summary").click()
    expect(worst.get_by_label("Agent ou équipe")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert find_faults(page) == []
