"""Map tiles under the assets: in their place at every zoom, named, from their own host only, not missed when away."""

import math
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from api.page.tiles import Tiles
from tests.page.test_page import FIND_PIXELS
from tests.support.browser import find_faults
from tests.support.lamp_town import LampTown
from tests.support.served import served
from tests.support.shared import REPOSITORY
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services]
CREDIT = "© Géoplateforme <IGN>"
LONGITUDE, LATITUDE = 5.1, 47.52  # of the lamp that wants looking at
PATIENCE_S = 20.0
FIND_MARK = f"""() => {{
  const found = ({FIND_PIXELS})('.assets-canvas', '--urgent');
  if (found.length === 0) return null;
  const canvas = document.querySelector('.assets-canvas');
  const box = canvas.getBoundingClientRect();
  const scale = box.width / canvas.width;
  const middle = (values) => (Math.min(...values) + Math.max(...values) + 1) / 2 * scale;
  const x = box.left + middle(found.map((at) => at % canvas.width));
  return {{ x, y: box.top + middle(found.map((at) => Math.floor(at / canvas.width))) }};
}}"""
LOADS = """(src) => new Promise((done) => {
  Object.assign(new Image(), { src, onload: () => done(true), onerror: () => done(false) });
})"""
FIND_TILE = """({ x, y }) => {
  for (const tile of document.querySelectorAll('.leaflet-tile-loaded')) {
    const { left, top, width, height } = tile.getBoundingClientRect();
    const [u, v] = [(x - left) / width, (y - top) / height];
    if (u >= 0 && u < 1 && v >= 0 && v < 1) return { src: tile.src, u, v, width };
  }
  return null;
}"""


@contextmanager
def tile_server() -> Iterator[str]:
    """Serve tiles from another process, and give their address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "tests.support.tile_server", str(port)], cwd=REPOSITORY)
    try:
        wait_until(lambda: is_there(f"http://127.0.0.1:{port}/0/0/0.png"), "tiles are served", PATIENCE_S)
        yield f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png"
    finally:
        process.terminate()
        process.wait(10)


def is_there(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.ConnectError:
        return False


@contextmanager
def opened(chromium: Browser, database_url: str, town: LampTown, tiles: Tiles) -> Iterator[Page]:
    """Open the page over these tiles; nothing may be blocked by its policy."""
    with served(database_url, tiles=tiles) as address:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
        page = context.new_page()
        blocked: list[str] = []
        page.on("console", lambda message: blocked.append(message.text) if "Security Policy" in message.text else None)
        page.goto(f"{address}/#key={town.key}")
        expect(page.locator(".line[data-asset]")).to_have_count(3)
        yield page
        context.close()
        assert blocked == []


def away_px(page: Page) -> float:
    """Tell how far the mark of the lamp is from its place on the tile below it, by Web Mercator (EPSG:3857)."""
    mark = page.evaluate(FIND_MARK)
    tile = mark and page.evaluate(FIND_TILE, mark)
    if not tile:
        return math.inf
    z, x, y = map(int, re.findall(r"/(\d+)/(\d+)/(\d+)\.png", tile["src"])[0])
    n_tiles = 2**z
    across = (LONGITUDE + 180) / 360 * n_tiles
    down = (1 - math.asinh(math.tan(math.radians(LATITUDE))) / math.pi) / 2 * n_tiles
    return float(math.hypot(across - x - tile["u"], down - y - tile["v"]) * tile["width"])


def test_tiles_lie_under_the_assets_at_every_zoom(
    chromium: Browser, built_page: None, database_url: str, town: LampTown
) -> None:
    with tile_server() as url, opened(chromium, database_url, town, Tiles(url, CREDIT)) as page:
        wait_until(lambda: away_px(page) < 3, "the lamp lies on its tile", PATIENCE_S)
        expect(page.locator(".map .credit")).to_have_text(CREDIT)
        for _ in range(3):
            mark = page.evaluate(FIND_MARK)
            page.mouse.move(mark["x"], mark["y"])
            page.mouse.wheel(0, -120)
            page.wait_for_timeout(300)
            wait_until(lambda: away_px(page) < 3, "the lamp lies on its tile after zooming", PATIENCE_S)
        page.mouse.down()
        page.mouse.move(mark["x"] + 90, mark["y"] + 60, steps=5)
        page.mouse.up()
        wait_until(lambda: away_px(page) < 3, "the lamp lies on its tile after dragging", PATIENCE_S)
        assert find_faults(page) == []
        assert page.locator(".leaflet-tile:not([alt=''])").count() == 0  # nothing to read aloud


def test_ground_is_plain_and_said_where_no_tile_comes(
    chromium: Browser, built_page: None, database_url: str, town: LampTown
) -> None:
    with opened(chromium, database_url, town, Tiles("http://127.0.0.1:9/{z}/{x}/{y}.png", CREDIT)) as page:
        expect(page.locator(".map .credit")).to_contain_text("Fond de carte indisponible")
        wait_until(lambda: page.evaluate(FIND_MARK) is not None, "the assets are drawn", PATIENCE_S)
        expect(page.locator(".leaflet-tile-loaded")).to_have_count(0)


def test_without_an_address_nothing_is_asked_for(
    chromium: Browser, built_page: None, database_url: str, town: LampTown
) -> None:
    with opened(chromium, database_url, town, Tiles()) as page:
        wait_until(lambda: page.evaluate(FIND_MARK) is not None, "the assets are drawn", PATIENCE_S)
        expect(page.locator(".leaflet-tile")).to_have_count(0)
        expect(page.locator(".map .credit")).to_be_hidden()


def test_images_of_another_host_are_blocked(
    chromium: Browser, built_page: None, database_url: str, town: LampTown
) -> None:
    with tile_server() as url, served(database_url, tiles=Tiles(url)) as address:
        page = chromium.new_page()
        page.goto(address)
        own = url.format(z=0, x=0, y=0)
        assert page.evaluate(LOADS, own) is True
        assert page.evaluate(LOADS, own.replace("127.0.0.1", "localhost")) is False
        page.close()
