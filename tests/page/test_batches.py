"""Batches of new sensors on the page: begun, and what was found of them."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from analytics.acceptance.looking import look_at_batches
from store.connect import connect
from store.keys import create_key
from tests.support.browser import find_faults
from tests.support.lamp_town import SLUG, LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]


def test_a_batch_is_begun_and_what_is_not_good_is_shown(page: Page, town: LampTown, database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "technicienne", [SLUG], scopes=("read", "write"))
    page.goto(f"/#key={key}")
    expect(page.locator(".findings .finding")).to_have_count(1)
    card = page.locator(".batches")
    card.locator("summary").first.click()
    expect(card).to_contain_text("Aucun lot sur ce territoire.")
    card.get_by_text("Suivre un nouveau lot").click()
    card.get_by_label("Nom du lot").fill("lot de mai")
    card.get_by_label("Jours de suivi").fill("7")
    card.get_by_label("Identifiants des capteurs").fill("dev-1")
    card.get_by_label("Pile").check()
    card.get_by_role("button", name="Commencer").click()
    expect(card.locator(".result")).to_have_text("1 capteur est suivi.")
    with connect(database_url, program="test", autocommit=True) as connection:
        assert look_at_batches(connection, datetime.now(UTC) + timedelta(days=8)) == 1
    page.reload()
    card.locator("summary").first.click()
    expect(card).to_contain_text("1 capteur : 0 conforme, 0 non conforme, 1 indéterminé")
    card.get_by_text("Ce qui n’est pas conforme").click()
    expect(card.locator("tbody tr").filter(has_text="Rythme")).to_contain_text("indéterminé")
    expect(card.locator("tbody tr").filter(has_text="Pile")).to_have_count(0)
    assert find_faults(page) == []
