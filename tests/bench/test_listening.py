"""What was newest at each instant of a town's past, against asking its hours anew."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bench.evaluation.listening import EVERY, instants
from store.connect import connect

pytestmark = pytest.mark.services
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
N_SERIES, N_HOURS = 6, 24 * 8
NEWEST = """
select series_id, max(last_at) from measurements_hourly where bucket < %(now)s and n > 0 group by series_id order by 1
"""


def test_newest_values_are_those_of_the_hours_before_each_instant(database_url: str) -> None:
    draws = np.random.default_rng(3)
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute("insert into territories (slug, name, kind) values ('a', 'A', 'commune')")
        connection.execute("insert into devices (territory_id, external_id, name) values (1, 'd', 'd')")
        connection.execute("insert into quantities values ('q', '1', 'gauge', null, null, 3600, 'q', 'q')")
        for number in range(N_SERIES):
            connection.execute(
                "insert into series (territory_id, device_id, channel, quantity, unit) values (1, 1, %s, 'q', '1')",
                (f"c{number}",),
            )
        numbers = [number for (number,) in connection.execute("select series_id from series order by series_id")]
        with connection.cursor().copy(
            "copy measurements_hourly (series_id, bucket, n, sum, covered_s, last_at) from stdin"
        ) as copy:
            for series_id in numbers:
                for hour in np.flatnonzero(draws.random(N_HOURS) < 0.3).tolist():
                    bucket = BEGIN + (hour - 24) * HOUR
                    is_empty = bool(draws.random() < 0.2)
                    copy.write_row((series_id, bucket, 0 if is_empty else 1, 1, 3600, bucket + HOUR / 2))
        end, n_instants = BEGIN + 6 * 24 * HOUR, 0
        for now in instants(connection, BEGIN, end):
            asked = connection.execute(NEWEST, {"now": now}).fetchall()
            assert connection.execute("select series_id, observed_at from last_values order by 1").fetchall() == asked
            n_instants += 1
        assert (n_instants, len(asked)) == ((end - BEGIN) // EVERY, N_SERIES)
