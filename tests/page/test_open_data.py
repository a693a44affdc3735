"""What is published as open data, on the page: files, the record, what was withdrawn; also without a key."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from analytics.open_data.release import publish
from store.keys import create_key
from store.publications import withdraw
from tests.support.browser import find_faults
from tests.support.open_town import Connection, add, moment, open_town

pytestmark = [pytest.mark.browser, pytest.mark.services]


@pytest.fixture
def published(address: str, database_url: str) -> Iterator[Connection]:
    """Car parks that are published, counts that will be, energy that was withdrawn."""
    with open_town(database_url) as connection:
        publish(connection, add(connection, "car_parks"), moment())
        publish(connection, add(connection, "lighting_energy"), moment())
        add(connection, "mobility_counts")
        withdraw(connection, ("town", "lighting-energy"), "compteur faux", "test", None)
        yield connection


def open_card(page: Page) -> Locator:
    card = page.locator(".open_data")
    card.locator("summary").first.click()
    return card


def test_without_a_key_files_are_fetched_and_the_record_is_there(page: Page, published: Connection) -> None:
    page.goto("/")
    card = open_card(page)
    line = card.locator("[data-publication='town/car-parks']")
    expect(line).to_contain_text("Bourg-sur-Tille")
    expect(line.get_by_role("link", name="Licence Ouverte")).to_be_visible()
    expect(card.locator("li")).to_have_count(1)
    with page.expect_download() as download:
        line.get_by_role("link", name=".csv").first.click()
    assert download.value.suggested_filename.startswith("town-car-parks")
    assert "LES HALLES" in download.value.path().read_text(encoding="utf-8")
    record = page.request.get(line.get_by_role("link", name="Registre des versions").get_attribute("href") or "")
    assert [one["release"] for one in record.json()["items"]] == [1]
    assert find_faults(page) == []


def test_with_a_key_what_is_to_come_and_what_was_withdrawn_is_said_too(page: Page, published: Connection) -> None:
    page.goto(f"/#key={create_key(published, 'office', ['town'])}")
    card = open_card(page)
    expect(card.locator("[data-publication='town/mobility-counts']")).to_contain_text("Publication prévue")
    gone = card.locator("[data-publication='town/lighting-energy']")
    expect(gone).to_contain_text("compteur faux")
    expect(gone.get_by_role("link", name="Registre des versions")).to_be_visible()
    expect(gone.get_by_role("link")).to_have_count(1)
    page.get_by_role("button", name="English").click()
    open_card(page)
    expect(card).to_contain_text("To be published, not done yet.")


def test_where_nothing_is_published_it_is_said(page: Page) -> None:
    page.goto("/")
    expect(open_card(page)).to_contain_text("Rien n’est publié pour l’instant.")
