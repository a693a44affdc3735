"""What became of each lift that the fixed plan would have made: made, skipped, or not known.

Lifts avoided are the lifts of the fixed plan less those made, as pilots with level sensors count them (Resources 2023,
12(9), 108). A lift is made where a vehicle told of it or the level fell by 20 points; within six hours of the planned
round it is the planned one, else an extra one. A container that was filled to 30 % and did not fall was skipped. One
that was emptier cannot show it and shares the fate of its round. While a container is out of its place nobody can empty
it: that saves nothing, and is not known.

A skipped lift is held against the saving where the container overflows before the next lift, in the period in which
it begins to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.collection.track import HOLD_S, OVERFLOW_AT_PERCENT, Floats, Track

FILLED_PERCENT = 30.0  # a container that was emptier cannot show that it was emptied
SLACK_S = 6 * 3600.0  # a vehicle that comes so much before or after the planned round makes the planned lift
UNSEEN_S = 3600.0  # a level not known for longer may hide an overflow
MADE, ASSUMED, SKIPPED, UNKNOWN = range(4)
DRIVEN, LEFT_OUT, NOT_KNOWN = 1, 0, -1  # fates of rounds
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan's rounds for one container: begin and end [Unix s], in order, and what became of each round."""

    begins: Floats
    ends: Floats
    rounds: Codes


@dataclass(frozen=True, slots=True)
class Told:
    """What others tell of one container: instants of lifts, and hours in which it was out of its place [Unix s]."""

    lifts: Floats
    displaced: Floats


