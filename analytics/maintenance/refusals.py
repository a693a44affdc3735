"""Devices some of whose messages are refused again and again: shared by the hints about what the intake refuses.

Three refused within two days, and one in twenty of all messages, are no chance: radio and broker check what they carry.
Told by the rejections that wait, by when they arrived; what was replayed with success does not count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby

from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import local_clock, local_clock_fr
from sensors.rejection import Reason
from store.arrivals import RefusalHour, read_refusals

HOUR = timedelta(hours=1)
LOOK_BACK = timedelta(hours=48)
LEAST_REFUSED, LEAST_SHARE = 3, 0.05


@dataclass(frozen=True, slots=True)
class Advice:
    """What is to be done, in both languages."""

    english: str
    french: str


def refusal_hint(name: str, reasons: Sequence[Reason], advice: Advice) -> Hint:
    """Make the hint of one kind of reasons."""
    return Hint(
        name=name,
        asset_types=(),
        rhythm=HOUR,
        reach=LOOK_BACK + timedelta(days=1),
        version="1",
        read=partial(read_refusals, reasons=[reason.value for reason in reasons]),
        tell=partial(follow_devices, advice=advice),
        stride=timedelta(days=28),
    )


def follow_devices(hours: Sequence[RefusalHour], span: Span, advice: Advice) -> list[Verdict]:
    """Judge each device at the end of each hour in which it was heard; `score` is 20 times the share refused."""
    by_device = groupby(hours, key=lambda hour: hour.device_id)
    return [verdict for _, own in by_device for verdict in follow(list(own), span, advice)]


def follow(hours: Sequence[RefusalHour], span: Span, advice: Advice) -> Iterable[Verdict]:
    """Go through the hours of arrival of one device."""
    for last in hours:
        if not span.begins_at <= last.hour < span.ends_at:
            continue
        recent = [hour for hour in hours if last.hour - LOOK_BACK < hour.hour <= last.hour]
        n_refused, n_messages = sum(hour.n_refused for hour in recent), sum(hour.n_messages for hour in recent)
        if n_refused >= LEAST_REFUSED and n_refused >= LEAST_SHARE * n_messages:
            yield present(recent, n_refused, n_messages, span, advice)
        elif n_refused == 0:
            yield Verdict(last.asset_id, last.hour + HOUR, False, span.begins_at, device_id=last.device_id)


def present(recent: Sequence[RefusalHour], n_refused: int, n_messages: int, span: Span, advice: Advice) -> Verdict:
    """Say what of a device is refused, and why."""
    refused = [hour for hour in recent if hour.n_refused]
    last, since, case = recent[-1], refused[0].hour, refused[-1]
    reason = Reason(case.reason or Reason.WRONG_SHAPE)
    count = f"{n_refused} / {n_messages}"
    return Verdict(
        last.asset_id,
        last.hour + HOUR,
        True,
        since,
        score=n_refused / n_messages / LEAST_SHARE,
        severity="warning",
        sentence_en=(
            f"{last.name}: {count} messages refused since {local_clock(since, span.time_zone)}; none is usual."
            f" {reason.sentence('en', detail=case.detail or '')} To do: {advice.english}"
        ),
        sentence_fr=(
            f"{last.name} : {count} messages refusés depuis le {local_clock_fr(since, span.time_zone)} ; d'habitude"
            f" aucun. {reason.sentence('fr', detail=case.detail or '')} À faire : {advice.french}"
        ),
        evidence={
            "n_refused": n_refused,
            "n_messages": n_messages,
            "reason": reason.value,
            "detail": case.detail,
            "curve_from": recent[0].hour.isoformat(),
            "curve_to": (last.hour + HOUR).isoformat(),
        },
        device_id=last.device_id,
    )
