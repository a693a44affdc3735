"""How many measurements series hold in a span, without a look at each: whole days and hours are counted already."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store.curve import describe
from store.reader import Connection, fetch
from store.resolution import HOUR, Span, midnight, next_day, next_hour
from store.sql import load_queries

QUERIES = load_queries(__file__)
TICK = timedelta(microseconds=1)


async def count_measurements(connection: Connection, series_ids: Sequence[int], span: Span) -> dict[int, int]:
    """Count the measurements of each series with span[0] <= instant < span[1].

    Late values count once their hour is computed again, some seconds after they were stored.

    Raises
    ------
    UnknownSeriesError
        A series does not exist, or is another territory's.
    """
    described = await describe(connection, series_ids)
    hours = whole_hours(span, described[0]["computed_to"])
    counted: dict[int, int] = {}
    for time_zone in sorted({row["time_zone"] for row in described}):
        days = whole_days(hours, ZoneInfo(time_zone))
        parameters = {
            "series_ids": [row["series_id"] for row in described if row["time_zone"] == time_zone],
            "from": span[0],
            "hour_from": hours[0],
            "day_from": days[0],
            "day_to": days[1],
            "hour_to": hours[1],
            "to": span[1],
        }
        rows = await fetch(connection, QUERIES["count_measurements"], parameters)
        counted |= {row["series_id"]: row["n"] for row in rows}
    return {row["series_id"]: counted.get(row["series_id"], 0) for row in described}


def whole_hours(span: Span, computed_to: datetime) -> Span:
    """Give the finished hours that lie in a span; an empty span at its begin where there are none."""
    first = next_hour(span[0])
    last = next_hour(min(span[1], computed_to) - HOUR + TICK)
    return (first, last) if first < last else (span[0], span[0])


def whole_days(hours: Span, zone: ZoneInfo) -> Span:
    """Give the civil days that lie in a span of whole hours; an empty span at its end where there are none."""
    first = midnight(next_day(hours[0], zone), zone)
    last = midnight(hours[1].astimezone(zone).date(), zone)
    return (first, last) if first < last else (hours[1], hours[1])
