"""Every card of the page with something in it: no fault for axe, nothing sideways, usable by keyboard alone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from analytics.health.job import tell_health
from analytics.open_data.release import publish
from store.keys import create_key
from store.work_orders import Asked, NewOrder, open_order
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import HOSTILE_NAME, SLUG, LampTown
from tests.support.open_town import Connection, add, moment, open_town

pytestmark = [pytest.mark.browser, pytest.mark.services]
OPEN_ALL = """() => {
  const shut = [...document.querySelectorAll('main details:not([open])')].filter((one) => one.checkVisibility());
  for (const one of shut) one.open = true;
  return shut.length;
}"""
STICKING_OUT = """() => [...document.querySelectorAll('main *')]
  .filter((one) => one.checkVisibility() && !one.closest('.leaflet-container, .scroll, .hidden')
    && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => `${one.tagName}.${one.className}`).slice(0, 5)"""
FOCUSED = """() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  return { name: one.textContent.trim() || one.value, isSeen: outlineStyle !== 'none' && outlineWidth !== '0px',
    isBody: one === document.body };
}"""
MOST_TABS = 150


@pytest.fixture
def filled(address: str, database_url: str, town: LampTown) -> Iterator[Connection]:
    """A town with orders, strangers, refused messages, ranked assets and open data."""
    desk = Desk(database_url, SLUG)
    desk.work([desk.chunk([(f"vigie/{SLUG}/sonde-1/up", b'{"values":{"voltage":231,"oddity":3}}')])])
    with open_town(database_url) as connection:
        chief = Asked("command of chief", "chief")
        open_order(connection, NewOrder(finding_id=1), chief)
        open_order(connection, NewOrder(territory=SLUG, title=HOSTILE_NAME, severity="critical"), chief)
        for (territory_id,) in connection.execute("select territory_id from territories").fetchall():
            tell_health(connection, territory_id, datetime.now(UTC))
        publish(connection, add(connection, "car_parks"), moment())
        yield connection


@pytest.fixture
def key(filled: Connection) -> str:
    return create_key(filled, "technicienne", [SLUG, "town"], scopes=("read", "write"))


def open_everything(page: Page) -> None:
    """Open all that folds, what opens inside of it too, and wait for what is fetched then."""
    while page.evaluate(OPEN_ALL):
        page.wait_for_load_state("networkidle")
    expect(page.locator(".open_data [data-publication]")).to_have_count(1)
    expect(page.locator(".maintenance .ranks > li").first).to_be_visible()
    expect(page.locator(".precision tbody tr").first).to_be_visible()
    page.evaluate(OPEN_ALL)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_no_card_has_a_fault_or_sticks_out(
    page: Page, filled: Connection, town: LampTown, key: str, width: int, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/#key={key}&asset={town.lamp_id}")
    expect(page.locator(".work-orders li")).to_have_count(2)
    open_everything(page)
    assert find_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(STICKING_OUT) == []


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what bears this name has the focus; all on the way show that they have it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["isBody"] or focused["isSeen"], focused
        if focused["name"].startswith(name):
            return
    raise AssertionError(f"{MOST_TABS} tabs do not lead to {name}")


def test_an_order_is_closed_by_keyboard_alone(page: Page, filled: Connection, key: str) -> None:
    """From the head of the page, the worst order, with its verdict."""
    page.goto(f"/#key={key}")
    expect(page.locator(".work-orders li")).to_have_count(2)
    page.locator(".work-orders h2").click()
    tab_to(page, "Clore")
    page.keyboard.press("Enter")
    tab_to(page, "confirmed")
    page.keyboard.press("Space")
    tab_to(page, "Clore l’ordre")
    page.keyboard.press("Enter")
    expect(page.locator(".work-orders li")).to_have_count(1)
    closed = filled.execute("select title, verdict from work_orders where state = 'closed'").fetchall()
    assert closed == [(HOSTILE_NAME, "confirmed")]
