"""Silences of a town's past, as `vigie analyse` would have found them: looked for every three hours by the town's time.

A town is published at once, so that its newest values are those of its end. On this connection a temporary table stands
before `last_values` and holds what was newest at each instant.
"""

from datetime import datetime, timedelta

from analytics.jobs.office import open_connection
from analytics.silence import watch_silence

EVERY = timedelta(hours=3)
CREATE = """
create temporary table last_values (
    series_id int primary key, observed_at timestamptz not null, value float8, batch_id bigint)
"""
TAKE_ALL = """
insert into last_values
select s.series_id, h.last_at
from series s
cross join lateral (
    select last_at from measurements_hourly
    where series_id = s.series_id and bucket < %(now)s and n > 0
    order by bucket desc
    limit 1
) as h
"""
TAKE_NEW = """
insert into last_values
select series_id, max(last_at)
from measurements_hourly
where bucket >= %(before)s and bucket < %(now)s and n > 0
group by series_id
on conflict (series_id) do update set observed_at = excluded.observed_at
"""


def listen(database_url: str, begin: datetime, end: datetime) -> None:
    """Go through a span of the town's time and tell who was silent."""
    with open_connection(database_url) as connection:
        connection.execute(CREATE)
        connection.execute(TAKE_ALL, {"now": begin})
        connection.execute("analyze last_values")
        now = begin
        while (now := now + EVERY) <= end:
            connection.execute(TAKE_NEW, {"before": now - EVERY, "now": now})
            watch_silence(connection, now)
