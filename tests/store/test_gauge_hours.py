"""Hours of gauges and states as hints read them, beside the same hours computed in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from analytics.grouping import by_quantity
from analytics.maintenance import pump_off_curve
from deploy.local.services import Services
from ingest.backfill.reader import Reading
from sensors.asset_entry import AssetEntry
from simulators.effect import faults
from simulators.town import Town
from store import rollup
from store.connect import connect
from store.gauge_hours import (
    GaugeHours,
    read_gauge_days,
    read_gauge_hours,
    read_named_assets,
    read_state_hours,
)
from store.inputs import Connection, Window
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.drawn_hours import draw, gauge_days, gauge_hours, state_hours
from tests.support.filled_town import fill_town
from tests.support.loaded import TOWN, load, write_csv
from tests.support.services import fresh_database
from tests.support.towns import a_town, an_episode, with_episodes

pytestmark = pytest.mark.services
START = datetime(2025, 10, 24, tzinfo=UTC)  # clocks change on the second day
N_DAYS = 4
DAY = timedelta(days=1)
QUANTITIES = frozenset({"flow", "water_pressure", "tilt", "container_state"})
TYPES = ("water_pipe", "pump", "waste_container")


def plan_town() -> Town:
    """A small town in which a container is moved."""
    town = a_town(136, START, scale=0.1)
    with_episodes(town, [an_episode(town, faults()["moved_container"], "conteneur-0004", 1.3, 1)])
    return town


class Stored(NamedTuple):
    """A town in the store, what the window is, and what its devices said."""

    connection: Connection
    window: Window
    town: Town
    drawn: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="module")
def stored(services: Services, database_template: str) -> Iterator[Stored]:
    with fresh_database(services, database_template) as url:
        end = fill_town(url, plan_town(), N_DAYS, QUANTITIES)
        with connect(url, program="test", autocommit=True) as connection:
            while rollup.refresh(connection, end, grace_s=0, settle_s=0).computed_to < end:
                pass
            row = connection.execute("select territory_id from territories").fetchone()
            assert row is not None
            town = plan_town()
            yield Stored(connection, Window(row[0], TYPES, START, end), town, draw(town, ("water", "waste"), N_DAYS))


def by_name(rows: list[GaugeHours]) -> dict[tuple[str, str], GaugeHours]:
    """Give rows by asset's name and quantity."""
    return {(row.name, row.quantity): row for row in rows}


def test_hours_are_those_of_the_measurements(stored: Stored) -> None:
    read = by_name(read_gauge_hours(stored.connection, stored.window, ("flow", "water_pressure", "tilt")))
    computed = by_name(gauge_hours(stored.town, stored.drawn, ("flow", "water_pressure", "tilt")))
    assert read.keys() == computed.keys()
    end_s = stored.window.ends_at.timestamp()
    for key, row in read.items():
        other = computed[key]
        own = other.between(START.timestamp(), end_s)
        common, first, second = np.intersect1d(row.begins_s, other.begins_s[own], return_indices=True)
        assert common.size == np.count_nonzero(row.begins_s <= other.begins_s[-1])  # theirs ends with the last value
        measured = row.n_values[first] > 0
        assert (row.n_values[first] == other.n_values[own][second]).all()
        assert row.low[first][measured] == pytest.approx(other.low[own][second][measured])
        assert row.high[first][measured] == pytest.approx(other.high[own][second][measured])
        a_minute = (row.high.max() - row.low.min()) / 60  # theirs is held by the minute
        assert row.mean[first] == pytest.approx(other.mean[own][second], abs=2 * a_minute)


def test_hours_of_the_night_are_civil(stored: Stored) -> None:
    for row in read_gauge_hours(stored.connection, stored.window, ("flow",), (2, 3)):
        hours = [datetime.fromtimestamp(at, UTC).hour for at in row.begins_s.tolist()]
        assert hours == [0, 1, 0, 1, 0, 1, 2, 1, 2]  # on the night of the change two o'clock comes twice


def test_days_are_civil_and_hold_the_extremes(stored: Stored) -> None:
    longer = Window(stored.window.territory_id, TYPES, START - DAY, stored.window.ends_at)
    read = by_name(read_gauge_days(stored.connection, longer, ("flow",)))
    computed = by_name(gauge_days(gauge_hours(stored.town, stored.drawn, ("flow",))))
    for key, row in read.items():
        n = row.begins_s.size
        assert n >= N_DAYS
        assert (row.begins_s == computed[key].begins_s[:n]).all()
        assert row.high[:-1] == pytest.approx(computed[key].high[: n - 1])
        assert row.low[:-1] == pytest.approx(computed[key].low[: n - 1])


def test_states_are_read_by_their_codes(stored: Stored) -> None:
    read = read_state_hours(stored.connection, stored.window, {"container_state": (3,)})
    computed = [one for one in state_hours(stored.town, stored.drawn, ("container_state",)) if one.state == 3]
    assert {one.name for one in read} == {"Conteneur 4"}
    assert {one.hour for one in computed if one.hour < stored.window.ends_at} <= {one.hour for one in read}
    assert not read_state_hours(stored.connection, stored.window, {"container_state": (4,)})


def test_assets_come_with_their_parents(stored: Stored) -> None:
    assets = {one.name: one for one in read_named_assets(stored.connection, stored.window)}
    inlet = assets["Conduite d'alimentation"]
    assert assets["Conduite de secteur 2"].parent_id == inlet.asset_id
    assert inlet.parent_id is None


def test_channels_are_read_where_they_are_asked_for(database_url: str, tmp_path: Path) -> None:
    """A pump whose pressure is told before and behind it, as the hint of its curve reads it: its head is their rise."""
    told = write_csv(
        tmp_path / "pump.csv",
        "time,flow,inlet/water_pressure,outlet/water_pressure",
        *(f"{(START + timedelta(hours=n)).isoformat()},{40 + n},2.5,{6 + n / 10}" for n in range(6)),
    )
    with connect(database_url, program="test", autocommit=True) as connection:
        entries = [AssetEntry(TOWN, "pump", "Pump", "pump")], [DeviceEntry(TOWN, "drive", placements={"*": "pump"})]
        register(connection, [TerritoryEntry(TOWN, "Town")], *entries)
        load(database_url, told, Reading(constants={"territory": TOWN, "device": "drive"}))
        rollup.refresh(connection, START + DAY, grace_s=0, settle_s=0)
        row = connection.execute("select territory_id from territories").fetchone()
        assert row is not None
        window = Window(row[0], ("pump",), START, START + timedelta(hours=6))
        main = read_gauge_hours(connection, window, ("flow", "water_pressure"))
        read = pump_off_curve.HINT.read(connection, window)
    assert [(one.quantity, one.channel) for one in main] == [("flow", "")]
    assert {(one.quantity, one.channel) for one in read} == {
        ("flow", ""),
        ("water_pressure", "inlet"),
        ("water_pressure", "outlet"),
    }
    head = pump_off_curve.head_of(by_quantity(read)[main[0].asset_id], window.ends_at)
    assert head is not None
    assert head.mean == pytest.approx(10.197 * (3.5 + np.arange(6) / 10))
