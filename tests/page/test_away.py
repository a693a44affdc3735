"""The page without a server opens from what was kept and shows the last work orders; a newer page takes over."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.page.tiles import Tiles
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import LampTown
from tests.support.served import served
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.usefixtures("order")]
ORDER = "select state, verdict, version from work_orders"
HISTORY = "select action from work_order_changes order by version"
KEPT_PATHS = """async () => {
  const names = await caches.keys();
  const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return all.flat().map(({ url }) => new URL(url).pathname).sort();
}"""
KEPT_TEXT = """async () => {
  const names = await caches.keys();
  const answers = (await Promise.all(names.map(async (name) => {
    const cache = await caches.open(name);
    return Promise.all((await cache.keys()).map((one) => cache.match(one)));
  }))).flat();
  return (await Promise.all(answers.map((answer) => answer.text()))).join() + JSON.stringify(localStorage);
}"""
SHELF = "localStorage.getItem('vigie-shelf')"
PATIENCE_S = 15.0
IS_KEPT = """async () => (await navigator.serviceWorker.ready).active.state === 'activated'
  && navigator.serviceWorker.controller !== null"""


@dataclass(slots=True)
class Site:
    """The API at one address, which can go away and come back."""

    database_url: str
    running: ExitStack = field(default_factory=ExitStack)
    address: str = ""

    def start(self, tiles: Tiles | None = None) -> None:
        port = urlsplit(self.address).port or 0
        self.address = self.running.enter_context(served(self.database_url, port=port, tiles=tiles))

    def stop(self) -> None:
        self.running.close()


@pytest.fixture
def site(built_page: None, town: LampTown, database_url: str) -> Iterator[Site]:
    found = Site(database_url)
    with found.running:
        found.start()
        yield found


@contextmanager
def phone(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site.address, viewport={"width": 390, "height": 844}, locale="fr-FR")
    yield context
    context.close()


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    with phone(chromium, site) as found:
        yield found


def visit(context: BrowserContext, key: str = "") -> Page:
    """Open the page once with a connection, until it is kept."""
    tab = context.new_page()
    tab.goto(f"/#key={key}" if key else "/")
    expect(tab.locator(".work-orders li" if key else ".tile").first).to_be_visible()
    tab.wait_for_load_state("networkidle")
    wait_until(lambda: tab.evaluate(IS_KEPT), "the browser keeps the page", PATIENCE_S)
    return tab


def close_order(tab: Page) -> None:
    line = tab.locator(".work-orders li")
    line.locator(".work-close > summary").click()
    line.get_by_label("juste", exact=True).check()
    line.get_by_role("button", name="Clore l’ordre").click()
    expect(line).to_contain_text("pas encore envoyé")


def test_page_opens_without_a_server_and_what_was_closed_is_sent_once(
    context: BrowserContext, site: Site, desk: Desk, key: str
) -> None:
    tab = visit(context, key)
    site.stop()
    tab.reload()
    expect(tab.locator(".banner")).to_contain_text("Connexion perdue")
    expect(tab.locator(".work-orders li")).to_contain_text("Lampe rue de l’Église 1")
    expect(tab.locator(".work-orders")).to_contain_text("gardée sur cet appareil")
    close_order(tab)
    tab.reload()
    expect(tab.locator(".queue .badge")).to_have_text("1")
    assert desk.fetch(ORDER) == [("open", None, 1)]
    site.start()
    tab.get_by_role("button", name="Réessayer").click()
    expect(tab.locator(".queue")).to_be_hidden()
    expect(tab.locator(".work-orders li")).to_have_count(0)
    assert desk.fetch(HISTORY) == [("open",), ("close",)]


def test_a_new_tab_without_a_key_shows_the_list_and_what_is_said_goes_under_the_key_it_came_by(
    context: BrowserContext, site: Site, desk: Desk, key: str
) -> None:
    """The telephone closed the tab, and with it the key; down in the cellar nobody has it at hand."""
    visit(context, key).close()
    site.stop()
    tab = context.new_page()
    tab.goto("/")
    close_order(tab)
    expect(tab.locator(".queue .badge")).to_have_text("1")
    assert find_faults(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    site.start()
    tab.get_by_role("button", name="Réessayer").click()
    expect(tab.locator(".work-orders")).to_have_count(0)
    expect(tab.locator(".queue")).to_contain_text("Saisi avec une autre clé")
    assert desk.fetch(ORDER) == [("open", None, 1)]
    tab.get_by_label("Clé d’accès").fill(key)
    tab.keyboard.press("Enter")
    expect(tab.locator(".queue")).to_be_hidden()
    expect(tab.locator(".work-orders")).to_be_visible()
    assert desk.fetch(HISTORY) == [("open",), ("close",)]


def test_only_the_pages_own_files_are_kept_and_nothing_secret(context: BrowserContext, desk: Desk, key: str) -> None:
    tab = visit(context, key)
    kept = tab.evaluate(KEPT_PATHS)
    assert kept[0] == "/"
    assert len(kept) > 3
    assert all(path.startswith("/static/") for path in kept[1:])
    text = tab.evaluate(KEPT_TEXT)
    assert key not in text
    assert "Lampe rue de l’Église 1" in text  # the work order's


def test_kept_page_is_as_strict_as_the_servers(context: BrowserContext, site: Site, town: LampTown) -> None:
    tab = visit(context)
    online = tab.reload()
    site.stop()
    offline = tab.reload()
    assert online is not None
    assert offline is not None
    assert offline.from_service_worker
    for name in ("content-security-policy", "x-frame-options", "referrer-policy", "cross-origin-opener-policy"):
        assert offline.headers[name] == online.headers[name]


def test_list_goes_with_disconnecting_on_demand_and_after_half_a_day(
    context: BrowserContext, site: Site, desk: Desk, key: str
) -> None:
    tab = visit(context, key)
    tab.get_by_role("button", name="Se déconnecter").click()
    assert tab.evaluate(SHELF) is None
    tab.goto(f"/#key={key}")
    expect(tab.locator(".work-orders li")).to_have_count(1)
    expect(tab.locator(".assets .line[data-asset]")).to_have_count(3)
    wait_until(lambda: tab.evaluate(SHELF) is not None, "the list is kept", PATIENCE_S)
    tab.close()
    site.stop()
    other = context.new_page()
    other.goto("/")
    expect(other.locator(".work-orders li")).to_have_count(1)
    other.evaluate(
        "const kept = JSON.parse(localStorage.getItem('vigie-shelf'));"
        "const at = new Date(Date.now() - 12 * 3600e3).toISOString();"
        "localStorage.setItem('vigie-shelf', JSON.stringify({ ...kept, at }))"
    )
    other.reload()
    expect(other.locator(".banner")).to_contain_text("Connexion perdue")
    expect(other.locator(".work-orders")).to_have_count(0)
    assert other.evaluate(SHELF) is None


def test_list_is_erased_on_demand_without_a_connection(
    context: BrowserContext, site: Site, desk: Desk, key: str
) -> None:
    visit(context, key).close()
    site.stop()
    tab = context.new_page()
    tab.goto("/")
    tab.get_by_role("button", name="Effacer cette liste").click()
    expect(tab.locator(".work-orders")).to_have_count(0)
    tab.reload()
    expect(tab.locator(".banner")).to_contain_text("Connexion perdue")
    expect(tab.locator(".work-orders")).to_have_count(0)


def test_somebody_who_may_only_read_leaves_nothing_behind(
    context: BrowserContext, site: Site, desk: Desk, town: LampTown
) -> None:
    tab = visit(context, town.key)
    expect(tab.locator(".assets .line[data-asset]")).to_have_count(3)
    assert tab.evaluate(SHELF) is None


def test_newer_page_takes_over_when_the_person_says_so(
    context: BrowserContext, site: Site, desk: Desk, key: str
) -> None:
    tab = visit(context, key)
    before = tab.evaluate("caches.keys()")
    site.stop()
    site.start(Tiles("http://127.0.0.1:9/{z}/{x}/{y}.png"))
    tab.locator(".work-close > summary").click()
    tab.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    expect(tab.locator(".banner")).to_contain_text("Une version plus récente")
    assert tab.locator(".work-close").get_attribute("open") is not None  # nothing is drawn anew by itself
    wait_until(lambda: len(tab.evaluate("caches.keys()")) == 1, "the build before is forgotten", PATIENCE_S)
    assert tab.evaluate("caches.keys()") != before
    tab.get_by_role("button", name="Recharger").click()
    expect(tab.locator(".work-orders li")).to_have_count(1)
    expect(tab.locator(".banner")).to_be_hidden()
    assert tab.locator("meta[name=vigie-tiles]").get_attribute("content") == "http://127.0.0.1:9/{z}/{x}/{y}.png"
    site.stop()
    tab.reload()
    expect(tab.locator(".work-orders li")).to_have_count(1)
    assert tab.locator("meta[name=vigie-tiles]").get_attribute("content") == "http://127.0.0.1:9/{z}/{x}/{y}.png"
