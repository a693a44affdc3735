"""How the platform itself fares: batches under way, messages refused, figures told anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class Ingest:
    """The longest way of a batch in ten minutes, the pause since the newest (None: none for a day), the longest pause
    of the last day before it [s], and how many batches there were."""

    longest_s: float
    pause_s: float | None
    usual_pause_s: float
    n_batches: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Parts of messages refused in a territory: in the last hour, and in an hour of the week before."""

    territory_id: int
    time_zone: str
    name: str
    n_now: int
    usual: float


@dataclass(frozen=True, slots=True)
class Restated:
    """Figures of a territory told anew in the last day, how many of a signed report, and the foremost of them."""

    territory_id: int
    time_zone: str
    n: int
    n_signed: int
    first_at: datetime
    kpi: str
    period_begins_at: datetime
    before: float | None
    value: float | None
    unit: str
    cause: str


def read_ingest(connection: Connection, now: datetime) -> Ingest:
    """Read how the ingest fares."""
    row = connection.execute(QUERIES["read_ingest"], {"now": now}).fetchone()
    return Ingest(0.0, None, 0.0, 0) if row is None else Ingest(row[0], row[1], row[2], row[3])


def read_tops(connection: Connection) -> list[tuple[int, str]]:
    """Read the territories that are below none, with their time zone."""
    return [(int(row[0]), str(row[1])) for row in connection.execute(QUERIES["read_tops"])]


def read_refused(connection: Connection, now: datetime) -> list[Refused]:
    """Read how much is refused."""
    return [Refused(*row) for row in connection.execute(QUERIES["read_refused"], {"now": now})]


def read_restated(connection: Connection, now: datetime) -> list[Restated]:
    """Read which figures that people hold were told anew."""
    return [Restated(*row) for row in connection.execute(QUERIES["read_restated"], {"now": now})]


def close_others(connection: Connection, kind: str, model: str, territory_ids: Sequence[int], now: datetime) -> int:
    """End the findings of a kind in all territories but these, and give how many there were."""
    parameters = {"kind": kind, "model": model, "territory_ids": list(territory_ids), "now": now}
    return connection.execute(QUERIES["close_others"], parameters).rowcount
