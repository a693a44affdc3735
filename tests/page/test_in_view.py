"""An asset that is asked for from far below comes to view, also where its panel was open already."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.lamp_town import LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.usefixtures("order")]


def link_below(page: Page) -> Locator:
    """The name of the asset in the card of work orders, at the top of the window."""
    link = page.locator(".work-orders li button.link").first
    expect(link).to_be_visible()
    page.evaluate("document.querySelector('.work-orders').scrollIntoView({ block: 'start' })")
    return link


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_asset_comes_to_view_wherever_it_was_asked_for(page: Page, key: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"/#key={key}")
    title = page.locator("#asset-title")
    for _ in range(2):  # the second time it is open
        link = link_below(page)
        expect(title).not_to_be_in_viewport()
        link.click()
        expect(title).to_be_in_viewport()


def test_page_stays_where_it_is_while_the_panel_is_in_view(page: Page, key: str, town: LampTown) -> None:
    page.goto(f"/#key={key}")
    line = page.locator(".line[data-asset]").first
    line.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    line.click()
    expect(page.locator("#asset-title")).to_be_in_viewport()
    assert page.evaluate("scrollY") == before
