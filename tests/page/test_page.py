"""The page as a person meets it: with and without a key, in both languages, with the server away."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from store.connect import connect
from tests.support.browser import find_faults
from tests.support.lamp_town import HOSTILE_NAME, N_VALUES, LampTown, add_measurements, flood_lamp_town

pytestmark = [pytest.mark.browser, pytest.mark.services]

INK = """(name) => {
  const probe = document.createElement('canvas').getContext('2d');
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  probe.fillRect(0, 0, 1, 1);
  return probe.getImageData(0, 0, 1, 1).data;
}"""
FIND_PIXELS = (
    """(selector, name) => {
  const canvas = document.querySelector(selector);
  if (!canvas || canvas.width === 0) return [];
  const [r, g, b] = ("""
    + INK
    + """)(name);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const found = [];
  for (let i = 0; i < data.length; i += 4) {
    const away = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b);
    if (data[i + 3] > 200 && away < 40) found.push(i / 4);
  }
  return found;
}"""
)
# Pixels of the accent colour, so that axes and grid alone do not count as a curve.
COUNT_CURVE_PIXELS = f"() => ({FIND_PIXELS})('.plot canvas', '--accent').length"
FIND_URGENT_MARK = (
    f"() => {{ const found = ({FIND_PIXELS})('.assets-canvas', '--urgent');"
    """
  if (found.length === 0) return null;
  const canvas = document.querySelector('.assets-canvas');
  const box = canvas.getBoundingClientRect();
  const middle = found[Math.floor(found.length / 2)];
  const scale = box.width / canvas.width;
  return { x: box.left + (middle % canvas.width) * scale, y: box.top + Math.floor(middle / canvas.width) * scale };
}"""
)


def wait_until(page: Page, is_true: Callable[[], bool]) -> None:
    """Poll from outside: the page's own policy forbids what Playwright's waiting evaluates inside it."""
    deadline = time.monotonic() + 15
    while not is_true():
        assert time.monotonic() < deadline, "it did not come about in 15 s"
        page.wait_for_timeout(100)


def test_public_kpis_are_shown_without_a_key(page: Page) -> None:
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator(".tile[data-kpi=street_light_energy] .figure")).to_contain_text("kWh")
    expect(page.locator(".tile[data-kpi=building_energy]")).to_have_count(0)
    expect(page.get_by_label("Clé d’accès")).to_be_visible()
    expect(page.locator(".assets")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_without_a_key_and_at_a_curve_a_proof_and_a_wrong_key(
    page: Page, town: LampTown, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/")
    expect(page.locator(".tile[data-kpi=street_light_energy] .figure")).to_contain_text("kWh")
    assert find_faults(page) == []
    page.goto("/#key=vg_wrong")
    expect(page.get_by_role("alert")).to_contain_text("Cette clé n’est pas acceptée")
    assert find_faults(page) == []
    page.goto(f"/#key={town.key}&asset={town.lamp_id}")
    page.get_by_text("Valeurs en tableau").click()
    expect(page.locator(".curve-table tbody tr")).to_have_count(100)
    assert find_faults(page) == []
    page.locator(".tile[data-kpi=street_light_energy]").click()
    expect(page.get_by_role("dialog")).to_contain_text("n_series")
    assert find_faults(page) == []


def test_key_is_typed_in_the_form_and_given_up_again(page: Page, town: LampTown) -> None:
    page.goto("/")
    page.get_by_label("Clé d’accès").fill(town.key)
    page.keyboard.press("Enter")
    expect(page.locator(".line[data-asset]")).to_have_count(3)
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.locator(".line[data-asset]")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_key_in_the_fragment_leaves_the_address(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    expect(page.locator(".line[data-asset]")).to_have_count(3)
    assert town.key not in page.url
    assert town.key not in page.evaluate("JSON.stringify(localStorage)")
    assert town.key not in page.content()


def test_wrong_key_is_said(page: Page) -> None:
    page.goto("/#key=vg_wrong")
    expect(page.get_by_role("alert")).to_contain_text("Cette clé n’est pas acceptée")
    expect(page.get_by_label("Clé d’accès")).to_be_visible()


def test_kpi_tile_opens_its_proof(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    page.locator(".tile[data-kpi=street_light_energy]").click()
    proof = page.get_by_role("dialog")
    for text in ("counter differences, else held power", "a" * 64, "97", "entre", "n_series"):
        expect(proof).to_contain_text(text)
    page.keyboard.press("Escape")
    expect(proof).to_have_count(0)
    page.locator(".tile[data-kpi=building_energy]").click()
    expect(page.get_by_role("dialog")).to_contain_text("Trop peu de données")


def test_asset_shows_its_curve_and_the_same_values_as_a_table(page: Page, town: LampTown, tmp_path: Path) -> None:
    page.goto(f"/#key={town.key}")
    page.locator(f".line[data-asset='{town.lamp_id}']").click()
    expect(page.locator("#asset-title")).to_have_text("Lampe rue de l’Église 1")
    wait_until(page, lambda: page.evaluate(COUNT_CURVE_PIXELS) > 200)
    expect(page.locator(".plot")).to_have_attribute(
        "aria-label", re.compile(rf"Puissance.*{N_VALUES - 1}|{N_VALUES} points")
    )
    page.get_by_text("Valeurs en tableau").click()
    expect(page.locator(".curve-table tbody tr")).to_have_count(100)
    expect(page.locator(".curve-table tbody tr").first).to_contain_text("40\u202fW")
    page.screenshot(path=tmp_path / "asset.png", full_page=True)
    assert (tmp_path / "asset.png").stat().st_size > 10_000


def test_curve_is_live(page: Page, town: LampTown, database_url: str) -> None:
    """A measurement stored while the asset is open appears on its card and in its table."""
    page.goto(f"/#key={town.key}&asset={town.lamp_id}")
    page.get_by_text("Valeurs en tableau").click()
    expect(page.locator(".curve-table tbody tr").first).to_contain_text("40\u202fW")
    with connect(database_url, program="test") as connection:
        add_measurements(connection, town.series_id, [(town.last_at + timedelta(seconds=1), 77.5)])
    expect(page.locator(".series-card .last")).to_have_text("77,5\u202fW")
    expect(page.locator(".curve-table tbody tr").first).to_contain_text("77,5\u202fW")


def test_a_curve_that_has_ended_is_not_called_live(page: Page, town: LampTown, database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("delete from measurements where observed_at > now() - interval '150 minutes'")
        connection.execute("update last_values set observed_at = now() - interval '150 minutes'")
    page.goto(f"/#key={town.key}&asset={town.lamp_id}")
    expect(page.locator(".readout")).to_contain_text("Dernière mesure : il y a 3 h")
    expect(page.locator(".readout .live")).to_have_count(0)


def test_finding_leads_to_its_asset(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    finding = page.locator(".findings .finding")
    expect(finding).to_contain_text("Lampe 1 : puissance 46 W")
    expect(finding).to_contain_text("Urgent")
    finding.click()
    expect(page.locator("#asset-title")).to_have_text("Lampe rue de l’Église 1")
    assert page.url.endswith(f"#asset={town.lamp_id}")


def test_findings_that_no_incident_holds_yet_are_not_passed_over_in_silence(
    page: Page, town: LampTown, database_url: str
) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("update findings set incident_id = null")
        connection.execute("delete from incidents")
    page.goto(f"/#key={town.key}")
    expect(page.locator(".findings")).to_contain_text("Constats en cours de regroupement.")
    expect(page.locator(".findings")).to_contain_text("Équipements concernés : 1")
    expect(page.locator(".findings")).not_to_contain_text("Rien à signaler")


def test_findings_with_one_cause_are_one_line_and_opened_from_it(page: Page, town: LampTown, database_url: str) -> None:
    flood_lamp_town(database_url, town)
    page.goto(f"/#key={town.key}")
    lines = page.locator(".findings-list > ul > li")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("Passerelle ne relaie plus rien")
    expect(lines.first).to_contain_text("4 équipements, 4 constats")
    line = lines.first.get_by_role("button").first
    expect(line).to_have_attribute("aria-expanded", "false")
    line.press("Enter")
    expect(lines.first.locator(".members li")).to_have_count(4)
    lines.first.locator(".members .finding", has_text="Bac ne dit plus rien").click()
    expect(page.locator("#asset-title")).to_have_text("Bac place de la République")
    page.locator("#asset-close").click()
    line.press("Enter")
    expect(page.locator(".members")).to_have_count(0)


def test_language_changes_all_at_once(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}&asset={town.lamp_id}")
    expect(page.locator(".findings .finding")).to_contain_text("d’habitude")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".findings .finding")).to_contain_text("is usual")
    expect(page.locator("#asset-title")).to_have_text("Lampe rue de l’Église 1")
    expect(page.get_by_placeholder("Search for an asset")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_names_are_text_and_never_markup(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    expect(page.get_by_text(HOSTILE_NAME)).to_be_visible()
    page.get_by_text(HOSTILE_NAME).click()
    expect(page.locator("#asset-title")).to_have_text(HOSTILE_NAME)
    assert page.locator("#app script, #app img").count() == 0
    assert page.title() == "Vigie"


def test_list_is_searched_and_filtered(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    expect(page.locator(".line[data-asset]").first).to_contain_text("Église")  # the worst first
    page.get_by_label("Rechercher un équipement").fill("eglise rue")
    expect(page.locator(".line[data-asset]")).to_have_count(1)
    page.get_by_label("Rechercher un équipement").fill("nowhere")
    page.get_by_role("button", name="Effacer les critères").click()
    expect(page.locator(".line[data-asset]")).to_have_count(3)
    page.get_by_label("Type", exact=True).select_option("waste_container")
    expect(page.locator(".line[data-asset]")).to_have_count(1)
    page.get_by_label("État").select_option("urgent")
    expect(page.get_by_text("Aucun équipement ne correspond")).to_be_visible()


def test_map_draws_an_asset_in_the_colour_of_its_state_and_opens_it(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    wait_until(page, lambda: page.evaluate(FIND_URGENT_MARK) is not None)
    place = page.evaluate(FIND_URGENT_MARK)
    page.mouse.click(place["x"], place["y"])
    expect(page.locator("#asset-title")).to_have_text("Lampe rue de l’Église 1")


def test_empty_territory_says_what_comes(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.empty_key}")
    expect(page.locator(".assets")).to_contain_text("n’a pas encore d’équipement")
    expect(page.locator(".findings")).to_contain_text("Rien à signaler")
    expect(page.locator(".kpis")).to_contain_text("Pas encore d’indicateur")


def test_asset_without_measurements_says_so(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    page.get_by_text("Bac place de la République").click()
    expect(page.locator(".asset")).to_contain_text("pas encore de mesure")


def test_lost_connection_is_said_and_heals(page: Page, town: LampTown) -> None:
    cut: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731
    page.goto(f"/#key={town.key}")
    expect(page.locator(".line[data-asset]")).to_have_count(3)
    page.route("**/v1/**", cut)
    page.locator(f".line[data-asset='{town.lamp_id}']").click()
    expect(page.locator(".banner")).to_contain_text("Connexion perdue")
    expect(page.locator(".line[data-asset]")).to_have_count(3)
    page.unroute("**/v1/**")
    expect(page.locator(".banner")).to_be_hidden()
    wait_until(page, lambda: page.evaluate(COUNT_CURVE_PIXELS) > 200)


def test_a_card_opened_without_a_connection_is_filled_once_it_is_back(page: Page, town: LampTown) -> None:
    """Also the card that is open from the start, which nobody opens again."""
    page.goto("/")
    page.route("**/v1/maintenance*", lambda route: route.abort())
    page.goto(f"/#key={town.key}")
    page.reload()
    expect(page.locator(".banner")).to_contain_text("Connexion perdue")
    page.route("**/v1/finding-precisions*", lambda route: route.abort())
    page.locator(".precision > summary").click()
    page.unroute("**/v1/finding-precisions*")
    page.unroute("**/v1/maintenance*")
    nothing = "Aucun constat en cours ni aucune durée de vie n’annonce de panne."
    expect(page.locator(".maintenance")).to_contain_text(nothing)
    expect(page.locator(".precision tbody tr")).to_have_count(1)


def test_french_signs_stay_on_the_line_of_their_word(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    sentence = page.locator(".findings .sentence")
    expect(sentence).to_be_visible()
    assert sentence.text_content() == "Lampe 1\u00a0: puissance 46 W\u00a0; d’habitude entre 38 et 44 W."
    page.get_by_role("button", name="English").click()
    assert sentence.text_content() == "Lamp 1: power is 46 W; between 38 and 44 W is usual."


def test_an_interval_of_no_width_is_not_written(page: Page, town: LampTown, database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("update kpi_values set low = value, high = value where kpi = 'street_light_energy'")
    page.goto(f"/#key={town.key}")
    tile = page.locator(".tile[data-kpi=street_light_energy]")
    expect(tile.locator(".figure")).to_contain_text("kWh")
    expect(tile.locator(".interval")).to_have_text("")


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_sticks_out_sideways(page: Page, town: LampTown, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"/#key={town.key}&asset={town.lamp_id}")
    wait_until(page, lambda: page.evaluate(COUNT_CURVE_PIXELS) > 50)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_savings_come_first_in_percent_and_euros_and_the_rest_on_demand(
    page: Page, town: LampTown, database_url: str, tmp_path: Path
) -> None:
    """Twelve KPIs more: ten tiles at first, shares in percent, a proof with a table in it."""
    figures = [("lighting_saving_ratio", 0.3589, "1"), ("lighting_cost_saved", 975.4, "{EUR}")]
    figures += [("rounds_avoided", 12.0, "{round}")] + [(f"other_{n}", float(n), "h") for n in range(9)]
    proof = '{"by_sector": [{"sector": "nord", "n_planned": 9}, {"sector": "sud", "n_planned": 8}]}'
    with connect(database_url, program="test") as connection:
        for kpi, value, unit in figures:
            connection.execute(
                "insert into kpi_values (territory_id, kpi, period, value, unit, completeness, method, method_version,"
                " inputs_hash, proof) select territory_id, %s, '[2026-10-01 00:00Z,2026-11-01 00:00Z)', %s, %s, 1,"
                " 'by hand', '1', 'x', %s from territories",
                (kpi, value, unit, proof),
            )
    page.goto(f"/#key={town.key}")
    tiles = page.locator(".tile[data-kpi]")
    expect(tiles).to_have_count(10)
    expect(tiles.nth(0).locator(".figure")).to_have_text("35,89 %")
    expect(tiles.nth(1).locator(".figure")).to_have_text("975,4 €")
    page.screenshot(path=tmp_path / "kpis.png")
    page.get_by_role("button", name=re.compile(r"Les \d+ indicateurs")).click()
    wait_until(page, lambda: tiles.count() >= len(figures))
    tiles.nth(2).click()
    expect(page.get_by_role("dialog").locator("tbody tr")).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Moins d’indicateurs").click()
    expect(tiles).to_have_count(10)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(tiles).to_have_count(4)


def test_refused_messages_stand_by_cause_with_a_sample(page: Page, town: LampTown, database_url: str) -> None:
    """Three messages of two devices nobody registered, one of them bytes that are no text."""
    with connect(database_url, program="test") as connection:
        for device, payload in (("sonde-7", b'{"values": {"level": 3}}'), ("sonde-7", b"\xff\x00"), ("<b>", b"{")):
            connection.execute(
                "insert into rejections (territory_id, source, topic, device, received_at, reason, detail,"
                " n_measurements, payload, decoder_version) select territory_id, 'own', %s, %s, now(),"
                " 'unknown_device', %s, 1, %s, 'native/1' from territories order by territory_id limit 1",
                (f"vigie/town/{device}/up", device, device, payload),
            )
    page.goto(f"/#key={town.key}")
    page.get_by_text("Messages refusés").click()
    cause = page.locator("[data-reason=unknown_device]")
    expect(cause).to_contain_text("messages : 3 · appareils : 2")
    expect(cause).to_contain_text("native/1")
    expect(cause.locator(".sample")).to_contain_text("vigie/town/<b>/up")


def test_without_refused_messages_there_is_no_list_of_them(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    expect(page.locator(".tile[data-kpi]").first).to_be_visible()
    expect(page.get_by_text("Messages refusés")).to_be_hidden()
