"""What comes again is looked up by the index, also where statistics know nothing of its instants."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from store.intake import QUERIES
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services
KNOWN = datetime(2026, 5, 1, tzinfo=UTC)
FRESH = datetime(2026, 5, 2, tzinfo=UTC)


def test_rows_that_came_again_are_looked_up_by_the_index_when_statistics_are_old(database_url: str) -> None:
    """Without it 2,000 rows that came again into a chunk of 240,000 were compared each with each: 20 s, not one."""
    with psycopg.connect(database_url) as connection:
        register(connection, [TerritoryEntry("town", "Town")], devices=[DeviceEntry("town", "lamp")])
        connection.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select territory_id, device_id, 'voltage', 'V' from devices"
        )
        fill = "insert into measurements select 1, 1, %s::timestamptz + n * interval '1 second', n from {} n"
        connection.execute(fill.format("generate_series(0, 49999)"), (KNOWN,))
        connection.execute("analyze measurements")
        connection.execute(fill.format("generate_series(0, 1999)"), (FRESH,))
        connection.execute(QUERIES["create_taken"])
        connection.execute(
            "insert into taken (series_id, batch_id, observed_at, value)"
            " select series_id, 2, observed_at, value from measurements where observed_at >= %s",
            (FRESH,),
        )
        question = QUERIES["copy_standing"].removeprefix("copy (").rpartition(")")[0].rpartition(")")[0]
        span = {"from": FRESH, "to": FRESH + timedelta(seconds=2000)}
        plan = "\n".join(row[0] for row in connection.execute(f"explain {question}".encode(), span))
        n_found = len(connection.execute(question.encode(), span).fetchall())
    assert n_found == 2000
    assert "Index Scan using" in plan
    assert "Seq Scan on _hyper" not in plan
