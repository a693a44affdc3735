"""From the start page, the order of the asset that is to be repaired first is closed in three clicks."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from analytics.health.job import tell_health
from store.connect import connect
from store.keys import NewKey, insert_key
from store.work_orders import Asked, NewOrder, open_order
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]
COUNT_CLICKS = "window.nClicks = 0; addEventListener('pointerdown', () => { window.nClicks += 1; }, true);"
ORDERS = "select title, state, verdict from work_orders order by work_order_id"
CHIEF = Asked("command of chief", "chief")


@pytest.fixture
def desk(town: LampTown, database_url: str) -> Desk:
    """The town with its health told, an order about its worst asset, and a graver one about something else."""
    with connect(database_url, program="test", autocommit=True) as connection:
        for (territory_id,) in connection.execute("select territory_id from territories").fetchall():
            tell_health(connection, territory_id, datetime.now(UTC))
        open_order(connection, NewOrder(finding_id=1), CHIEF)
        open_order(connection, NewOrder(territory=SLUG, title="Passage du maire", severity="critical"), CHIEF)
    return Desk(database_url, SLUG)


@pytest.fixture
def key(desk: Desk) -> str:
    """A technician's key."""
    with connect(desk.database_url, program="test") as connection:
        return insert_key(connection, NewKey("technicienne", [SLUG], "technician"))[1]


def test_the_order_of_the_worst_asset_is_closed_in_three_clicks(
    page: Page, desk: Desk, town: LampTown, key: str
) -> None:
    page.add_init_script(COUNT_CLICKS)
    page.goto(f"/#key={key}")
    worst = page.locator(".maintenance .ranks > li").first
    expect(worst).to_have_attribute("data-asset", str(town.lamp_id))
    expect(worst.locator(".rank-order")).to_contain_text("ordre n° 1 · à affecter")
    worst.locator(".work-close > summary").click()
    worst.get_by_label("juste", exact=True).click()
    worst.get_by_role("button", name="Clore l’ordre").click()
    expect(worst.locator(".rank-order")).to_be_hidden()
    expect(worst.locator("summary").first).to_be_focused()
    assert page.evaluate("nClicks") == 3
    assert desk.fetch(ORDERS) == [("", "closed", "confirmed"), ("Passage du maire", "open", None)]
    assert find_faults(page) == []


def test_what_is_being_filled_in_outlives_a_refresh_and_ends_with_what_a_colleague_does(
    page: Page, desk: Desk, key: str
) -> None:
    page.goto(f"/#key={key}")
    worst = page.locator(".maintenance .ranks > li").first
    worst.locator(".work-close > summary").click()
    worst.get_by_label("une fausse alerte").check()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_load_state("networkidle")
    expect(worst.get_by_label("une fausse alerte")).to_be_checked()
    desk.change("update work_orders set version = version + 1, state = 'cancelled', closed_at = now() where title = ''")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(worst.locator(".rank-order")).to_be_hidden()


def test_a_closing_without_a_connection_is_not_offered_again(page: Page, desk: Desk, key: str) -> None:
    page.goto(f"/#key={key}")
    worst = page.locator(".maintenance .ranks > li").first
    worst.locator(".work-close > summary").click()
    worst.get_by_label("juste", exact=True).check()
    page.context.set_offline(True)
    worst.get_by_role("button", name="Clore l’ordre").click()
    expect(worst.locator(".rank-order")).to_contain_text("pas encore envoyé")
    expect(worst.locator(".work-close")).to_have_count(0)
    page.context.set_offline(False)
    expect(worst.locator(".rank-order")).to_be_hidden()
    assert desk.fetch(ORDERS)[0] == ("", "closed", "confirmed")


def test_who_may_only_read_sees_the_order_and_cannot_close_it(page: Page, desk: Desk, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    worst = page.locator(".maintenance .ranks > li").first
    expect(worst.locator(".rank-order")).to_contain_text("ordre n° 1")
    expect(worst.locator(".work-close")).to_have_count(0)
