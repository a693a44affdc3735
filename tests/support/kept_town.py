"""A territory with two series over five months, rolled up and with no KPI waiting: retention has something to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from store import rollup
from store.retention_class import RetentionClass, set_class

Connection = psycopg.Connection[tuple[Any, ...]]
BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
NOW = datetime(2021, 6, 1, tzinfo=UTC)
STEP = timedelta(hours=6)
SHORT = RetentionClass("short", 62, 90, 120)  # days
LONGER = RetentionClass("longer", 110, 200, 300)


def seed(connection: Connection) -> None:
    """Make series 1 (short) and 2 (longer), a value every six hours, and all rollups up to NOW."""
    seed_raw(connection)
    refresh(connection)
    connection.execute("delete from changed_days")


def seed_quickly(connection: Connection) -> None:
    """Make the same raw values with rollups that only count them: computing five months takes WebAssembly minutes."""
    seed_raw(connection)
    connection.execute(
        "insert into measurements_hourly (series_id, bucket, n, sum, covered_s)"
        " select series_id, observed_at, 1, value, 3600 from measurements"
    )
    connection.execute("update rollup_watermarks set closed_to = %(now)s, computed_to = %(now)s", {"now": NOW})


def seed_raw(connection: Connection) -> None:
    """Make the series and their raw values."""
    for one in (SHORT, LONGER):
        set_class(connection, one)
    connection.execute("insert into territories (slug, name, kind) values ('a', 'A', 'commune')")
    connection.execute("insert into devices (territory_id, external_id, name) values (1, 'd', 'D')")
    for number, name in enumerate((SHORT.name, LONGER.name)):
        connection.execute(
            "insert into series (territory_id, device_id, channel, quantity, unit, retention_class)"
            " values (1, 1, %s, 'temperature', 'Cel', %s)",
            (str(number), name),
        )
    connection.execute(
        "insert into measurements select s, 1, %(begin)s + n * %(step)s, s * 1000 + n"
        " from generate_series(1, 2) s, generate_series(0, %(last)s) n",
        {"begin": BEGIN, "step": STEP, "last": (NOW - BEGIN) // STEP - 1},
    )


def refresh(connection: Connection) -> None:
    """Bring rollups up to NOW."""
    rollup.refresh(connection, NOW, grace_s=0, settle_s=0)


def come_late(connection: Connection, series_id: int, at: datetime, value: float) -> None:
    """Store a value as ingest does for an hour that is closed."""
    connection.execute("insert into measurements values (%s, 2, %s, %s)", (series_id, at, value))
    hour = at.replace(minute=0, second=0, microsecond=0)
    connection.execute("insert into changed_hours (series_id, hour) values (%s, %s)", (series_id, hour))


def raw_from(connection: Connection, series_id: int) -> datetime | None:
    """Give the instant of the oldest raw value."""
    row = connection.execute("select min(observed_at) from measurements where series_id = %s", (series_id,)).fetchone()
    return row[0] if row else None


def rolled_up(connection: Connection, level: str = "hourly") -> dict[tuple[int, datetime], tuple[Any, ...]]:
    """Give every row of a rollup by series and bucket."""
    query = psycopg.sql.SQL("select series_id, bucket, n, sum, time_weighted_mean, covered_s from {}")
    rows = connection.execute(query.format(psycopg.sql.Identifier(f"measurements_{level}")))
    return {(row[0], row[1]): row[2:] for row in rows}
