"""The time of a row: from a text in any format and zone, or by counting steps from a start."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache, partial

from sensors.instant import EPOCH, MICROSECOND, SECOND_US, read_instant_us
from simulators.mapping_tables import Mapping, Time

FARTHEST_S = 1e15  # beyond any calendar, also in milliseconds
UNIT_US = {"unix": SECOND_US, "unix_ms": 1000}


class TimeError(ValueError):
    """The text is no time, or names an hour that does not exist or exists twice."""


def make_time_reader(mapping: Mapping) -> Callable[[str], int]:
    """Give the function from text to microseconds since 1970 UTC; it raises TimeError.

    Text without an offset is civil time of the mapping's zone, with its changes of clocks.
    """
    time = mapping.time
    if time.format in UNIT_US:
        return partial(read_unix, unit_us=UNIT_US[time.format])
    parse = datetime.fromisoformat if time.format == "iso" else partial(parse_by, time.format)

    @lru_cache(maxsize=4096)
    def read(text: str) -> int:
        try:
            moment = parse(text)
        except ValueError:
            raise TimeError(f"{text!r} is no time in the format {time.format}") from None
        aware = moment if moment.tzinfo else localize(moment, mapping.zone, time.repeated_hour)
        return (aware - EPOCH) // MICROSECOND

    return read


def parse_by(pattern: str, text: str) -> datetime:
    """Read a text by a pattern of strptime; naive where the pattern has no offset."""
    return datetime.strptime(text, pattern)  # noqa: DTZ007  # the zone is put on by the caller


def read_unix(text: str, unit_us: int) -> int:
    """Read seconds or milliseconds since 1970 UTC, exactly where they are whole."""
    try:
        number = int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        raise TimeError(f"{text!r} is no number of {'seconds' if unit_us == SECOND_US else 'milliseconds'}") from None
    if not -FARTHEST_S <= number <= FARTHEST_S:  # neither is what is no number
        raise TimeError(f"{text[:40]!r} is no instant")
    return round(number * unit_us)


def localize(moment: datetime, zone: tzinfo, repeated_hour: str) -> datetime:
    """Put a zone on a civil time.

    Raises
    ------
    TimeError
        The clocks jump over it; or they show it twice and `repeated_hour` is "refuse".
    """
    first, second = moment.replace(tzinfo=zone), moment.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    if before < after:
        raise TimeError(f"{moment} does not exist in {zone}: the clocks jump over it")
    if before > after and repeated_hour == "refuse":
        raise TimeError(f"{moment} exists twice in {zone}: set time.repeated_hour to first or second")
    return second if repeated_hour == "second" else first


def make_step_counter(time: Time) -> Callable[[int], int]:
    """Give the function from the row's index, counted from 0, to microseconds since 1970 UTC."""
    start_us, step_us = read_instant_us(time.start), (time.step_s or 0.0) * SECOND_US
    return lambda index: start_us + round(index * step_us)