@dataclass(frozen=True, slots=True)
class Skipped:
    """A lift of the plan that was not made: when, at which level [%] (None: not known), overflow after it [s]."""

    planned_s: float
    level: float | None
    overflow_s: float
    is_held: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The lifts of one container in a period.

    `n_assumed` lifts share the fate of their round, which was driven. `n_held` skips are held against the saving,
    `n_unseen` more may have to be. `overflow_s` [s] came after skips, `unseen_s` more may have.
    """

    asset_id: int
    name: str
    n_planned: int
    n_made: int
    n_assumed: int
    n_unknown: int
    n_extra: int
    n_held: int
    n_unseen: int
    overflow_s: float
    unseen_s: float
    skipped: tuple[Skipped, ...]

    @property
    def n_avoided(self) -> int:
        """Give the lifts saved, where what is not known counts as made; negative where more were made than planned."""
        return len(self.skipped) - self.n_extra - self.n_held


def account_for(track: Track, planned: Planned, told: Told, period: tuple[float, float]) -> Account:
    """Account for the lifts planned in a period [Unix s], by what is known from some weeks before on."""
    fates, levels, lifted, extra = find_fates(track, planned, told)
    closes = np.sort(np.concatenate((lifted[fates != SKIPPED], extra)))
    skips = np.flatnonzero(fates == SKIPPED)
    ends = close_after(closes, planned.begins[skips], period[1])
    outcomes = [
        follow(track, float(planned.begins[skip]), end, period) for skip, end in zip(skips, ends.tolist(), strict=True)
    ]
    in_period = (planned.begins >= period[0]) & (planned.begins < period[1])
    skipped = tuple(
        Skipped(float(planned.begins[skip]), known(levels[skip]), outcome.overflow_s, outcome.is_held)
        for skip, outcome in zip(skips, outcomes, strict=True)
        if in_period[skip]
    )
    overflow_s, unseen_s = first_of_each(ends, outcomes)
    counts = np.bincount(fates[in_period], minlength=4)
    return Account(
        asset_id=track.asset_id,
        name=track.name,
        n_planned=int(in_period.sum()),
        n_made=int(counts[MADE]),
        n_assumed=int(counts[ASSUMED]),
        n_unknown=int(counts[UNKNOWN]),
        n_extra=int(np.count_nonzero((extra >= period[0]) & (extra < period[1]))),
        n_held=sum(outcome.is_held for outcome in outcomes),
        n_unseen=sum(not outcome.is_held and outcome.unseen_s >= UNSEEN_S for outcome in outcomes),
        overflow_s=overflow_s,
        unseen_s=unseen_s,
        skipped=skipped,
    )


def find_fates(track: Track, planned: Planned, told: Told) -> tuple[Codes, Floats, Floats, Floats]:
    """Give the fate of each planned lift, the level before it, when it was made, and the lifts nobody had planned."""
    begins, ends = planned.begins, planned.ends
    levels = track.before(begins)
    fall_from, fall_to = track.at_s[track.falls - 1], track.at_s[track.falls]
    fell, fell_index = first_within(fall_from, fall_to, planned)
    was_told, told_index = first_within(told.lifts, told.lifts, planned)
    following = np.searchsorted(track.at_s, begins, side="right")
    next_at = np.append(track.at_s, np.inf)[following]
    shows = (levels >= FILLED_PERCENT) & (next_at <= ends + HOLD_S)
    by_round = np.select([planned.rounds == DRIVEN, planned.rounds == LEFT_OUT], [ASSUMED, SKIPPED], UNKNOWN)
    is_away = was_away(told.displaced, planned)
    fates = np.select([was_told | fell, is_away, shows], [MADE, UNKNOWN, SKIPPED], by_round).astype(np.int64)
    lifted = np.where(fell, np.append(fall_to, np.inf)[fell_index], ends)
    lifted = np.where(was_told, np.append(told.lifts, np.inf)[told_index], lifted)
    unplanned_falls = np.delete(fall_to, fell_index[fell])
    unplanned_told = np.delete(told.lifts, told_index[was_told])
    near = np.abs(unplanned_told[:, None] - fall_to[None, :]).min(axis=1, initial=np.inf)
    return fates, levels, lifted, np.concatenate((unplanned_falls, unplanned_told[near > SLACK_S]))


def first_within(begins: Floats, ends: Floats, planned: Planned) -> tuple[NDArray[np.bool_], Codes]:
    """Find for each planned round the first of some spans that touches it or its slack; each span serves one round."""
    index = np.searchsorted(ends, planned.begins - SLACK_S, side="right").astype(np.int64)
    has = np.append(begins, np.inf)[index] < planned.ends + SLACK_S
    is_taken = np.zeros(index.shape, dtype=np.bool_)
    is_taken[1:] = has[:-1] & (index[1:] == index[:-1])
    return has & ~is_taken, index


def was_away(displaced: Floats, planned: Planned) -> NDArray[np.bool_]:
    """Say for each planned round whether the container was out of its place in any hour of it."""
    first = np.searchsorted(displaced, planned.begins - 3600.0)
    is_away: NDArray[np.bool_] = np.append(displaced, np.inf)[first] < planned.ends
    return is_away


def close_after(closes: Floats, begins: Floats, end: float) -> Floats:
    """Give the first lift after each skip, or the end of the period."""
    following: Floats = np.append(closes, np.inf)[np.searchsorted(closes, begins, side="right")]
    return np.minimum(following, end)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What followed a skip until the next lift: overflow and time not known within the period [s]."""

    overflow_s: float
    unseen_s: float
    is_held: bool


def follow(track: Track, skipped_s: float, until_s: float, period: tuple[float, float]) -> Outcome:
    """Follow a container from a skipped lift to the next one."""
    begins, ends, positions = track.spells(skipped_s, until_s)
    is_over = track.levels[positions] >= OVERFLOW_AT_PERCENT
    inside = np.maximum(0.0, ends - np.maximum(begins, period[0]))
    from_s = max(skipped_s, period[0])
    unseen_s = max(0.0, until_s - from_s - float(inside.sum()))
    began_s = float(begins[is_over][0]) if is_over.any() else -np.inf
    return Outcome(float(inside[is_over].sum()), unseen_s, bool(began_s >= period[0]))


def first_of_each(ends: Floats, outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Add up overflow and unseen time of the first skip before each lift: later ones lie in it."""
    first = {end: outcome for end, outcome in reversed(list(zip(ends.tolist(), outcomes, strict=True)))}
    return sum(one.overflow_s for one in first.values()), sum(one.unseen_s for one in first.values())


def known(level: float) -> float | None:
    """Give a level, None where it is not known."""
    return None if np.isnan(level) else round(float(level), 1)
