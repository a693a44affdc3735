"""How late messages come by their own time, for the judge of clocks; its findings; and values moved to true time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from sensors.clock import ClockRule
from store.inputs import Connection
from store.intake import instant
from store.results import Finding, finding_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)
N_HEARD = 500  # messages of a device looked at, at most
FOREVER_US = 9_223_372_036_854_775_807

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShelvedRule:
    """A rule that is proposed or was declined."""

    rule_id: int
    shift_s: float | None
    time_zone: str | None
    state: str


@dataclass(frozen=True, slots=True)
class ClockDevice:
    """A device whose clock is to be judged, what was said of it last, and the rules for it.

    `edges` are pairs (day since 1970, least lag of that day [s]).
    """

    device_id: int
    territory_id: int
    name: str
    asset_id: int | None
    asset_name: str | None
    time_zone: str
    series_id: int
    verdict: str
    offset_s: float | None
    since: datetime | None
    has_own_time: bool
    edges: tuple[tuple[int, float], ...]
    rules: tuple[ClockRule, ...]
    shelved: tuple[ShelvedRule, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """Messages of one device in order of arrival, shape (n,): arrival and newest own time [Unix s], NaN for none."""

    received_s: Floats
    own_s: Floats


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """What was found of a device's clock: seconds ahead of the arrivals, their spread, seconds gained per day."""

    device_id: int
    verdict: str
    offset_s: float | None
    spread_s: float | None
    drift_s_per_day: float | None
    since: datetime | None
    has_own_time: bool
    judged_at: datetime
    edges: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Uncorrected:
    """Values under a rule that stand at the device's own time; microseconds since 1970 UTC, shape (n,) each."""

    series_ids: NDArray[np.int64]
    own_us: NDArray[np.int64]
    received_us: NDArray[np.int64]
    newest_us: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """Instants between which to look, and the present."""

    begins_at: datetime
    ends_at: datetime
    now: datetime


def read_clock_devices(connection: Connection, now: datetime, before: datetime, n: int) -> list[ClockDevice]:
    """Read at most `n` devices whose clock was not judged since `before`."""
    rows = connection.execute(QUERIES["read_clock_devices"], {"now": now, "before": before, "n": n})
    return [clock_device(row) for row in rows]


def clock_device(row: tuple[Any, ...]) -> ClockDevice:
    """Make a device of a row; what was never judged is unknown."""
    *known, verdict, offset_s, since, has_own_time, edges, rules, shelved = row
    said = verdict or "unknown", offset_s, since, has_own_time
    days = tuple((int(day), float(lag_s)) for day, lag_s in edges or ())
    in_force = tuple(ClockRule(*rule) for rule in rules or ())
    others = tuple(ShelvedRule(*rule) for rule in shelved or ())
    fields: tuple[Any, ...] = (*known, *said, days, in_force, others)
    return ClockDevice(*fields)


def read_heard(connection: Connection, devices: Sequence[ClockDevice], span: Span) -> dict[int, Heard]:
    """Read when messages of these devices came and what time they told; those not heard in the span are not there."""
    parameters = {
        "device_ids": [device.device_id for device in devices],
        "series_ids": [device.series_id for device in devices],
        "from": span.begins_at,
        "to": span.ends_at,
        "now": span.now,
        "n": N_HEARD,
    }
    return {
        device_id: Heard(np.array(received, dtype=float), np.array(own, dtype=float))
        for device_id, received, own in connection.execute(QUERIES["read_heard"], parameters)
    }


def read_refused_ahead(connection: Connection, device_ids: Sequence[int], span: Span) -> list[tuple[int, float, str]]:
    """Read what was refused because its time lies too far ahead: device, arrival [Unix s], and the refusal's detail."""
    parameters = {"device_ids": list(device_ids), "from": span.begins_at, "now": span.now}
    return [(row[0], row[1], row[2]) for row in connection.execute(QUERIES["read_refused_ahead"], parameters)]


