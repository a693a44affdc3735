"""Findings as the causes of incidents look at them, what stands around them, and the incidents themselves.

The caller owns the transaction; every function may run again with the same arguments and then changes nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.inputs import Connection
from store.results import Severity
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding and where it stands: the asset it is about (that of its device where it names none) and its parent.

    `gateway_ids` are the devices that relay what it is about; of a finding about a gateway, that gateway. `side` is
    -1 where the value lies below what was expected, 1 above, 0 where that is not known. `incident_id` and `cause` are
    None while it belongs to no incident.
    """

    finding_id: int
    kind: str
    asset_id: int | None
    asset_type: str | None
    parent_id: int | None
    device_id: int | None
    series_id: int | None
    gateway_ids: Sequence[int]
    quantity: str | None
    side: int
    started_at: datetime
    ended_at: datetime | None
    score: float
    incident_id: int | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An asset among the children of its parent: type, place (WGS 84), and the feeder that its inventory names."""

    asset_id: int
    parent_id: int
    type: str
    longitude: float | None
    latitude: float | None
    feeder: str | None


@dataclass(frozen=True, slots=True)
class Relay:
    """A gateway that relays for `n_devices` active devices, and the asset it is placed on."""

    device_id: int
    asset_id: int | None
    n_devices: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something announced for a time, about an asset (None: the whole territory) and the gateways placed there."""

    kind: str
    asset_id: int | None
    gateway_ids: Sequence[int]
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """What an incident is about, and until when what is announced accounts for it."""

    cause: str
    asset_id: int | None
    device_id: int | None
    lapses_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What an incident adds up to: its findings, open as long as one of them is, and the sentences of the worst."""

    incident_id: int
    cause: str
    name: str
    time_zone: str
    worst: Severity
    score: float
    started_at: datetime
    ended_at: datetime | None
    n_findings: int
    n_assets: int
    sentence_en: str
    sentence_fr: str


def take_territory(connection: Connection, after: int, latest: datetime) -> int | None:
    """Lock the next territory with work for incidents that nobody else works on; None where there is none."""
    row = connection.execute(QUERIES["take_territory"], {"after": after, "latest": latest}).fetchone()
    return None if row is None else int(row[0])


def has_free(connection: Connection, latest: datetime) -> bool:
    """Say whether any finding that begins until then belongs to no incident."""
    row: tuple[Any, ...] | None = connection.execute(QUERIES["has_free"], {"latest": latest}).fetchone()
    return bool(row and row[0])


def release_lapsed(connection: Connection, territory_id: int, now: datetime) -> int:
    """Set findings free that go on although what was announced is over, and give how many."""
    parameters = {"territory_id": territory_id, "now": now}
    return connection.execute(QUERIES["release_lapsed"], parameters).rowcount


def find_oldest(connection: Connection, territory_id: int, latest: datetime) -> datetime | None:
    """Give the begin of the oldest finding that belongs to no incident, if it lies before then."""
    parameters = {"territory_id": territory_id, "latest": latest}
    row: tuple[Any, ...] | None = connection.execute(QUERIES["find_oldest"], parameters).fetchone()
    return None if row is None else row[0]


def read_told(
    connection: Connection, territory_id: int, span: tuple[datetime, datetime], reach: tuple[datetime, datetime]
) -> list[ToldFinding]:
    """Read the free findings that begin in a span, and all that are open, or ended, within its reach."""
    parameters = {"territory_id": territory_id, "to": span[1], "since": reach[0], "until": reach[1]}
    rows: list[tuple[Any, ...]] = connection.execute(QUERIES["read_told"], parameters).fetchall()
    return [ToldFinding(*row) for row in rows]


def read_standings(connection: Connection, parent_ids: Sequence[int]) -> list[Standing]:
    """Read the children of assets."""
    rows = connection.execute(QUERIES["read_standings"], {"parent_ids": list(parent_ids)})
    return [Standing(*row) for row in rows]


def read_relays(connection: Connection, territory_id: int) -> list[Relay]:
    """Read the gateways of a territory."""
    return [Relay(*row) for row in connection.execute(QUERIES["read_relays"], {"territory_id": territory_id})]


def read_notices(connection: Connection, territory_id: int, since: datetime, until: datetime) -> list[Notice]:
    """Read what is announced for a span."""
    parameters = {"territory_id": territory_id, "since": since, "until": until}
    rows = connection.execute(QUERIES["read_notices"], parameters)
    return [Notice(*row) for row in rows]


def count_sensors(connection: Connection, territory_id: int, quantities: Sequence[str]) -> Mapping[str, int]:
    """Count the assets on which each quantity is measured."""
    parameters = {"territory_id": territory_id, "quantities": list(quantities)}
    rows = connection.execute(QUERIES["count_sensors"], parameters)
    return {str(row[0]): int(row[1]) for row in rows}


def count_members(connection: Connection, incident_ids: Sequence[int]) -> Mapping[int, int]:
    """Count the findings of incidents."""
    rows = connection.execute(QUERIES["count_members"], {"incident_ids": list(incident_ids)})
    return {int(row[0]): int(row[1]) for row in rows}


def open_incident(connection: Connection, place: Place, finding_id: int) -> int:
    """Write an incident that says what one of its findings says, and give its number."""
    parameters = {**place_parameters(place), "finding_id": finding_id}
    row = connection.execute(QUERIES["open_incident"], parameters).fetchone()
    if row is None:
        raise LookupError(f"finding {finding_id} is gone")
    return int(row[0])


def move_incident(connection: Connection, incident_id: int, place: Place) -> None:
    """Say that an incident has another cause than was thought."""
    connection.execute(QUERIES["move_incident"], {**place_parameters(place), "incident_id": incident_id})


def place_parameters(place: Place) -> dict[str, Any]:
    """Name the fields as the queries do."""
    return {
        "cause": place.cause,
        "asset_id": place.asset_id,
        "device_id": place.device_id,
        "lapses_at": place.lapses_at,
    }


def join_findings(connection: Connection, incident_id: int, finding_ids: Sequence[int]) -> int:
    """Put findings into an incident, and give how many were not in it."""
    parameters = {"incident_id": incident_id, "finding_ids": list(finding_ids)}
    return connection.execute(QUERIES["join_findings"], parameters).rowcount


def merge_emptied(connection: Connection, into_by_id: Mapping[int, int]) -> int:
    """Let the numbers of incidents that have no finding left lead to others, and give how many there were."""
    pairs = json.dumps([{"incident_id": one, "into_id": into} for one, into in into_by_id.items()])
    return connection.execute(QUERIES["merge_emptied"], {"pairs": pairs}).rowcount


def end_emptied(connection: Connection, territory_id: int) -> int:
    """End incidents all of whose findings were set free, and give how many."""
    return connection.execute(QUERIES["end_emptied"], {"territory_id": territory_id}).rowcount


def read_lines(connection: Connection, territory_id: int) -> list[Line]:
    """Add up the open incidents of a territory, and those whose findings changed, where that is not what they say."""
    return [Line(*row) for row in connection.execute(QUERIES["read_lines"], {"territory_id": territory_id})]


def write_lines(connection: Connection, lines: Iterable[tuple[Line, Severity, tuple[str, str]]]) -> int:
    """Write what incidents add up to, with severity and (English, French) sentences, and give how many changed."""
    rows = [
        {
            "incident_id": line.incident_id,
            "severity": severity,
            "score": line.score,
            "started_at": line.started_at.isoformat(),
            "ended_at": None if line.ended_at is None else line.ended_at.isoformat(),
            "n_findings": line.n_findings,
            "n_assets": line.n_assets,
            "sentence_en": english,
            "sentence_fr": french,
        }
        for line, severity, (english, french) in lines
    ]
    if not rows:
        return 0
    return connection.execute(QUERIES["write_lines"], {"lines": json.dumps(rows)}).rowcount
