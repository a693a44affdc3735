"""A gateway whose link was away: what its devices measured meanwhile came all together when it was back.

Told in the hour in which it came, where at least three devices and a third of those behind the gateway delivered after
a pause what was two hours old and more. A gateway that does so every day (a logger that calls once a night) is left
alone, and so is what happened in its first two days.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby

from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import local_clock, local_clock_fr
from store.arrivals import LateHour, read_late_hours

HOUR = timedelta(hours=1)
LATE = timedelta(hours=2)
LEAST_DEVICES, LEAST_SHARE = 3, 1 / 3
HABIT = timedelta(days=7)
HABIT_DAYS = 3
REACH = timedelta(days=7)


def tell(hours: Sequence[LateHour], span: Span) -> list[Verdict]:
    """Judge each gateway in the hours in which something old came; `score` is the age of the oldest [h]."""
    found = [hour for hour in hours if hour.n_late >= max(LEAST_DEVICES, LEAST_SHARE * hour.n_devices)]
    return [
        verdict for _, own in groupby(found, key=lambda hour: hour.gateway_id) for verdict in follow(list(own), span)
    ]


def follow(hours: Sequence[LateHour], span: Span) -> Iterable[Verdict]:
    """Go through the late hours of one gateway; an hour later each is over."""
    for hour in hours:
        days = {other.hour.date() for other in hours if hour.hour - HABIT < other.hour <= hour.hour}
        if len(days) >= HABIT_DAYS:
            continue
        if span.begins_at < hour.hour + HOUR <= span.ends_at:
            yield present(hour, span)
        if span.begins_at < hour.hour + 2 * HOUR <= span.ends_at:
            yield Verdict(hour.asset_id, hour.hour + HOUR, False, span.begins_at, device_id=hour.gateway_id)


def present(hour: LateHour, span: Span) -> Verdict:
    """Say what came late."""
    age_h = (hour.hour + HOUR - hour.oldest_at) / HOUR
    since = hour.oldest_at
    return Verdict(
        hour.asset_id,
        hour.hour + HOUR,
        True,
        since,
        score=age_h,
        severity="info",
        sentence_en=(
            f"{hour.name}: what {hour.n_late} of {hour.n_devices} devices measured since"
            f" {local_clock(since, span.time_zone)} came all together on {local_clock(hour.hour, span.time_zone)}"
            f" ({age_h:.0f} h late; at most {LATE / HOUR:.0f} h is usual). Nothing of it is lost."
            " To do: check the gateway's network if it happens again."
        ),
        sentence_fr=(
            f"{hour.name} : ce que {hour.n_late} appareils sur {hour.n_devices} ont mesuré depuis le"
            f" {local_clock_fr(since, span.time_zone)} est arrivé d'un coup le"
            f" {local_clock_fr(hour.hour, span.time_zone)} ({age_h:.0f} h de retard ; d'habitude {LATE / HOUR:.0f} h au"
            " plus). Rien n'en est perdu. À faire : contrôler le réseau de la passerelle si cela se répète."
        ),
        evidence={
            "n_late_devices": hour.n_late,
            "n_devices": hour.n_devices,
            "oldest_at": hour.oldest_at.isoformat(),
            "arrived_at": hour.hour.isoformat(),
            "curve_from": hour.oldest_at.isoformat(),
            "curve_to": (hour.hour + HOUR).isoformat(),
        },
        device_id=hour.gateway_id,
    )


HINT = Hint(
    name="late_messages",
    asset_types=("gateway",),
    rhythm=HOUR,
    reach=REACH,
    version="1",
    read=partial(read_late_hours, late=LATE),
    tell=tell,
    stride=timedelta(days=7),
)