def save_device_clocks(connection: Connection, found: Iterable[DeviceClock]) -> None:
    """Keep what was found."""
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES["save_device_clock"], [clock_parameters(clock) for clock in found])


def clock_parameters(clock: DeviceClock) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "device_id": clock.device_id,
        "verdict": clock.verdict,
        "offset_s": clock.offset_s,
        "spread_s": clock.spread_s,
        "drift_s_per_day": clock.drift_s_per_day,
        "since": clock.since,
        "has_own_time": clock.has_own_time,
        "judged_at": clock.judged_at,
        "edges": Jsonb([list(edge) for edge in clock.edges]),
    }


def tell_clock(connection: Connection, finding: Finding) -> bool:
    """Write a finding about a device's clock, or renew the words of the open one; say whether a new one was opened."""
    row = connection.execute(QUERIES["tell_clock"], finding_parameters(finding)).fetchone()
    return row is not None and bool(row[0])


def close_clock_findings(
    connection: Connection, model: str, device_id: int, kept: str | None, ended_at: datetime
) -> int:
    """End the open findings of a model about a device's clock, but those of the kind `kept`."""
    parameters = {"model": model, "device_id": device_id, "kept": kept, "ended_at": ended_at}
    return connection.execute(QUERIES["close_clock_findings"], parameters).rowcount


def read_uncorrected(
    connection: Connection, device_id: int, begins_at: datetime, ends_at: datetime, since: datetime
) -> Uncorrected:
    """Read the values of a device at these own times that arrived from `since` on and are as the device said."""
    parameters = {"device_id": device_id, "from": begins_at, "to": ends_at, "since": since}
    rows = connection.execute(QUERIES["read_uncorrected"], parameters).fetchall()
    return Uncorrected(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)


def read_strays(connection: Connection, device_id: int, since: datetime) -> dict[tuple[int, int], int]:
    """Give the own time of values from `since` on that a rule changed which does not hold for it, by (series, instant).

    Microseconds since 1970 UTC.
    """
    rows = connection.execute(QUERIES["read_strays"], {"device_id": device_id, "since": since})
    return {(series_id, at_us): own_us for series_id, at_us, own_us in rows}


def move_measurements(connection: Connection, moves: Mapping[tuple[int, int], int], rule_id: int | None) -> int:
    """Move measurements, by (series, instant), to other instants, with their notes; give how many were moved.

    Microseconds since 1970 UTC. What stands at the new instant and does not move itself is not written over: then the
    value stays where it was. `rule_id` is noted as the reason; None takes the note away again. Of several values for
    one instant the first is moved. The caller holds the transaction.
    """
    if not moves:
        return 0
    targets: dict[tuple[int, int], int] = {}
    for (series_id, from_us), to_us in moves.items():
        targets.setdefault((series_id, to_us), from_us)
    times_us = [*targets.values(), *(to_us for _, to_us in targets)]
    bounds = {"from": instant(min(times_us)), "to": instant(max(times_us))}
    connection.execute(QUERIES["create_moves"])
    parameters = {
        "series_ids": [series_id for series_id, _ in targets],
        "from_us": list(targets.values()),
        "to_us": [to_us for _, to_us in targets],
    }
    connection.execute(QUERIES["fill_moves"], parameters)
    while connection.execute(QUERIES["drop_blocked_moves"], bounds).rowcount:
        pass
    connection.execute(QUERIES["take_out"], bounds)
    connection.execute(QUERIES["put_in"])
    if rule_id is None:
        connection.execute(QUERIES["drop_notes"])
    else:
        connection.execute(QUERIES["note_moves"], {"rule_id": rule_id})
    connection.execute(QUERIES["mark_moves"])
    connection.execute(QUERIES["renew_last_values"])
    row = connection.execute(QUERIES["count_moves"]).fetchone()
    return int(row[0]) if row else 0
