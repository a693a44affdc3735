"""Slots that hours belong to: by the clock of people, and by the sun; both by the kind of day.

Kinds of day: a working day, a Saturday, a Sunday or public holiday, by the calendar of France. The clock's slots are
the 24 civil hours; the sun's are eighths of the time from sunset to sunrise and from sunrise to sunset, in the middle
of metropolitan France: at its borders the sun is at most half an hour early or late, half of the shortest eighth.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from analytics.baseline.nights import sun_down
from analytics.occupancy.calendar import public_holidays
from analytics.usual.hours import N_HOURS, Integers

ZONE = "Europe/Paris"
LONGITUDE, LATITUDE = 2.4, 46.6
SUNSET_DEG = 0.833
N_KINDS = 3
N_EIGHTHS = 8
N_SLOTS = N_KINDS * N_HOURS  # those of the sun are fewer, and fill the first places
CLOCKS = 2
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST, LAST = date(1970, 1, 2), date(2199, 12, 30)  # beyond, all days are working days without a sun


@lru_cache(maxsize=20_000)
def slots_of(day: int) -> Integers:
    """Give the slots of the hours of a UTC day (days since 1970), (CLOCKS, 24): by the clock, by the sun."""
    if not 1 <= day <= (LAST - date(1970, 1, 1)).days:
        hours = np.arange(N_HOURS)
        return np.stack((hours, hours * 2 * N_EIGHTHS // N_HOURS))
    begin = datetime(1970, 1, 1, tzinfo=UTC) + day * DAY
    pairs = [slots_at(begin + hour * HOUR) for hour in range(N_HOURS)]
    return np.array(pairs, dtype=np.int64).T


def slots_at(begin: datetime) -> tuple[int, int]:
    """Give the slots of the hour that begins at an instant."""
    here = begin.astimezone(ZoneInfo(ZONE))
    kind = kind_of(here.date())
    return kind * N_HOURS + here.hour, kind * 2 * N_EIGHTHS + eighth_of(begin + HOUR / 2)


def kind_of(day: date) -> int:
    """Say what kind of day it is: 0 a working day, 1 a Saturday, 2 a Sunday or public holiday."""
    if day.weekday() == 6 or day in holidays_of(day.year):
        return 2
    return int(day.weekday() == 5)


@cache
def holidays_of(year: int) -> frozenset[date]:
    """Give the public holidays of a year."""
    return public_holidays(ZONE, [year])


def eighth_of(at: datetime) -> int:
    """Say in which eighth of the night (0 to 7) or of the day (8 to 15) an instant lies."""
    down, up = sun_down(at.date() - DAY, LONGITUDE, LATITUDE, SUNSET_DEG)
    if at >= up:
        next_down, next_up = sun_down(at.date(), LONGITUDE, LATITUDE, SUNSET_DEG)
        if at < next_down:
            return N_EIGHTHS + int(N_EIGHTHS * ((at - up) / (next_down - up)))
        down, up = next_down, next_up
    return int(N_EIGHTHS * ((at - down) / (up - down)))
