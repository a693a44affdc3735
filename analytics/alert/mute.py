"""Until when a message waits: hours of the night in which only what presses is told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sensors.severity import Severity, is_at_least
from store.alerts import Mute


def release_at(mutes: Sequence[Mute], severity: Severity, time_zone: str, now: datetime) -> datetime:
    """Give when a message may go out: now, or at the end of the mutes in which it falls, one after the other."""
    zone = ZoneInfo(time_zone)
    at = now
    for _ in range(2 * len(mutes)):  # each may begin in another's hours
        ends = [end for mute in mutes if (end := end_of(mute, severity, zone, at)) is not None]
        if not ends:
            break
        at = max(ends)
    return at


def end_of(mute: Mute, severity: Severity, zone: ZoneInfo, at: datetime) -> datetime | None:
    """Give the end of the mute that goes on at an instant; None where it does not hold, or not for this severity."""
    local = at.astimezone(zone)
    clock = local.time()
    over_midnight = mute.begins > mute.ends
    is_inside = (clock >= mute.begins or clock < mute.ends) if over_midnight else (mute.begins <= clock < mute.ends)
    if not is_inside or is_at_least(severity, mute.loud_from):
        return None
    day = local.date() + timedelta(days=1) if over_midnight and clock >= mute.begins else local.date()
    end = datetime.combine(day, mute.ends, zone).astimezone(at.tzinfo)
    return end if end > at else None  # an hour that comes twice
