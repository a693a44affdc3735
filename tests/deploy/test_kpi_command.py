"""`vigie kpi day`: what is not kept of a single asset, told when asked."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from analytics.tell import tell_changed
from deploy.cli import app
from deploy.errors import SettingError
from sensors.asset_entry import AssetEntry
from store import rollup
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services
BEGIN = datetime(2026, 3, 1, 23, tzinfo=UTC)  # 2 March in Paris
HOUR = timedelta(hours=1)


@pytest.fixture
def town_url(database_url: str) -> str:
    """A lamp that draws 40 W all day and night for three days, told."""
    with connect(database_url, program="test", autocommit=True) as connection:
        assets = [AssetEntry("town", slug, slug.title(), "street_light") for slug in ("lamp", "other")]
        register(
            connection, [TerritoryEntry("town", "Town")], assets, [DeviceEntry("town", "d", placements={"*": "lamp"})]
        )
        connection.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select territory_id, device_id, 'active_power', 'W' from devices"
        )
        connection.execute(
            "insert into measurements select 1, 1, %s + n * interval '20 minutes', 40"
            " from generate_series(0, 3 * 72) n",
            (BEGIN,),
        )
        rollup.refresh(connection, BEGIN + 72 * HOUR, grace_s=0, settle_s=0)
        tell_changed(connection, BEGIN + 72 * HOUR)
    return database_url


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["kpi", "day", "--territory", "town", *words])


def test_a_night_of_one_lamp_is_told_though_only_the_town_s_is_kept(town_url: str) -> None:
    with connect(town_url, program="test") as connection:
        kept = connection.execute(
            "select asset_id, value from kpi_values where kpi = 'street_light_energy' and lower(period) = %s",
            (BEGIN + 12 * HOUR,),
        ).fetchall()
    done = vigie(town_url, "--asset", "lamp", "--day", "2026-03-02", "--json")
    assert done.exit_code == 0, done.exception
    (told,) = map(json.loads, done.stdout.splitlines())
    assert kept == [(None, told["figure"]["value"])]
    assert told["figure"]["value"] == pytest.approx(0.96)
    assert (told["figure"]["kpi"], told["begins_at"]) == ("street_light_energy", "2026-03-02 11:00:00+00:00")
    assert "street_light_energy" in vigie(town_url, "--asset", "lamp", "--day", "2026-03-02").stdout


@pytest.mark.parametrize(
    ("asset", "sentence"), [("none", "there is no asset 'none'"), ("other", "other has no figure of 2026-03-02")]
)
def test_what_cannot_be_told_ends_in_a_sentence(town_url: str, asset: str, sentence: str) -> None:
    done = vigie(town_url, "--asset", asset, "--day", "2026-03-02")
    assert isinstance(done.exception, SettingError)
    assert sentence in str(done.exception)
