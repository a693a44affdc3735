"""What a technician does on the page: take over devices that wait, and see which broker is down."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ingest.replayer import Replayer
from store.connect import connect
from store.sources import RuleEntry, SourceEntry, StateRow, write_source, write_states
from tests.support.browser import find_faults
from tests.support.desk import Desk
from tests.support.lamp_town import SLUG, LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]


@pytest.fixture
def desk(town: LampTown, database_url: str) -> Desk:
    """The town, in which two strangers have sent, one of them from a name that looks like markup."""
    desk = Desk(database_url, SLUG)
    begin_s = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    messages = [("sonde-1", b'{"at":%d,"values":{"voltage":%d}}' % (begin_s + n, 230 + n)) for n in range(3)]
    messages += [("sonde-2", b'{"at":%d,"values":{"voltage":228,"oddity":3}}' % begin_s)]
    desk.work([desk.chunk([(f"vigie/{SLUG}/{device}/up", payload) for device, payload in messages])])
    return desk


@pytest.fixture
def replayer(desk: Desk) -> Iterator[None]:
    """The worker's part that does the replays asked for."""
    replayer = Replayer(desk.database_url)
    thread = threading.Thread(target=replayer.run)
    thread.start()
    yield
    replayer.close()
    thread.join(10)


def open_strangers(page: Page, key: str) -> Locator:
    page.goto(f"/#key={key}")
    panel = page.locator(".strangers")
    panel.locator("summary").first.click()
    return panel


def test_a_device_that_waits_is_shown_with_what_it_sends(page: Page, key: str) -> None:
    panel = open_strangers(page, key)
    first = panel.locator("li", has_text="sonde-1")
    for text in (
        "source : Courtier de la plateforme",
        "messages gardés : 3",
        "Tension\u00a0: 232\u202fV",
        f"vigie/{SLUG}/sonde-1/up",
    ):
        expect(first).to_contain_text(text)
    expect(panel.locator("li", has_text="sonde-2")).to_contain_text("oddity")


def test_a_device_is_named_placed_and_accepted_by_keyboard(
    page: Page, key: str, desk: Desk, replayer: None, tmp_path: Path
) -> None:
    """Its three kept values are stored, the panel says so, and the device is on the lamp chosen."""
    panel = open_strangers(page, key)
    row = panel.locator("li", has_text="sonde-1")
    row.get_by_text("Nommer, placer, accepter").press("Enter")
    row.get_by_label("Nom").fill("Sonde de l’église")
    row.get_by_label("Équipement suivi").fill("nulle-part")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("Cet équipement n’existe pas")
    row.get_by_label("Équipement suivi").fill("lamp-2")
    page.screenshot(path=tmp_path / "strangers.png", full_page=True)
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("Valeurs enregistrées : 3 · en double : 0 · refusées : 0")
    expect(panel.get_by_role("status")).to_be_focused()
    expect(panel.locator("li")).to_have_count(1)
    query = "select d.name, a.slug from placements join devices d using (device_id) join assets a using (asset_id)"
    assert desk.fetch(f"{query} where d.external_id = 'sonde-1'") == [("Sonde de l’église", "lamp-2")]


def test_several_are_accepted_at_once(page: Page, key: str, replayer: None) -> None:
    panel = open_strangers(page, key)
    panel.get_by_role("button", name="Accepter la sélection").click()
    expect(panel.get_by_role("status")).to_contain_text("Choisissez d’abord")
    panel.get_by_label("Tout sélectionner").check()
    panel.get_by_role("button", name="Accepter la sélection").click()
    expect(panel.get_by_role("status")).to_contain_text(
        "Appareils acceptés : 2. Valeurs enregistrées : 4 · en double : 0 · refusées : 1"
    )
    expect(panel.locator("li")).to_have_count(0)


