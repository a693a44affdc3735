"""How many measurements series hold in a span, without a look at each: whole days and hours are counted already."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from store.curve import describe
from store.reader import Connection, fetch
from store.resolution import EPOCH, HOUR, Span, days_from
from store.sql import load_queries

QUERIES = load_queries(__file__)


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
    days = [whole_days(hours, ZoneInfo(row["time_zone"])) for row in described]
    parameters = {
        "series_ids": [row["series_id"] for row in described],
        "days_from": [begin for begin, _ in days],
        "days_to": [end for _, end in days],
        "hour_from": hours[0],
        "hour_to": hours[1],
        "from": span[0],
        "to": span[1],
    }
    rows = await fetch(connection, QUERIES["count_measurements"], parameters)
    return {row["series_id"]: row["n"] for row in rows}


def whole_hours(span: Span, computed_to: datetime) -> Span:
    """Give the finished hours that lie in a span; an empty span at its begin where there are none."""
    begin, end = span[0], min(span[1], computed_to)
    first, last = EPOCH - ((EPOCH - begin) // HOUR) * HOUR, EPOCH + ((end - EPOCH) // HOUR) * HOUR
    return (first, last) if first < last else (begin, begin)


def whole_days(hours: Span, zone: ZoneInfo) -> Span:
    """Give the civil days that lie in a span of whole hours; an empty span at its end where there are none."""
    midnights = [day for day in days_from(*hours, zone) if day <= hours[1]]
    return (midnights[0], midnights[-1]) if midnights else (hours[1], hours[1])
