"""Somebody logs in by password or at a provider, is named, logs out; what he entered outlives a session."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.login.settings import Client, Login
from api.security import Access
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.issuer import AUDIENCE, Provider, provider_in
from tests.support.lamp_town import SLUG, LampTown
from tests.support.login import PASSWORD, add_person
from tests.support.served import free_listener, served
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services]
ORDER = "select state, closed_by from work_orders"


@pytest.fixture
def desk(town: LampTown, order: None, database_url: str) -> Desk:
    """The town with two accounts and an order about its finding."""
    for name in ("Jeanne", "Paul"):
        add_person(database_url, name, "technician", SLUG)
    return Desk(database_url, SLUG)


def log_in(page: Page, name: str = "Jeanne", password: str = PASSWORD) -> None:
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Mot de passe").fill(password)
    page.keyboard.press("Enter")


def close_order(page: Page) -> None:
    line = page.locator(".work-orders li")
    line.locator(".work-close > summary").click()
    line.get_by_label("juste", exact=True).check()
    line.get_by_role("button", name="Clore l’ordre").click()


def end_sessions(desk: Desk) -> None:
    """As time would; the server asks the database again after some seconds."""
    desk.change("delete from login_sessions")


def test_somebody_logs_in_is_named_works_and_logs_out(page: Page, desk: Desk) -> None:
    """Over a reload and in a second tab too; nothing that proves who it is can be read by a script."""
    page.goto("/")
    log_in(page, password="wrong wrong wrong")
    expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    log_in(page)
    expect(page.locator(".who")).to_contain_text("Jeanne")
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    kept = page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie")
    assert cookie["value"] not in kept
    page.reload()
    expect(page.locator(".who")).to_contain_text("Jeanne")
    other = page.context.new_page()
    other.goto("/")
    expect(other.locator(".who")).to_contain_text("Jeanne")
    close_order(page)
    expect(page.locator(".work-orders li")).to_have_count(0)
    assert desk.fetch(ORDER) == [("closed", "Jeanne")]
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    assert desk.fetch("select count(*) from login_sessions") == [(0,)]
    page.reload()
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    expect(page.locator(".who")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_the_form_its_refusal_and_the_name(page: Page, desk: Desk, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/")
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    assert find_faults(page) == []
    page.get_by_role("button", name="Se connecter avec le compte").click()
    expect(page.get_by_role("alert")).to_contain_text("Saisissez votre nom")
    assert find_faults(page) == []
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_role("button", name="Français").click()
    log_in(page)
    expect(page.locator(".who")).to_contain_text("Jeanne")
    assert find_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_session_that_ends_while_offline_loses_nothing(page: Page, desk: Desk) -> None:
    """Words say so; somebody else who logs in sends nothing of it; whoever said it does."""
    page.goto("/")
    log_in(page)
    expect(page.locator(".work-orders li")).to_have_count(1)
    page.context.set_offline(True)
    close_order(page)
    expect(page.locator(".queue li")).to_have_count(1)
    end_sessions(desk)
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("Votre session est terminée")
    expect(page.locator(".kept")).to_contain_text("Rien n’est perdu")
    assert find_faults(page) == []
    assert desk.fetch(ORDER) == [("open", None)]
    log_in(page, "Paul")
    expect(page.locator(".queue")).to_contain_text("envoyé quand elle revient : 1")
    page.get_by_role("button", name="Se déconnecter").click()
    log_in(page)
    wait_until(lambda: desk.fetch(ORDER) == [("closed", "Jeanne")], "the closing", 30)
    expect(page.locator(".queue")).to_be_hidden()


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with provider_in(tmp_path) as provider:
        yield provider


def test_somebody_logs_in_at_the_provider(
    chromium: Browser, built_page: None, town: LampTown, database_url: str, provider: Provider
) -> None:
    """There and back in a real browser, and what went wrong there in words."""
    listener, address = free_listener()
    client = Client(AUDIENCE, f"{address}/login/callback", label="la mairie")
    access = Access(issuer=provider.issuer(), login=Login(page_url=address, client=client))
    with served(database_url, access=access, listener=listener):
        context = chromium.new_context(base_url=address, locale="fr-FR")
        page = context.new_page()
        page.goto("/")
        provider.expect(trouble="deny")
        page.get_by_role("link", name="Se connecter avec la mairie").click()
        expect(page.get_by_role("alert")).to_contain_text("a refusé la connexion")
        assert "login" not in page.url
        assert find_faults(page) == []
        provider.expect(vigie_territories=[SLUG])
        page.get_by_role("link", name="Se connecter avec la mairie").click()
        expect(page.locator(".who")).to_contain_text("jeanne")
        expect(page.locator(".line[data-asset]")).to_have_count(3)
        context.close()