def test_a_device_is_ignored(page: Page, key: str, desk: Desk) -> None:
    panel = open_strangers(page, key)
    panel.get_by_label("sonde-2").check()
    panel.get_by_role("button", name="Ignorer la sélection").click()
    expect(panel.get_by_role("status")).to_contain_text("Appareils ignorés : 1")
    expect(panel.locator("li")).to_have_count(1)
    assert desk.fetch("select external_id from devices where state = 'ignored'") == [("sonde-2",)]


def test_what_is_typed_in_stays_while_the_page_is_refreshed(page: Page, key: str, desk: Desk) -> None:
    panel = open_strangers(page, key)
    row = panel.locator("li", has_text="sonde-1")
    row.get_by_text("Nommer, placer, accepter").click()
    panel.get_by_label("sonde-2").check()
    row.get_by_label("Nom").fill("à moitié")
    desk.work([desk.chunk([(f"vigie/{SLUG}/sonde-1/up", b'{"values":{"voltage":231}}')], 50)])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(row).to_contain_text("messages gardés : 4")
    expect(row.get_by_label("Nom")).to_have_value("à moitié")
    expect(row.get_by_label("Nom")).to_be_focused()
    expect(panel.get_by_label("sonde-2")).to_be_checked()


def test_a_key_that_only_reads_shows_devices_and_no_buttons(page: Page, town: LampTown, desk: Desk) -> None:
    panel = open_strangers(page, town.key)
    expect(panel.locator("li")).to_have_count(2)
    expect(panel).to_contain_text("Votre clé permet seulement de lire")
    expect(panel.get_by_role("button")).to_have_count(0)
    expect(panel.get_by_role("checkbox")).to_have_count(0)


@pytest.fixture
def sources(desk: Desk) -> None:
    """The own broker and two others, one of which refuses us."""
    now_us = int(datetime.now(UTC).timestamp() * 1_000_000)
    with connect(desk.database_url, program="test") as connection:
        for name in ("reseau-lora", "batiments"):
            entry = SourceEntry(name, f"mqtts://{name}.example.org:8883", (RuleEntry("chirpstack"),), SLUG)
            write_source(connection, entry)
        write_states(
            connection,
            [
                StateRow("own", "vigie-1", True, now_us - 7_200_000_000, now_us, ""),
                StateRow("reseau-lora", "reseau-lora", False, now_us - 600_000_000, now_us - 601_000_000, "refused"),
                StateRow("batiments", "batiments", True, now_us - 600_000_000, None, ""),
            ],
        )


def test_a_broker_that_is_down_is_seen_before_the_list_is_opened(page: Page, key: str, sources: None) -> None:
    page.goto(f"/#key={key}")
    panel = page.locator(".sources")
    expect(panel.locator("summary")).to_contain_text("hors service : 1")
    panel.locator("summary").click()
    down = panel.locator("[data-source=reseau-lora]")
    for text in ("Hors service", "refused", "mqtts://reseau-lora.example.org:8883", "chirpstack"):
        expect(down).to_contain_text(text)
    expect(panel.locator("[data-source=own]")).to_contain_text("Courtier de la plateforme Connecté")
    expect(panel.locator("[data-source=own]")).to_contain_text("5 reçues · 0 enregistrées · 0 en double · 5 refusées")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_panels_stay_in_their_width_and_have_no_fault_that_axe_finds(
    page: Page, key: str, sources: None, width: int, scheme: str, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    panel = open_strangers(page, key)
    panel.get_by_text("Nommer, placer, accepter").first.click()
    page.locator(".sources > summary").click()
    page.locator(".rejections > summary").click()
    expect(page.locator(".line[data-asset]")).to_have_count(3)
    page.screenshot(path=tmp_path / f"{width}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_faults(page) == []


def test_panels_speak_english(page: Page, key: str, sources: None) -> None:
    panel = open_strangers(page, key)
    page.get_by_role("button", name="English").click()
    expect(panel.locator("h2")).to_have_text("Devices that wait")
    expect(page.locator(".sources")).to_contain_text("down: 1")
