"""Civil time without an offset, as devices write it that know their clock but not their zone."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import msgspec

from sensors.instant import EPOCH, MICROSECOND
from sensors.rejection import DecodeError, Reason, shown_value

ZONE = "Europe/Paris"  # metropolitan France, where neither the rule of the source nor the territory says another


def read_local_us(written: object, zone: str, received_at_us: int) -> int:
    """Give the microseconds since 1970 UTC of an ISO 8601 text; an offset in the text goes before the zone.

    Raises DecodeError (time_invalid), also where the zone has no such time.
    """
    try:
        civil = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        civil = None
    if civil is None:
        raise DecodeError(Reason.TIME_INVALID, shown_value(written))
    return civil_to_us(civil, zone, received_at_us)


def read_civil(written: object) -> datetime | None:
    """Give an RFC 3339 time that lacks its offset, as text or as a decoder made it; None for all else."""
    if isinstance(written, str):
        try:
            written = msgspec.convert(written, datetime)
        except msgspec.ValidationError:
            return None
    return written if isinstance(written, datetime) and written.tzinfo is None else None


def has_offset(text: object) -> bool:
    """Say whether an ISO 8601 text that can be read names its offset."""
    return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None


def civil_to_us(civil: datetime, zone: str, received_at_us: int) -> int:
    """Give the microseconds since 1970 UTC of a civil time; an offset that it has goes before the zone.

    Of the two instants that a time may mean in the hour that autumn repeats, the one nearer to the arrival is taken.
    Raises DecodeError (time_invalid) for a time in the hour that spring skips.
    """
    aware = civil.replace(tzinfo=_find_zone(zone)) if civil.tzinfo is None else civil
    try:
        instants = [aware.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
        exists = civil.tzinfo is not None or any(
            at.astimezone(aware.tzinfo).replace(tzinfo=None) == civil.replace(fold=0) for at in instants
        )
    except OverflowError as error:  # the first and the last day of the calendar
        raise DecodeError(Reason.TIME_INVALID, civil.isoformat()) from error
    if not exists:
        raise DecodeError(Reason.TIME_INVALID, f"{civil.isoformat()} / {zone}")
    return min(((at - EPOCH) // MICROSECOND for at in instants), key=lambda at_us: abs(at_us - received_at_us))


def civil_of_us(instant_us: int) -> datetime:
    """Give what a clock shows that is set to UTC at this instant, without an offset."""
    try:
        return (EPOCH + instant_us * MICROSECOND).replace(tzinfo=None)
    except OverflowError as error:
        raise DecodeError(Reason.TIME_INVALID, str(instant_us)) from error


_find_zone = cache(ZoneInfo)
