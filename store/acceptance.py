"""Batches of new sensors that are watched: what came of each device, what was found, and the signed list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from store.audit import Line, write_line
from store.reader import Connection as Reader
from store.reader import Row, fetch
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
Result = Literal["pass", "fail", "unknown"]
N_PEERS = 20
Hourly = Mapping[datetime, float]


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What is to be watched: devices by their ids, or those that something accepted (`accepted_by` begins so) since.

    `left_out` are checks that do not apply. `started_at` is when the watch begins.
    """

    territory: str
    name: str
    started_at: datetime
    n_days: int
    external_ids: tuple[str, ...] = ()
    accepted_by: str | None = None
    since: datetime | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that is watched from `started_at` for `n_days`."""

    acceptance_id: int
    territory_id: int
    territory: str
    territory_name: str
    time_zone: str
    name: str
    started_at: datetime
    n_days: int
    left_out: tuple[str, ...]
    started_by: str
    finished_at: datetime | None

    @property
    def due_at(self) -> datetime:
        """Give the end of the watch."""
        return self.started_at + timedelta(days=self.n_days)


@dataclass(frozen=True, slots=True)
class WatchedSeries:
    """What a series of a device said: lowest and highest value, mean by hour; `low` and `high` bound its quantity."""

    channel: str
    quantity: str
    name_fr: str
    name_en: str
    unit: str
    kind: str
    low: float | None
    high: float | None
    n: int
    lowest: float
    highest: float
    means: Hourly


@dataclass(frozen=True, slots=True)
class WatchedDevice:
    """A device of a batch with all that is known of it.

    `asset_*` and place (WGS 84) are of the asset it tells about; None where it has none. `interval_s` [s] is declared.
    `clock` is the verdict on its clock. `n_heard` and `n_missing` are messages expected, `n_stored` and `n_rejected`
    values. `pause_s` [s] is the median time between messages.
    """

    device_id: int
    external_id: str
    name: str
    model: str | None
    asset_name: str | None
    asset_type: str | None
    longitude: float | None
    latitude: float | None
    interval_s: int | None
    clock: str | None
    n_heard: int
    n_missing: int
    n_stored: int
    n_rejected: int
    n_pauses: int = 0
    pause_s: float | None = None
    series: tuple[WatchedSeries, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """All that checks look at: devices, where other assets stand, what peers said by (quantity, type of asset)."""

    begins_at: datetime
    until: datetime
    devices: tuple[WatchedDevice, ...]
    ground: tuple[tuple[float, float], ...]
    peers: Mapping[tuple[str, str], tuple[Hourly, ...]]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found of a device. Not known is not passed."""

    device_id: int
    topic: str
    result: Result
    sentence_fr: str
    sentence_en: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def begin_batch(
    connection: Connection, new: NewBatch, actor: str, ancestor_ids: Sequence[int] | None = None
) -> tuple[int, int]:
    """Begin to watch a batch and give its number and how many devices are in it.

    Raises
    ------
    NotThereError
        There is no such territory for the key, one of the ids is no device of it, or nothing was found.
    """
    place = {"territory": new.territory, "ancestor_ids": None if ancestor_ids is None else list(ancestor_ids)}
    chosen = {"external_ids": list(new.external_ids), "accepted_by": new.accepted_by, "since": new.since}
    with connection.transaction():
        found = connection.execute(QUERIES["find_devices"], {**place, **chosen}).fetchall()
        missing = sorted(set(new.external_ids) - {row[1] for row in found})
        if missing or not found:
            raise NotThereError(f"no device {missing[0]!r} in {new.territory!r}" if missing else "no device fits")
        parameters = {
            **place,
            "name": new.name,
            "started_at": new.started_at,
            "n_days": new.n_days,
            "left_out": list(new.left_out),
            "started_by": actor,
        }
        row = connection.execute(QUERIES["insert_acceptance"], parameters).fetchone()
        if row is None:
            raise NotThereError(f"there is no territory {new.territory!r}")
        ids = [device_id for device_id, _ in found]
        connection.execute(QUERIES["insert_devices"], {"acceptance_id": row[0], "device_ids": ids})
        detail = {"territory": new.territory, "name": new.name, "n_devices": len(ids)}
        write_line(connection, Line(actor, "begin_acceptance", f"acceptance {row[0]}", detail, new.territory))
    return int(row[0]), len(ids)


