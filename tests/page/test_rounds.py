"""Tomorrow's rounds on the page, and what an asset's panel foretells; what is past is not told as to come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from analytics.forecast.job import tell_forecasts
from analytics.rounds.distances import estimate
from analytics.rounds.fleet import Depot, Fleet, VehicleEntry
from analytics.rounds.job import Means, Order, plan_rounds
from analytics.rounds.problem import Effort
from analytics.rounds.solver_builtin import solve
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.forecasts import Forecast, write_forecasts
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.page.test_access import STICKING_OUT
from tests.support.browser import find_faults
from tests.support.filling import add_filling
from tests.support.lamp_town import SLUG, LampTown, add_measurements, number
from tests.support.open_town import Connection

pytestmark = [pytest.mark.browser, pytest.mark.services]

ZONE = ZoneInfo("Europe/Paris")
FLEET = Fleet((Depot("Dépôt", 5.0, 47.3),), (VehicleEntry("Benne 1", "Dépôt", 50_000.0, "06:00", "13:00"),))


@dataclass(frozen=True, slots=True)
class Collected:
    """A town with containers, and the numbers of the one that fills."""

    connection: Connection
    key: str
    asset_id: int
    series_id: int


@pytest.fixture
def collected(address: str, town: LampTown, database_url: str) -> Iterator[Collected]:
    """A container will overflow before the next vehicle, three days after tomorrow; forecasts are told."""
    now = datetime.now(UTC).replace(microsecond=0)
    hour = now.replace(minute=0, second=0)
    next_day = (now.astimezone(ZONE) + timedelta(days=4)).weekday()
    with connect(database_url, program="test", autocommit=True) as connection:
        series = add_filling(connection, TerritoryEntry(SLUG, "Is-sur-Tille"), hour, weekdays=(next_day,))
        tell_forecasts(connection, now)
        asset_id = number(connection, "select asset_id from assets where slug = 'brimming'")
        yield Collected(connection, town.key, asset_id, series["brimming"])


def plan(connection: Connection) -> None:
    """Plan tomorrow's rounds as `vigie rounds plan` does."""
    order = Order(SLUG, None, datetime.now(UTC), Effort(iterations=100))
    plan_rounds(connection, order, Means(FLEET, estimate, solve))


def open_card(page: Page) -> Locator:
    card = page.locator(".rounds")
    card.locator("summary").first.click()
    return card


def test_stops_are_told_in_order_and_lead_to_the_asset(page: Page, collected: Collected) -> None:
    plan(collected.connection)
    page.goto(f"/#key={collected.key}")
    card = open_card(page)
    expect(card.locator("h3")).to_contain_text("Demain, ")
    one = card.locator("[data-rounds]", has=page.locator("h4", has_text="verre"))
    expect(one).to_contain_text("1 tournée · 1 arrêt · 6,")
    expect(one).to_contain_text("distances estimées")
    one.locator(".round summary").first.focus()
    page.keyboard.press("Enter")
    stop = one.locator(f"ol [data-asset-id='{collected.asset_id}']")
    expect(stop).to_contain_text("1. 06:")
    expect(stop).to_contain_text("remplissage attendu au départ : ")
    expect(stop).to_contain_text("de risque de débordement avant le passage suivant")
    expect(stop).to_contain_text("vers le ")
    stop.get_by_role("button", name="Bac brimming").press("Enter")
    expect(page.locator("#asset-title")).to_have_text("Bac brimming")
    expect(page.locator("#asset-title")).to_be_focused()
    expect(page.locator("#asset-title")).to_be_in_viewport()


def test_what_is_left_out_is_told_with_its_reason_in_both_languages(page: Page, collected: Collected) -> None:
    plan(collected.connection)
    page.goto(f"/#key={collected.key}")
    left = open_card(page).locator(".left-out", has_text="2 conteneurs laissés")
    left.locator("summary").click()
    expect(left.locator("li", has_text="Bac silent")).to_contain_text("niveau inconnu, aucun passage prévu ce jour")
    expect(left.locator("li", has_text="Bac calm")).to_contain_text("le détour coûterait plus qu’il n’évite")
    page.get_by_role("button", name="English").click()
    card = open_card(page)
    expect(card.locator("h2")).to_have_text("Tomorrow’s rounds")
    expect(card.locator(".left-out", has_text="2 containers left out")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_card_and_forecast_have_no_fault_and_nothing_sticks_out_on_a_telephone(
    page: Page, collected: Collected, scheme: str
) -> None:
    plan(collected.connection)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"/#key={collected.key}&asset={collected.asset_id}")
    expect(page.locator(".forecasts li")).to_have_count(3)
    card = open_card(page)
    expect(card.locator(".round > summary")).to_have_count(3)
    for summary in card.locator(".round > summary").all():
        summary.click()
    expect(card.locator("ol li").first).to_be_visible()
    assert find_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(STICKING_OUT) == []


