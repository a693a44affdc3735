"""`vigie project`: the return as entered, and under other assumptions."""

import itertools
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import SettingError
from deploy.reference import enter_file
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import TerritoryEntry, register
from store.results import KpiValue, write_kpis

pytestmark = pytest.mark.services

ENTERED = {
    "territory": "town",
    "projects": [
        {
            "slug": "led",
            "name": "LED",
            "domain": "lighting",
            "assets": ["c-1"],
            "started_on": "2025-07-01",
            "baseline_from": "2024-07-01",
            "baseline_to": "2025-07-01",
            "cost_eur": 10000,
            "invoices": [{"number": "F-1", "invoiced_on": "2025-06-01", "amount_eur": 12000}],
            "subsidy": {"eligible_from": "2025-01-01"},
            "assumptions": {"discount_rate": 0.0},
        }
    ],
}


@pytest.fixture
def town_url(database_url: str, tmp_path: Path) -> str:
    """A town whose cabinet saved 100 to 140 euros in each month of a year."""
    path = tmp_path / "town.json"
    path.write_text(json.dumps(ENTERED), encoding="utf-8")
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("town", "Town")], [AssetEntry("town", "c-1", "C 1", "light_cabinet")])
    enter_file(database_url, path)
    firsts = [datetime(2025 + n // 12, n % 12 + 1, 1, 11, tzinfo=UTC) for n in range(8, 21)]
    with connect(database_url, program="test") as connection:
        write_kpis(
            connection,
            [
                KpiValue(1, None, "lighting_cost_saved", begin, end, 120.0, "{EUR}", 100.0, 140.0, 1.0, "m", "1", "h")
                for begin, end in itertools.pairwise(firsts)
            ],
        )
    return database_url


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["project", *words])


def said(database_url: str, *words: str) -> str:
    done = vigie(database_url, *words)
    assert done.exit_code == 0, done.exception
    return done.stdout


def test_the_return_as_entered(town_url: str) -> None:
    told = json.loads(said(town_url, "return", "led", "--until", "2026-08", "--json"))["as_entered"]
    assert (told["investment_eur"], told["subsidy_eur"], told["own_eur"]) == (12_000, 4800, 7200)
    assert told["saving_eur_per_year"]["value"] == pytest.approx(1440)
    assert told["payback_years"] == pytest.approx({"low": 7200 / 1680, "value": 5, "high": 6, "is_open": False})


def test_what_if_stands_beside_what_was_entered(town_url: str) -> None:
    words = ("what-if", "led", "--until", "2026-08", "--share", "0.1", "--horizon-years", "10")
    told = json.loads(said(town_url, *words, "--json"))
    assert told["what_if"]["subsidy_eur"] == pytest.approx(1200)
    assert told["what_if"]["net_present_value_eur"] == pytest.approx([1200, 3600, 6000])
    assert told["as_entered"]["subsidy_eur"] == pytest.approx(4800)
    assert "subsidy_eur\t4,800.00\t1,200.00" in said(town_url, *words)


def test_projects_are_listed(town_url: str) -> None:
    assert said(town_url, "list") == f"town\tled\tlighting\t{date(2025, 7, 1)}\tLED\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("return", "none"), "there is no project 'none'"),
        (("return", "led", "--until", "2025-06"), "had not begun by the end of 2025-06"),
        (("return", "led", "--until", "June"), "--until must be a month"),
        (("what-if", "led", "--share", "40"), "share must be between 0 and 1"),
        (("what-if", "led", "--bonus-read-as", "both"), "points or share"),
    ],
)
def test_what_cannot_be_told_ends_in_a_sentence(town_url: str, words: tuple[str, ...], sentence: str) -> None:
    done = vigie(town_url, *words)
    assert isinstance(done.exception, SettingError)
    assert sentence in str(done.exception)
