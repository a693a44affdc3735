"""A technician photographs what was found: the photo is shown in the order's history, also when taken offline."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import LampTown
from tests.support.photos import SECRETS, a_photo
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.usefixtures("order")]
ORDER = "select state, verdict from work_orders"
PHOTOS = "select width_px, height_px, who from work_order_photos order by photo_id"
DONE = "select action from audit_log where subject = 'work order 1' order by audit_id"
API = "**/v1/**"
FILES = """() => new Promise((resolve) => {
  const request = indexedDB.open("vigie");
  request.onsuccess = () => {
    const names = request.result.transaction("files").objectStore("files").getAllKeys();
    names.onsuccess = () => { request.result.close(); resolve(names.result.length); };
  };
})"""

FIRST_FILE = """() => new Promise((resolve) => {
  const request = indexedDB.open("vigie");
  request.onsuccess = () => {
    const files = request.result.transaction("files").objectStore("files").getAll();
    files.onsuccess = async () => resolve([...new Uint8Array(await files.result[0].arrayBuffer())]);
  };
})"""


@pytest.fixture
def line(page: Page, key: str) -> Locator:
    """The order's line on the page of the technician."""
    page.goto(f"/#key={key}")
    found = page.locator(".work-orders li[data-order]")
    expect(found).to_have_count(1)
    return found


def a_file(width_px: int = 2400, height_px: int = 1800, orientation: int = 1) -> FilePayload:
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": a_photo(width_px, height_px, orientation)}


def choose(line: Locator, *files: FilePayload) -> None:
    line.locator(".work-close > summary").click()
    line.get_by_label("Choisir des photos").set_input_files(list(files))
    expect(line.locator(".photo-field li")).to_have_count(len(files))


def close(line: Locator) -> None:
    line.get_by_label("juste", exact=True).check()
    line.get_by_role("button", name="Clore l’ordre").click()


def test_a_photo_goes_with_the_closing_and_is_seen_in_the_history(
    page: Page, desk: Desk, town: LampTown, line: Locator
) -> None:
    """Made smaller in the browser, upright, and shown to whoever opens the asset afterwards."""
    choose(line, a_file(orientation=6), a_file(300, 200))
    line.get_by_role("button", name="Retirer la photo 2").click()
    expect(line.locator(".photo-field li")).to_have_count(1)
    expect(line.get_by_label("Prendre une photo")).to_have_attribute("capture", "environment")
    close(line)
    expect(page.locator(".work-orders li[data-order]")).to_have_count(0)
    assert desk.fetch(PHOTOS) == [(1200, 1600, "technicienne")]
    page.goto(f"/#asset={town.lamp_id}")
    panel = page.locator(".asset-orders")
    panel.get_by_text("Ordres de travail de cet équipement").click()
    panel.get_by_text("Historique et photos").click()
    expect(panel.locator("ol li").last).to_contain_text("clos (technicienne)")
    image = panel.locator(".photos img")
    expect(image).to_have_attribute("alt", re.compile("^Photo ajoutée .* \\(technicienne\\)$"))
    wait_until(lambda: image.evaluate("one => one.naturalWidth") == 1200, "the photo is shown", 15)
    assert find_faults(page) == []


def test_a_photo_taken_without_a_connection_outlives_a_reload_and_is_sent_once_before_its_closing(
    page: Page, desk: Desk, line: Locator
) -> None:
    page.context.set_offline(True)
    choose(line, a_file(), a_file(300, 200))
    close(line)
    queue = page.locator(".queue")
    expect(queue.locator("li")).to_have_count(3)
    expect(queue.locator("li").first).to_contain_text("Photo pour l’ordre n° 1 (Lampe rue de l’Église 1)")
    assert page.evaluate(FILES) == 2
    page.route(API, lambda route: route.abort())
    page.context.set_offline(False)
    page.reload()
    expect(queue.locator("li")).to_have_count(3)
    assert desk.fetch(PHOTOS) == []
    page.unroute(API)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(queue).to_be_hidden()
    assert desk.fetch(ORDER) == [("closed", "confirmed")]
    assert [row[:2] for row in desk.fetch(PHOTOS)] == [(1600, 1200), (300, 200)]
    actions = [row[0] for row in desk.fetch(DONE)]
    assert actions == ["open_work_order", "add_work_order_photo", "add_work_order_photo", "close_work_order"]
    wait_until(lambda: page.evaluate(FILES) == 0, "the files are forgotten", 15)


def test_a_photo_whose_answer_was_lost_is_not_added_twice(page: Page, desk: Desk, line: Locator) -> None:
    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/photos", lose_answer, times=1)
    choose(line, a_file(300, 200))
    close(line)
    expect(page.locator(".work-orders li[data-order]")).to_have_count(0)
    expect(page.locator(".queue")).to_be_hidden()
    assert len(desk.fetch(PHOTOS)) == 1
    assert desk.fetch(ORDER) == [("closed", "confirmed")]


def test_a_photo_that_is_refused_is_said_in_french_and_the_closing_goes_on(
    page: Page, desk: Desk, line: Locator
) -> None:
    page.context.set_offline(True)
    choose(line, a_file(300, 200))
    close(line)
    expect(page.locator(".queue li")).to_have_count(2)
    desk.change(
        "insert into work_order_photos (work_order_id, who, given_by, width_px, height_px, content)"
        " select 1, 'x', 'x', 1, 1, 'x' from generate_series(1, 12)"
    )
    page.context.set_offline(False)
    kept = page.locator(".queue li")
    expect(kept.get_by_role("alert")).to_have_text("Pas enregistré : l’ordre a déjà 12 photos : retirez-en une d’abord")
    expect(kept).to_have_count(1)
    assert desk.fetch(ORDER) == [("closed", "confirmed")]
    kept.get_by_role("button", name="Oublier").click()
    expect(page.locator(".queue")).to_be_hidden()
    wait_until(lambda: page.evaluate(FILES) == 0, "the file is forgotten", 15)


def test_what_is_no_picture_is_said_and_left_out(page: Page, line: Locator) -> None:
    line.locator(".work-close > summary").click()
    no_photo: FilePayload = {"name": "note.heic", "mimeType": "image/heic", "buffer": b"no picture"}
    line.get_by_label("Choisir des photos").set_input_files([no_photo])
    expect(line.locator(".photo-field .result")).to_contain_text("note.heic : ce navigateur ne lit pas cette image")
    expect(line.locator(".photo-field li")).to_have_count(0)


def test_what_the_browser_keeps_has_no_metadata_already(page: Page, line: Locator) -> None:
    page.context.set_offline(True)
    choose(line, a_file())
    close(line)
    expect(page.locator(".queue li")).to_have_count(2)
    kept = bytes(page.evaluate(FIRST_FILE))
    assert len(kept) > 1000
    assert not [secret for secret in SECRETS if secret in kept]
    image = Image.open(io.BytesIO(kept))
    assert (image.size, dict(image.getexif())) == ((1600, 1200), {})


@pytest.mark.parametrize("width", [320, 1440])
def test_the_field_fits_a_phone_and_can_be_used_by_all(page: Page, line: Locator, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    choose(line, a_file(), a_file(300, 200))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert find_faults(page) == []
