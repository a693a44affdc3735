"""From when to when a run goes, as a person says it: durations, dates, live or past."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
FAR = timedelta(days=3650)
LONGEST = timedelta(days=3660)


class PeriodError(ValueError):
    """A duration, a date or their combination makes no sense."""


@dataclass(frozen=True, slots=True)
class Period:
    """A run: packed messages from `from_at` up to `live_from`, then message by message at `speed` up to `to_at`."""

    from_at: datetime
    live_from: datetime
    to_at: datetime
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for, in the words of the command line; None where nothing was said."""

    backfill: str | None = None
    from_day: str | None = None
    to_day: str | None = None
    live_for: str | None = None
    speed: float = 1.0


def choose_period(wish: Wish, now: datetime) -> Period:
    """Turn a wish into instants.

    With `backfill` or `from_day` the past comes first: packed, or at `speed` message by message where it is above 1;
    with `to_day` that is all, else it goes on live.

    Raises
    ------
    PeriodError
        Both kinds of past at once, an end before the start, a date that is none.
    """
    if wish.backfill and wish.from_day:
        raise PeriodError("give --backfill or --from, not both")
    if wish.to_day and not wish.from_day:
        raise PeriodError("--to ends a fixed past: give --from too")
    from_at = begin(wish, now)
    to_at = read_instant(wish.to_day) if wish.to_day else now + (read_duration(wish.live_for) if wish.live_for else FAR)
    if to_at <= from_at:
        raise PeriodError(f"the period must end after it starts, not run from {from_at:%Y-%m-%d} to {to_at:%Y-%m-%d}")
    if wish.to_day and to_at > now:
        raise PeriodError(f"--to lies in the future ({to_at:%Y-%m-%d}); leave it out to go on live")
    if wish.speed > 1 and from_at == now:
        raise PeriodError("--speed runs through the past faster: give --backfill or --from too")
    live_from = from_at if wish.speed > 1 else min(now, to_at)
    return Period(from_at, live_from, to_at, wish.speed)


def begin(wish: Wish, now: datetime) -> datetime:
    """Give the first instant: a date, a midnight some time ago, or now."""
    if wish.from_day:
        from_at = read_instant(wish.from_day)
        if from_at >= now:
            raise PeriodError(f"--from must lie in the past, not on {from_at:%Y-%m-%d}")
        return from_at
    if wish.backfill:
        ago = now - read_duration(wish.backfill)
        return ago.replace(hour=0, minute=0, second=0, microsecond=0)
    return now


def read_duration(text: str) -> timedelta:
    """Read `90s`, `10m`, `12h` or `60d`."""
    match = re.fullmatch(r"(\d{1,9})([smhd])", text.strip())
    duration = timedelta(seconds=int(match[1]) * UNITS[match[2]]) if match else timedelta()
    if match is None or duration > LONGEST:
        raise PeriodError(f"a duration is a number with s, m, h or d, ten years at most, such as 60d, not {text!r}")
    return duration


def read_instant(text: str) -> datetime:
    """Read a UTC date, or an ISO 8601 instant."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise PeriodError(f"a date is written 2025-01-31, not {text!r}") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
