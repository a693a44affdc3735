"""Civil time without an offset, as devices write it that know their clock but not their zone."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sensors.instant import EPOCH, MICROSECOND
from sensors.rejection import DecodeError, Reason, shown_value

ZONE = "Europe/Paris"  # metropolitan France; formats are made with another zone elsewhere


def read_local_us(written: object, zone: str, received_at_us: int) -> int:
    """Give the microseconds since 1970 UTC of an ISO 8601 text; an offset in the text goes before the zone.

    Of the two instants that a time may mean in the hour that autumn repeats or spring skips, the one nearer to the
    arrival is taken. Raises DecodeError (time_invalid).
    """
    try:
        civil = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        civil = None
    if civil is None:
        raise DecodeError(Reason.TIME_INVALID, shown_value(written))
    if civil.tzinfo is None:
        civil = civil.replace(tzinfo=_find_zone(zone))
    try:
        readings = {(civil.replace(fold=fold).astimezone(UTC) - EPOCH) // MICROSECOND for fold in (0, 1)}
    except OverflowError as error:  # the first and the last day of the calendar
        raise DecodeError(Reason.TIME_INVALID, shown_value(written)) from error
    return min(readings, key=lambda at_us: abs(at_us - received_at_us))


_find_zone = cache(ZoneInfo)
