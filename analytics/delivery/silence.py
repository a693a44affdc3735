"""Finds the silences of devices that declare how often they send.

A message is missing where the next one comes later than one and a half intervals: then as many are missing as whole
intervals, rounded, fit in between, less one. Devices may send more often than they declare. Where no interval is
declared nothing is expected, and where one ends or begins nobody counts across.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from store.gaps import GapRow, Interval

LATE = 1.5  # intervals from which a message is missing: half of one is for devices whose clock or radio makes them wait


def find_silences(device_id: int, instants: Sequence[datetime], intervals: Sequence[Interval]) -> Iterator[GapRow]:
    """Give the silences between these instants, which are in order."""
    for before, after in pairwise(instants):
        interval = interval_at(intervals, before)
        if interval is not None and (interval.ends_at is None or after <= interval.ends_at):
            n_missing = round((after - before) / length(interval)) - 1
            if n_missing > 0 and (after - before) >= LATE * length(interval):
                yield GapRow(None, device_id, "interval", "", before, after, False, 1, n_missing, ((1, n_missing + 1),))


def find_lasting(device_id: int, last_at: datetime, upto: datetime, intervals: Sequence[Interval]) -> GapRow | None:
    """Give the silence that lasts at `upto`, None where the next message may still be on its way."""
    interval = interval_at(intervals, last_at)
    if interval is None:
        return None
    until = upto if interval.ends_at is None else min(upto, interval.ends_at)
    n_missing = int((until - last_at) / length(interval) - (LATE - 1))
    if n_missing < 1:
        return None
    next_at = last_at + (n_missing + 1) * length(interval)
    return GapRow(None, device_id, "interval", "", last_at, next_at, True, 1, n_missing, ((1, n_missing + 1),))


def split(gap: GapRow, instants: Sequence[datetime], intervals: Sequence[Interval]) -> list[GapRow]:
    """Give what remains of a silence in which messages were found: itself first, closed where nothing remains."""
    remaining = list(find_silences(gap.device_id, [gap.began_at, *instants, gap.ended_at], intervals))
    if not remaining:
        return [replace(gap, missing=())]
    return [replace(remaining[0], gap_id=gap.gap_id), *remaining[1:]]


def count_heard(instants: Iterable[datetime], intervals: Sequence[Interval]) -> list[datetime]:
    """Give the instants at which something was expected."""
    return [at for at in instants if interval_at(intervals, at) is not None]


def interval_at(intervals: Sequence[Interval], at: datetime) -> Interval | None:
    """Give the first interval that holds at an instant."""
    for interval in intervals:
        if (interval.begins_at is None or interval.begins_at <= at) and (
            interval.ends_at is None or at < interval.ends_at
        ):
            return interval
    return None


def length(interval: Interval) -> timedelta:
    """Give the interval as a span."""
    return timedelta(seconds=interval.interval_s)