def read_batches(connection: Connection, now: datetime, acceptance_id: int | None = None) -> list[Batch]:
    """Read one batch, or those that run and were not looked at for an hour; held until the transaction ends."""
    parameters = {"acceptance_id": acceptance_id, "now": now}
    rows = connection.execute(QUERIES["read_batches"], parameters)
    return [replace(Batch(*row), left_out=tuple(row[8])) for row in rows]


def read_watch(connection: Connection, batch: Batch, until: datetime) -> Watch:
    """Read what came of a batch from its begin until an instant."""
    parameters = {
        "acceptance_id": batch.acceptance_id,
        "territory_id": batch.territory_id,
        "from": batch.started_at,
        "until": until,
        "n_peers": N_PEERS,
    }
    series: dict[int, list[WatchedSeries]] = {}
    for row in connection.execute(QUERIES["read_series"], parameters):
        series.setdefault(row[0], []).append(series_of(row))
    pauses = {row[0]: (row[1], row[2]) for row in connection.execute(QUERIES["read_pauses"], parameters)}
    peers: dict[tuple[str, str], list[Hourly]] = {}
    for quantity, type_, hours, means in connection.execute(QUERIES["read_peers"], parameters):
        peers.setdefault((quantity, type_), []).append(dict(zip(hours, means, strict=True)))
    devices = [
        replace(
            WatchedDevice(*row),
            n_pauses=pauses.get(row[0], (0, None))[0],
            pause_s=pauses.get(row[0], (0, None))[1],
            series=tuple(series.get(row[0], ())),
        )
        for row in connection.execute(QUERIES["read_devices"], parameters)
    ]
    ground = [(row[0], row[1]) for row in connection.execute(QUERIES["read_ground"], parameters)]
    return Watch(
        batch.started_at, until, tuple(devices), tuple(ground), {key: tuple(own) for key, own in peers.items()}
    )


def series_of(row: tuple[Any, ...]) -> WatchedSeries:
    """Put hours and their means together."""
    return replace(WatchedSeries(*row[2:14]), means=dict(zip(row[13], row[14], strict=True)))


def write_results(connection: Connection, batch: Batch, results: Iterable[CheckResult], now: datetime) -> None:
    """Let results stand in the place of those before; the caller owns the transaction."""
    connection.execute(QUERIES["delete_results"], {"acceptance_id": batch.acceptance_id})
    rows = [
        {
            "acceptance_id": batch.acceptance_id,
            "device_id": one.device_id,
            "topic": one.topic,
            "result": one.result,
            "sentence_fr": one.sentence_fr,
            "sentence_en": one.sentence_en,
            "detail": Jsonb(dict(one.detail)),
        }
        for one in results
    ]
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES["insert_result"], rows)
    connection.execute(QUERIES["note_look"], {"acceptance_id": batch.acceptance_id, "now": now})


def finish_batch(connection: Connection, batch: Batch, bundle: bytes, now: datetime, actor: str) -> bool:
    """Keep the signed list; False where it was finished before."""
    parameters = {"acceptance_id": batch.acceptance_id, "bundle": bundle, "now": now, "finished_by": actor}
    return connection.execute(QUERIES["finish_acceptance"], parameters).fetchone() is not None


def read_acceptances(connection: Connection, territory: str | None, acceptance_id: int | None = None) -> list[Row]:
    """Read batches, newest first, as `list_acceptances` lists them."""
    parameters = {"territory": territory, "acceptance_id": acceptance_id, "after": 0, "n": 10_000}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_acceptances"], parameters).fetchall()


async def list_acceptances(
    connection: Reader, filters: Mapping[str, str | int | None], *, after: int, n: int
) -> list[Row]:
    """List batches, newest first, with how many devices pass and fail by now; filters: territory, acceptance_id."""
    return await fetch(connection, QUERIES["list_acceptances"], {**filters, "after": after, "n": n})


async def list_results(connection: Reader, acceptance_id: int, *, after: tuple[int, str], n: int) -> list[Row]:
    """List what was found of each device, behind (device id, topic)."""
    parameters = {"acceptance_id": acceptance_id, "after_device": after[0], "after_topic": after[1], "n": n}
    return await fetch(connection, QUERIES["list_results"], parameters)


async def read_bundle(connection: Reader, acceptance_id: int) -> bytes | None:
    """Give the signed list (zip), None while there is none."""
    rows = await fetch(connection, QUERIES["read_bundle"], {"acceptance_id": acceptance_id})
    return bytes(rows[0]["bundle"]) if rows else None
