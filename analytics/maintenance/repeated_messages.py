"""A device that sends again what it has sent: in five of its last six hours of arrival three values in ten were there.

Told by the ledger, by when messages arrive. A gateway that delivers again after an outage does so in an hour or two and
is not meant; nothing is stored twice either way, but energy, airtime and the radio budget are spent.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby

from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import local_clock, local_clock_fr
from store.arrivals import RepeatHour, read_repeats

HOUR = timedelta(hours=1)
SHARE = 0.3  # of the values of an hour
N_HOURS, N_REPEATING, N_CLEAN = 6, 5, 3
REACH = timedelta(days=7)


def tell(hours: Sequence[RepeatHour], span: Span) -> list[Verdict]:
    """Judge each device at the end of each hour in which it was heard; `score` is the repeated over the new values."""
    return [
        verdict for _, own in groupby(hours, key=lambda hour: hour.device_id) for verdict in follow(list(own), span)
    ]


def follow(hours: Sequence[RepeatHour], span: Span) -> Iterable[Verdict]:
    """Go through the hours of arrival of one device."""
    repeats = [hour.n_duplicate >= SHARE * hour.n_received for hour in hours]
    for index, hour in enumerate(hours):
        if not span.begins_at <= hour.hour < span.ends_at:
            continue
        first = bisect_left(hours, hour.hour - REACH, max(0, index + 1 - N_HOURS), index, key=lambda one: one.hour)
        recent = repeats[first : index + 1]
        if sum(recent) >= N_REPEATING:
            yield present(hours[first : index + 1], recent, span)
        elif not any(recent[-N_CLEAN:]):
            yield Verdict(hour.asset_id, hour.hour + HOUR, False, span.begins_at, device_id=hour.device_id)


def present(hours: Sequence[RepeatHour], repeats: Sequence[bool], span: Span) -> Verdict:
    """Say that a device repeats itself."""
    last, since = hours[-1], hours[repeats.index(True)].hour
    n_received, n_duplicate = sum(hour.n_received for hour in hours), sum(hour.n_duplicate for hour in hours)
    share = f"{100 * n_duplicate / n_received:.0f}"
    return Verdict(
        last.asset_id,
        last.hour + HOUR,
        True,
        since,
        score=n_duplicate / max(n_received - n_duplicate, 1),
        severity="info",
        sentence_en=(
            f"{last.name}: {share} % of what it sends had arrived before, since {local_clock(since, span.time_zone)};"
            " nothing is stored twice. To do: check the device's firmware and the network's acknowledgements."
        ),
        sentence_fr=(
            f"{last.name} : {share} % de ce qu'il envoie était déjà arrivé, depuis le"
            f" {local_clock_fr(since, span.time_zone)} ; rien n'est stocké en double. À faire : contrôler le"
            " micrologiciel de l'appareil et les acquittements du réseau."
        ),
        evidence={
            "n_received": n_received,
            "n_duplicate": n_duplicate,
            "usual_share": 0.0,
            "curve_from": hours[0].hour.isoformat(),
            "curve_to": (last.hour + HOUR).isoformat(),
        },
        device_id=last.device_id,
    )


HINT = Hint(
    name="repeated_messages",
    asset_types=(),
    rhythm=HOUR,
    reach=REACH,
    version="1",
    read=read_repeats,
    tell=tell,
    stride=timedelta(days=28),
)
