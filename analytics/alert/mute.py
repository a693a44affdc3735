"""Until when a message waits: hours of the night in which only what presses is told, and what somebody muted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sensors.severity import Severity, is_at_least
from store.alert_pauses import Pause
from store.alerts import Mute


def paused_until(
    pauses: Sequence[Pause], kind: str, asset_ids: Sequence[int], severity: Severity, now: datetime
) -> datetime:
    """Give until when an incident is muted by its kind or by all of its assets; now where it is not."""
    holding = [one for one in pauses if is_at_least(one.up_to, severity)]
    by_kind = max((one.until_at for one in holding if one.kind == kind), default=now)
    ends = [max((one.until_at for one in holding if one.asset_id == asset), default=now) for asset in asset_ids]
    return max(now, by_kind, min(ends, default=now))


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
