"""A technician replaces the device of an asset: its code is read with the camera, or typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from store.connect import connect
from store.keys import create_key
from tests.support.browser import ARGUMENTS, find_chromium, find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]
EUI = "70b3d57ed0012345"
CODE = "LW:D0:70B3D57ED0000001:70B3D57ED0012345:AABB1122:SX12"
STANDING = """
select d.external_id from placements p join devices d using (device_id)
where p.asset_id = %(asset_id)s and upper_inf(p.period) order by 1
"""


def film(code: str, path: Path) -> None:
    """Write what a camera sees that looks at a code: one grey frame of 640 by 480 (YUV4MPEG2)."""
    scene = Image.new("L", (640, 480), 150)
    rows = list(segno.make_qr(code, error="m").matrix_iter(scale=6, border=4))
    modules = Image.frombytes("L", (len(rows[0]), len(rows)), bytes(0 if dark else 255 for row in rows for dark in row))
    scene.paste(modules, ((640 - modules.width) // 2, (480 - modules.height) // 2))
    grey = bytes([128]) * (320 * 240 * 2)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + 4 * (b"FRAME\n" + scene.tobytes() + grey))


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera looks at the code of the new device."""
    seen = tmp_path_factory.mktemp("camera") / "code.y4m"
    film(CODE, seen)
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*ARGUMENTS, *camera, f"--use-file-for-fake-video-capture={seen}"]
        )
        yield browser
        browser.close()


@pytest.fixture
def desk(town: LampTown, database_url: str) -> Desk:
    """The town with a new device that waits."""
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(
            "insert into devices (territory_id, external_id, name, state)"
            " select territory_id, %(eui)s, %(eui)s, 'pending' from territories where slug = %(slug)s",
            {"eui": EUI, "slug": SLUG},
        )
    return Desk(database_url, SLUG)


@pytest.fixture
def panel(page: Page, desk: Desk, town: LampTown) -> Locator:
    """The form on the lamp's panel, opened."""
    with connect(desk.database_url, program="test") as connection:
        key = create_key(connection, "technicienne", [SLUG], scopes=("read", "write"))
    page.goto(f"/#key={key}&asset={town.lamp_id}")
    found = page.locator(".swap")
    found.get_by_text("Remplacer le capteur").click()
    return found


def test_a_code_before_the_camera_swaps_the_device(page: Page, desk: Desk, town: LampTown, panel: Locator) -> None:
    """The library that reads codes is fetched when somebody scans, and not before."""
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/static/" in request.url else None)
    before = desk.fetch(STANDING, asset_id=town.lamp_id)
    assert (len(before), fetched) == (1, [])
    panel.get_by_role("button", name="Scanner le code").click()
    expect(panel.get_by_label("Étiquette du nouveau capteur")).to_have_value(CODE, timeout=60_000)
    assert [name for name in fetched if "jsQR" in name]
    expect(panel.locator("video")).to_be_hidden()
    assert page.evaluate("document.querySelector('.swap video').srcObject") is None
    panel.get_by_role("button", name="Remplacer").click()
    expect(panel.locator(".result")).to_have_text(f"{EUI} a pris la place de {before[0][0]}.")
    assert desk.fetch(STANDING, asset_id=town.lamp_id) == [(EUI,)]
    assert desk.fetch("select state from devices where external_id = %(eui)s", eui=EUI) == [("accepted",)]


def test_a_label_can_be_typed_and_what_is_refused_is_said_in_french(
    page: Page, desk: Desk, town: LampTown, panel: Locator
) -> None:
    label, save = panel.get_by_label("Étiquette du nouveau capteur"), panel.get_by_role("button", name="Remplacer")
    label.fill("personne")
    save.click()
    expect(panel.locator(".result")).to_contain_text("ce capteur est inconnu ici : a-t-il déjà émis ?")
    assert find_faults(page) == []
    label.fill("70B3-D57E-D001-2345".replace("-", " "))
    panel.get_by_label("L’équipement lui-même est neuf aussi").check()
    save.click()
    expect(panel.locator(".result")).to_contain_text(f"{EUI} a pris la place de")
    assert desk.fetch(STANDING, asset_id=town.lamp_id) == [(EUI,)]
    assert desk.fetch("select attributes ? 'installed_on' from assets where asset_id = %(n)s", n=town.lamp_id) == [
        (True,)
    ]


def test_a_camera_that_is_refused_leaves_the_field_to_type_in(page: Page, panel: Locator) -> None:
    refuse = "async () => { throw new Error('Permission denied'); }"
    page.evaluate(f"void (navigator.mediaDevices.getUserMedia = {refuse})")
    panel.get_by_role("button", name="Scanner le code").click()
    expect(panel.locator(".result")).to_contain_text("La caméra ne peut pas servir (Permission denied)")
    expect(panel.get_by_label("Étiquette du nouveau capteur")).to_be_focused()


def test_who_may_only_read_is_offered_no_swap(page: Page, desk: Desk, town: LampTown) -> None:
    page.goto(f"/#key={town.key}&asset={town.lamp_id}")
    expect(page.locator(".asset-orders")).to_be_visible()
    expect(page.locator(".swap")).to_have_count(0)
