"""Sensors of assets side by side: which assets wait to be scored, their hours as aligned rows, what was learnt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from store.inputs import EVERY, Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sensor:
    """A series of an asset; `key` names device, channel and quantity."""

    series_id: int
    key: str
    channel: str
    name_en: str
    name_fr: str
    unit: str


@dataclass(frozen=True, slots=True)
class JointAsset:
    """An asset with hours not scored yet; `state` is what was learnt of these very sensors, None: nothing."""

    asset_id: int
    territory_id: int
    name: str
    time_zone: str
    scored_to: datetime | None
    state: Mapping[str, Any] | None
    sensors: tuple[Sensor, ...]


@dataclass(frozen=True, slots=True)
class JointState:
    """What was learnt of the sensors of an asset up to `scored_to`."""

    asset_id: int
    version: str
    scored_to: datetime
    sensors: Sequence[str]
    state: Mapping[str, Any]


def read_joint_assets(
    connection: Connection, version: str, until: datetime, without: Sequence[str], n_assets: int, block: range = EVERY
) -> list[JointAsset]:
    """Read at most `n_assets` assets of a block with hours before `until` to score, those that wait longest first."""
    parameters: dict[str, Any] = {"until": until, "without": list(without), "n_assets": n_assets}
    parameters |= {"first_asset": block.start, "end_asset": block.stop}
    rows = connection.execute(QUERIES["read_joint_assets"], parameters)
    return [joint_asset(row, version) for row in rows]


def read_asset_blocks(connection: Connection, size: int) -> list[int]:
    """Read which blocks of so many consecutive assets hold any."""
    return [int(row[0]) for row in connection.execute(QUERIES["read_asset_blocks"], {"size": size})]


def joint_asset(row: tuple[Any, ...], version: str) -> JointAsset:
    """Make one; a state of another version or of other sensors counts as none."""
    asset_id, territory_id, name, time_zone, its_version, scored_to, keys, state, *columns = row
    sensors = tuple(Sensor(*fields) for fields in zip(*columns, strict=True))
    is_same = its_version == version and keys == [sensor.key for sensor in sensors]
    return JointAsset(asset_id, territory_id, name, time_zone, scored_to, state if is_same else None, sensors)


def read_first_hours(connection: Connection, assets: Sequence[JointAsset]) -> dict[int, datetime]:
    """Read the first hour in which any sensor of an asset spoke."""
    parameters = {
        "asset_ids": [asset.asset_id for asset in assets],
        "series_ids": [sensor.series_id for asset in assets for sensor in asset.sensors],
    }
    return dict(connection.execute(QUERIES["read_first_hours"], parameters).fetchall()) if assets else {}


def read_joint_hours(connection: Connection, spans: Sequence[tuple[JointAsset, int, int]]) -> dict[int, Floats]:
    """Read rows (n_hours, n_sensors) of each asset for its hours [begin, end) since 1970; NaN where not known."""
    rows = {asset.asset_id: np.full((end - begin, len(asset.sensors)), np.nan) for asset, begin, end in spans}
    wanted = [(asset, sensor, begin, end) for asset, begin, end in spans for sensor in asset.sensors]
    if not wanted:
        return rows
    place = {
        (asset.asset_id, sensor.series_id): (column, begin)
        for asset, begin, _ in spans
        for column, sensor in enumerate(asset.sensors)
    }
    parameters = {
        "asset_ids": [asset.asset_id for asset, *_ in wanted],
        "series_ids": [sensor.series_id for _, sensor, *_ in wanted],
        "begins": [instant(begin) for *_, begin, _ in wanted],
        "ends": [instant(end) for *_, end in wanted],
        "earliest": instant(min(begin for *_, begin, _ in wanted)),
        "latest": instant(max(end for *_, end in wanted)),
    }
    with connection.cursor(binary=True) as cursor:
        for asset_id, series_id, hours, means in cursor.execute(QUERIES["read_joint_hours"], parameters):
            column, begin = place[asset_id, series_id]
            rows[asset_id][np.frombuffer(hours, dtype=">i8") - begin, column] = np.frombuffer(means, dtype=">f8")
    return rows


def save_joint_states(connection: Connection, states: Iterable[JointState]) -> None:
    """Keep what was learnt."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["save_joint_states"],
            [
                {
                    "asset_id": state.asset_id,
                    "version": state.version,
                    "scored_to": state.scored_to,
                    "sensors": Jsonb(list(state.sensors)),
                    "state": Jsonb(dict(state.state)),
                }
                for state in states
            ],
        )


def instant(hour: int) -> datetime:
    """Give the instant at which an hour since 1970 begins."""
    return EPOCH + hour * HOUR


def hour_of(at: datetime) -> int:
    """Give the hour since 1970 that an instant lies in."""
    return (at - EPOCH) // HOUR
