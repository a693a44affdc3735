"""Silences of a town's past, as `vigie analyse` would have found them: looked for every three hours by the town's time.

A town is published at once, so that its newest values are those of its end. On this connection a temporary table stands
before `last_values` and holds what was newest at each instant.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from analytics.jobs.office import open_connection
from analytics.silence import watch_silence
from store.inputs import Connection

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
# Once over all hours: asking the hours anew at every instant reads the whole table each time.
HEAR = """
create temporary table heard as
select date_bin(%(every)s, bucket, %(begin)s) as heard_from, series_id, max(last_at) as last_at
from measurements_hourly
where bucket >= %(begin)s and bucket < %(end)s and n > 0
group by heard_from, series_id
"""
INDEX_HEARD = "create index on heard (heard_from)"
TAKE_NEW = """
insert into last_values
select series_id, last_at
from heard
where heard_from = %(heard_from)s
on conflict (series_id) do update set observed_at = excluded.observed_at
"""


def listen(database_url: str, begin: datetime, end: datetime) -> None:
    """Go through a span of the town's time and tell who was silent."""
    with open_connection(database_url) as connection:
        for now in instants(connection, begin, end):
            watch_silence(connection, now)


def instants(connection: Connection, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Give the instants of a span, each with what was newest then in `last_values` of this connection."""
    connection.execute(CREATE)
    connection.execute(TAKE_ALL, {"now": begin})
    connection.execute("analyze last_values")
    connection.execute(HEAR, {"every": EVERY, "begin": begin, "end": end})
    connection.execute(INDEX_HEARD)
    connection.execute("analyze heard")
    now = begin
    while (now := now + EVERY) <= end:
        connection.execute(TAKE_NEW, {"heard_from": now - EVERY})
        yield now