def test_where_nothing_is_planned_it_is_said_why(page: Page, town: LampTown) -> None:
    page.goto(f"/#key={town.key}")
    expect(open_card(page)).to_contain_text("Aucune tournée n’est encore calculée pour demain.")
    page.goto("/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto(f"/#key={town.empty_key}")
    expect(open_card(page)).to_contain_text("Aucun conteneur n’est enregistré ici")


def test_panel_says_when_a_container_is_full_until_somebody_empties_it(page: Page, collected: Collected) -> None:
    page.goto(f"/#key={collected.key}&asset={collected.asset_id}")
    told = page.locator(".forecasts")
    expect(told.locator("li")).to_have_count(3)
    expect(told.locator("li").first).to_contain_text("si personne ne le vide")
    expect(told.locator("li").nth(1)).to_contain_text("entre")
    add_measurements(collected.connection, collected.series_id, [(datetime.now(UTC), 4.0)])
    expect(told.locator("li")).to_have_count(0)


INKED_AHEAD = """([name, dashed]) => {
  // Columns behind the line that says now in which a colour of the page is drawn, and how often it begins anew.
  const canvas = document.querySelector(".plot canvas");
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(document.querySelector(".plot")).getPropertyValue(name).trim();
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const isInked = (x) => {
    for (let y = 0; y < height; y++) {
      const at = 4 * (y * width + x);
      const alpha = data[at + 3];
      if ((dashed ? alpha > 200 : alpha > 15 && alpha < 120)
          && Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 30) return true;
    }
    return false;
  };
  const columns = Array.from({ length: Math.floor(width / 2) }, (_, n) => isInked(Math.floor(width / 2) + n));
  return [columns.filter(Boolean).length / columns.length, columns.filter((one, n) => one && !columns[n - 1]).length];
}"""


def test_curve_goes_on_with_the_forecast_and_its_interval(page: Page, collected: Collected) -> None:
    """Of a day and two days ahead, what lies right of the middle is forecast: a broken line in a band of its hue."""
    now = datetime.now(UTC)
    measured = [(now - timedelta(hours=n), 66.0 - n / 2) for n in range(20)]
    add_measurements(collected.connection, collected.series_id, measured)
    page.goto(f"/#key={collected.key}&asset={collected.asset_id}")
    plot = page.locator(".plot[role=img]")
    expect(plot).to_have_attribute("aria-label", re.compile(r"Prévision.: .*\(entre .* et .*\).; .*\(entre"))
    share, n_dashes = page.evaluate(INKED_AHEAD, ["--accent", True])
    assert 0.3 < share < 0.9
    assert n_dashes > 5
    share, _ = page.evaluate(INKED_AHEAD, ["--accent", False])
    assert share > 0.8
    table = page.locator(".curve-table")
    table.locator("summary").click()
    expect(table.locator("tr.ahead")).to_have_count(2)
    expect(table.locator("tbody tr").first).to_contain_text("prévision")
    expect(table.locator("tr.ahead td").first).to_contain_text("entre")
    assert find_faults(page) == []
    page.get_by_role("button", name="7 j").click()
    expect(table.locator("thead th")).to_have_count(4)
    expect(table.locator("tr.ahead").first.locator("td")).to_have_count(3)
    add_measurements(collected.connection, collected.series_id, [(datetime.now(UTC), 4.0)])
    expect(table.locator("tr.ahead")).to_have_count(0)
    expect(plot).not_to_have_attribute("aria-label", re.compile("Prévision"))
    page.get_by_role("button", name="24 h").click()
    expect(plot).to_be_visible()
    page.locator(".plot canvas").first.wait_for()
    assert page.evaluate(INKED_AHEAD, ["--accent", True])[1] <= 3


def test_a_car_park_is_told_with_free_places_and_only_what_is_to_come(
    page: Page, town: LampTown, database_url: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with connect(database_url, program="test") as connection:
        park = AssetEntry(SLUG, "halles", "Les Halles", "car_park", 5.1, 47.52)
        register(connection, [], [park], [DeviceEntry(SLUG, "dev-park", placements={"*": "halles"})])
        connection.execute(
            "insert into series (territory_id, device_id, quantity, unit) select territory_id, device_id,"
            " 'occupancy_ratio', '1' from devices where external_id = 'dev-park'"
        )
        asset_id = number(connection, "select asset_id from assets where slug = 'halles'")
        places = {"free_places_low": 8.0, "free_places": 12.4, "free_places_high": 20.0}
        told = [(1800, now - timedelta(minutes=5), 0.9, {}), (3600, now + timedelta(minutes=25), 0.78, places)]
        rows = [
            Forecast(
                asset_id, "occupancy_ratio", lead_s, at - timedelta(seconds=lead_s), at, value, value - 0.1,
                value + 0.1, "m", "1", detail,
            )
            for lead_s, at, value, detail in told
        ]  # fmt: skip
        write_forecasts(connection, rows)
    page.goto(f"/#key={town.key}&asset={asset_id}")
    lines = page.locator(".forecasts li")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("78\u202f% (entre 68\u202f% et 88\u202f%) · places libres : 12 (entre 8 et 20)")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".forecasts")).to_contain_text("right nine times in ten")
