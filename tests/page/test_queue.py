"""A technician without a connection closes orders and judges findings: it is kept, and done once it is back."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from store.connect import connect
from store.keys import create_key
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.usefixtures("order")]
ORDER = "select state, verdict, version from work_orders"
HISTORY = "select action from work_order_changes order by version"
API = "**/v1/**"


@pytest.fixture
def line(page: Page, key: str) -> Locator:
    """The order's line on the page of the technician."""
    page.goto(f"/#key={key}")
    found = page.locator(".work-orders li")
    expect(found).to_have_count(1)
    return found


def cut(page: Page) -> None:
    page.route(API, lambda route: route.abort())


def close(line: Locator) -> None:
    line.locator(".work-close > summary").click()
    line.get_by_label("juste", exact=True).check()
    line.get_by_role("button", name="Clore l’ordre").click()


def test_a_closing_without_a_connection_outlives_a_reload_and_is_sent_once(
    page: Page, desk: Desk, key: str, line: Locator
) -> None:
    page.context.set_offline(True)
    close(line)
    queue = page.locator(".queue")
    expect(queue.locator(".badge")).to_have_text("1")
    expect(queue.locator("li")).to_contain_text("Clôture de l’ordre n° 1 (Lampe rue de l’Église 1) : juste")
    expect(line).to_contain_text("pas encore envoyé")
    expect(line).to_be_focused()
    expect(line.locator("form")).to_have_count(0)
    assert key not in page.evaluate("JSON.stringify(localStorage)")
    assert desk.fetch(ORDER) == [("open", None, 1)]
    cut(page)
    page.context.set_offline(False)
    page.reload()
    expect(queue.locator(".badge")).to_have_text("1")
    page.get_by_role("button", name="English").click()
    expect(queue.locator("li")).to_contain_text("Closing of order no. 1 (Lampe rue de l’Église 1): right")
    page.unroute(API)
    page.get_by_role("button", name="Retry").click()
    expect(queue).to_be_hidden()
    expect(page.locator(".work-orders li")).to_have_count(0)
    assert desk.fetch(ORDER) == [("closed", "confirmed", 2)]
    kept = "Object.keys(localStorage).sort()"
    wait_until(lambda: page.evaluate(kept) == ["vigie-language", "vigie-shelf"], "the list to be kept anew")


def test_the_connection_that_comes_back_is_enough(page: Page, desk: Desk, line: Locator) -> None:
    page.context.set_offline(True)
    close(line)
    expect(page.locator(".queue li")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator(".queue")).to_be_hidden()
    assert desk.fetch(ORDER) == [("closed", "confirmed", 2)]


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_done_twice(
    page: Page, desk: Desk, line: Locator
) -> None:
    """The server has closed the order, and nobody on the phone heard of it."""

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/close", lose_answer, times=1)
    close(line)
    expect(page.locator(".work-orders li")).to_have_count(0)
    expect(page.locator(".queue")).to_be_hidden()
    assert desk.fetch(HISTORY) == [("open",), ("close",)]


def test_start_and_closing_of_the_same_order_are_sent_in_their_order(page: Page, desk: Desk, line: Locator) -> None:
    page.context.set_offline(True)
    line.locator(".work-plan > summary").click()
    line.get_by_role("button", name="Commencer").click()
    expect(page.locator(".queue li")).to_have_count(1)
    close(line)
    expect(page.locator(".queue li")).to_have_count(2)
    page.context.set_offline(False)
    expect(page.locator(".queue")).to_be_hidden()
    assert desk.fetch(HISTORY) == [("open",), ("start",), ("close",)]


def test_what_a_colleague_changed_meanwhile_is_said_and_overwritten_on_demand_only(
    page: Page, desk: Desk, line: Locator
) -> None:
    page.context.set_offline(True)
    close(line)
    kept = page.locator(".queue li")
    expect(kept).to_have_count(1)
    desk.change("update work_orders set version = version + 1, note = 'échelle demandée'")
    page.context.set_offline(False)
    expect(kept.get_by_role("alert")).to_contain_text("un collègue a changé ou clos cet ordre entre-temps")
    expect(page.locator(".queue .badge")).to_have_text("0")
    expect(line).to_contain_text("échelle demandée")
    page.reload()
    expect(kept.get_by_role("alert")).to_be_visible()
    assert desk.fetch(ORDER) == [("open", None, 2)]
    assert find_faults(page) == []
    kept.get_by_role("button", name="Envoyer quand même").click()
    expect(page.locator(".queue")).to_be_hidden()
    assert desk.fetch(ORDER) == [("closed", "confirmed", 3)]


def test_an_order_that_was_cancelled_meanwhile_is_said_and_can_be_forgotten(
    page: Page, desk: Desk, line: Locator
) -> None:
    page.context.set_offline(True)
    close(line)
    desk.change("update work_orders set state = 'cancelled', closed_at = now()")
    page.context.set_offline(False)
    kept = page.locator(".queue li")
    expect(kept.get_by_role("alert")).to_contain_text("dans un état qui ne le permet plus")
    kept.get_by_role("button", name="Oublier").click()
    expect(page.locator(".queue")).to_be_hidden()
    page.reload()
    expect(page.locator(".queue")).to_be_hidden()


def test_a_verdict_without_a_connection_is_kept_and_sent(page: Page, desk: Desk, town: LampTown, key: str) -> None:
    page.goto(f"/#key={key}&asset={town.lamp_id}")
    confirmed = page.locator(".asset .judged").get_by_role("button", name="Confirmé")
    expect(confirmed).to_be_visible()
    page.context.set_offline(True)
    confirmed.click()
    expect(page.locator(".queue li")).to_contain_text("Avis sur le constat n° 1 (Lampe rue de l’Église 1) : Confirmé")
    expect(confirmed).to_have_attribute("aria-pressed", "true")
    page.context.set_offline(False)
    expect(page.locator(".queue")).to_be_hidden()
    wait_until(lambda: desk.fetch("select verdict from findings") == [("confirmed",)], "the verdict", 15)
    assert desk.fetch("select verdict, given_by from verdicts") == [("confirmed", "key 3 (technicienne)")]


def test_nothing_is_sent_under_the_key_of_somebody_else(page: Page, desk: Desk, key: str, line: Locator) -> None:
    """Two technicians share a phone."""
    with connect(desk.database_url, program="test") as connection:
        other = create_key(connection, "collègue", [SLUG], scopes=("read", "write"))
    page.context.set_offline(True)
    close(line)
    expect(page.locator(".queue li")).to_have_count(1)
    page.get_by_role("button", name="Se déconnecter").click()
    page.context.set_offline(False)
    page.get_by_label("Clé d’accès").fill(other)
    page.keyboard.press("Enter")
    expect(page.locator(".work-orders li")).to_have_count(1)
    expect(page.locator(".queue")).to_contain_text("Saisi avec une autre clé, envoyé quand elle revient : 1")
    assert desk.fetch(ORDER) == [("open", None, 1)]
    page.goto(f"/#key={key}")
    page.reload()
    expect(page.locator(".queue")).to_be_hidden()
    assert desk.fetch("select closed_by from work_orders") == [("technicienne",)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_waits_fits_a_phone_and_can_be_read_by_all(page: Page, line: Locator, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 320, "height": 700})
    page.context.set_offline(True)
    close(line)
    expect(page.locator(".queue li")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert find_faults(page) == []
