"""Follows the numbers that devices give their messages, and finds those that are missing.

A count may roll over at 16 or 32 bits, may begin anew within a session (a restart), and its messages may repeat and
come late. The rules, for a number that is not the next one of its session:

1. up to `MAX_JUMP` ahead: those in between are missing (LoRaWAN L2 1.0.x, MAX_FCNT_GAP: no network accepts more);
2. near 0 when the last was near 2^16 or 2^32: the count has rolled over;
3. sent before the last one, or (a `sequence`, whose messages rarely tell when they were sent) at most `N_DISORDER`
   behind it: late, or a repetition;
4. anything else: the count began anew at 0, and what is below the number is missing; after a leap ahead nothing is.

A new session begins at 0 too; what an old one lost at its end nobody can know, so counts are "at least". The first
message ever heard of a device opens no gap.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from store.gaps import HOUR, CounterRow, CountRow, GapRow, HourKey

MAX_JUMP = 16_384
ROLL_OVERS = (1 << 16, 1 << 32)
N_NEAR = 256  # a count so near to its end, then so near to 0, has rolled over
US = timedelta(microseconds=1)
N_DISORDER = 32  # as many messages as a session of a format with state has unacknowledged


@dataclass(slots=True)
class Follower:
    """Follows one session of a device. `gaps` are those that late messages may fill, changed and new ones included."""

    counter: CounterRow | None
    gaps: list[GapRow]
    heard: Counter[HourKey]

    def take(self, count: CountRow, before_at: datetime | None) -> None:
        """Take one message; `before_at` is the last one of the device's other sessions."""
        counter = self.counter
        if counter is None:
            self.counter = self._begin(count, before_at)
        else:
            placed = turn(counter, count.number, count.sent_at)
            number = count.number + offset_at(placed, count.sent_at)
            if number > placed.highest + MAX_JUMP:  # sent before the last two turns: nobody knows its place
                return
            if number > placed.highest:
                self._open(placed, placed.highest + 1, number - 1, (placed.highest_at, count.sent_at))
                self.counter = replace(placed, highest=number, highest_at=max(placed.highest_at, count.sent_at))
            elif placed.lowest > number > placed.lowest - MAX_JUMP:
                self._open(placed, number + 1, placed.lowest - 1, (count.sent_at, placed.lowest_at))
                self.counter = replace(placed, lowest=number, lowest_at=min(placed.lowest_at, count.sent_at))
            elif not self._fill(number):
                return
        self.heard[count.device_id, hour_of(count.sent_at), count.basis] += 1

    def _begin(self, count: CountRow, before_at: datetime | None) -> CounterRow:
        at, number = count.sent_at, count.number
        counter = CounterRow(count.device_id, count.session, count.basis, number, at, number, at)
        if before_at is None or before_at >= at or number >= MAX_JUMP:
            return counter
        self._open(counter, 0, number - 1, (before_at, at))
        return replace(counter, lowest=0, lowest_at=before_at)

    def _open(self, counter: CounterRow, first: int, last: int, between: tuple[datetime, datetime]) -> None:
        if first <= last:
            began_at, ended_at = sorted(between)
            missing = ((first, last + 1),)
            self.gaps.append(
                GapRow(
                    None,
                    counter.device_id,
                    counter.basis,
                    counter.session,
                    began_at,
                    ended_at,
                    False,
                    first,
                    last,
                    missing,
                )
            )

    def _fill(self, number: int) -> bool:
        """Take a late message out of the gap in which it is missing; false where it is a repetition."""
        for index, gap in enumerate(self.gaps):
            if gap.first_number <= number <= gap.last_number:
                missing = without(gap.missing, number)
                self.gaps[index] = replace(gap, missing=missing)
                return missing != gap.missing
        return False


def turn(counter: CounterRow, number: int, at: datetime) -> CounterRow:
    """Give the counter as it counts from this message on: with another offset where it rolled over or began anew."""
    last = counter.highest - counter.offset_n
    ahead = number - last
    is_disorder = counter.basis == "sequence" and -N_DISORDER <= ahead < 0
    if 0 <= ahead < MAX_JUMP or at <= counter.highest_at or is_disorder:
        return counter
    rolled = next((size for size in ROLL_OVERS if size - N_NEAR <= last < size and number < N_NEAR), None)
    if rolled is not None:
        offset_n = counter.offset_n + rolled
    elif number < MAX_JUMP and ahead < 0:
        offset_n = counter.highest + 1
    else:
        offset_n = counter.highest + 1 - number
    return replace(counter, offset_n=offset_n, turned_at=at, offset_before_n=counter.offset_n)


def offset_at(counter: CounterRow, at: datetime) -> int:
    """Give the offset that held when a message was sent."""
    return counter.offset_before_n if counter.turned_at and at < counter.turned_at else counter.offset_n


def without(ranges: tuple[tuple[int, int], ...], number: int) -> tuple[tuple[int, int], ...]:
    """Take one number out of ranges, which are in order."""
    index = bisect_right(ranges, (number, float("inf"))) - 1
    if index < 0 or not ranges[index][0] <= number < ranges[index][1]:
        return ranges
    begin, end = ranges[index]
    halves = tuple(part for part in ((begin, number), (number + 1, end)) if part[0] < part[1])
    return (*ranges[:index], *halves, *ranges[index + 1 :])


def hour_of(at: datetime) -> datetime:
    """Give the hour's beginning."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def spread(gap: GapRow) -> Counter[HourKey]:
    """Say in which hours the missing messages ought to have been sent, evenly between the ones before and after."""
    if not gap.missing:
        return Counter()
    numbers = np.concatenate([np.arange(begin, end) for begin, end in gap.missing])
    shares = (numbers - gap.first_number + 1) / (gap.last_number - gap.first_number + 2)
    first_hour = hour_of(gap.began_at)
    # whole microseconds, so that an instant on the hour lies in that hour
    since_us = (gap.began_at - first_hour) / US + np.round(shares * ((gap.ended_at - gap.began_at) / US))
    hours, counts = np.unique((since_us // (HOUR / US)).astype(np.int64), return_counts=True)
    keys = ((gap.device_id, first_hour + HOUR * int(hour), gap.basis) for hour in hours)
    return Counter(dict(zip(keys, counts.tolist(), strict=True)))
