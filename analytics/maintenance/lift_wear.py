"""A lift that is due by its counts, or whose doors open and close again and again.

By counts (`analytics.lift.count`): runs and door cycles since `overhauled_on` (else `installed_on`) against the limits
that its maker states for them, `runs_to_overhaul` and `door_cycles_to_overhaul`. It is there from thirty days before
the limit is as likely met as not. Without a stated limit nothing is said of counts: there is none that holds for all
makes. By doors: cycles for each run beside their own usual, with the rule that tells of bearings
(`analytics.rotating.wear`), on days with twenty runs and more; a door that closes at the third attempt has dirty
sills, rollers or a light curtain at fault. Gone when neither holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from analytics.grouping import by_quantity
from analytics.lift.count import Use, use_of
from analytics.maintenance import Hint, Level, Span, Verdict
from analytics.maintenance.gauges import DAY_S
from analytics.rotating.wear import N_STEPS, Floats, worn_steps
from analytics.sentence import french_number, number
from analytics.spread import spread_of_steps
from store.counter_days import CounterDays, read_counter_days

REACH = timedelta(days=1830)
DOOR_REACH_S = 120 * DAY_S
LIMIT_BY_QUANTITY = {"run_count": "runs_to_overhaul", "door_cycle_count": "door_cycles_to_overhaul"}
WORDS = {"run_count": ("runs", "courses"), "door_cycle_count": ("door cycles", "cycles de porte")}
AHEAD_DAYS = 30.0
LEAST_RUNS, LEAST_DAYS = 20.0, 28
FRESH_S = 3 * DAY_S
SOUND = 1.12


class Due(NamedTuple):
    """A component due by its counts: the quantity, its limit, its use."""

    quantity: str
    limit: float
    use: Use


class Doors(NamedTuple):
    """Door cycles for each run, usually and in the last days; whether that has worn, or is as usual.

    Neither where nothing has been counted of late.
    """

    usual: float
    now: float
    is_worn: bool
    is_sound: bool


def tell(rows: Sequence[CounterDays], span: Span) -> list[Verdict]:
    """Judge each lift at each midnight; `score` is 1 where a limit is met, or how far doors are above usual."""
    lifts = by_quantity(rows).values()
    return [verdict for part in span.parts() for own in lifts if (verdict := judge(own, part)) is not None]


def judge(own: Mapping[str, Sequence[CounterDays]], span: Span) -> Verdict | None:
    """Look at a lift's counts and doors; None before its first day."""
    until_s = span.ends_at.timestamp()
    counts = {quantity: merged(rows, until_s) for quantity, rows in own.items()}
    if not any(days.size for days, _ in counts.values()):
        return None
    about = next(iter(own.values()))[-1]
    uses = [one for quantity in counts if (one := due_of(about, quantity, counts[quantity], until_s)) is not None]
    doors = doors_of(counts, until_s)
    worst = min(uses, key=lambda one: one.use.days_left, default=None)
    if worst is not None and worst.use.days_left <= AHEAD_DAYS:
        return present_due(about, span, worst)
    level = None if doors is None else Level(doors.now, doors.usual)
    if doors is not None and doors.is_worn:
        return replace(present_doors(about, span, doors), level=level)
    is_sound = (worst is not None or doors is not None) and (doors is None or doors.is_sound)
    return Verdict(about.asset_id, span.ends_at, False if is_sound else None, span.begins_at, level=level)


def merged(rows: Sequence[CounterDays], until_s: float) -> tuple[Floats, Floats]:
    """Give (days, counts) before an instant: a replaced counter goes on counting the same lift."""
    days, where = np.unique(np.concatenate([row.begins_s for row in rows]), return_inverse=True)
    counts: Floats = np.bincount(where, np.concatenate([row.increases for row in rows])).astype(np.float64)
    known = days < until_s
    return days[known], counts[known]


def due_of(about: CounterDays, quantity: str, counts: tuple[Floats, Floats], until_s: float) -> Due | None:
    """Say how much of a stated limit is used; None without limit, day of overhaul or enough counts."""
    limit = about.attributes.get(LIMIT_BY_QUANTITY[quantity])
    since_s = overhauled_s(about, until_s)
    if not isinstance(limit, int | float) or limit <= 0 or since_s is None:
        return None
    use = use_of(*counts, since_s, until_s, float(limit))
    return None if use is None else Due(quantity, float(limit), use)


def overhauled_s(about: CounterDays, until_s: float) -> float | None:
    """Give the last overhaul or installation before an instant [Unix s]; None where the inventory names none."""
    known_s = []
    for name in ("overhauled_on", "installed_on"):
        try:
            day = date.fromisoformat(str(about.attributes.get(name)))
        except ValueError:
            continue
        known_s.append(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    return max((at_s for at_s in known_s if at_s <= until_s), default=None)


def doors_of(counts: Mapping[str, tuple[Floats, Floats]], until_s: float) -> Doors | None:
    """Compare door cycles for each run with their usual number; None where too few busy days are known.

    Of a lift that stands still it is not known either whether its doors are sound.
    """
    if not counts.keys() >= LIMIT_BY_QUANTITY.keys():
        return None
    days, own, other = np.intersect1d(counts["run_count"][0], counts["door_cycle_count"][0], return_indices=True)
    runs, cycles = counts["run_count"][1][own], counts["door_cycle_count"][1][other]
    busy = (runs >= LEAST_RUNS) & (cycles > 0) & (days >= until_s - DOOR_REACH_S)
    if busy.sum() < LEAST_DAYS:
        return None
    ratios = cycles[busy] / runs[busy]
    usual = float(np.median(ratios[: LEAST_DAYS // 2]))
    logs = np.log(ratios / usual)
    now = ratios[-N_STEPS:]
    is_fresh = until_s - days[busy][-1] <= FRESH_S + DAY_S
    is_worn = is_fresh and bool(worn_steps(logs, spread_of_steps(logs))[-1])
    return Doors(usual, float(np.median(now)), is_worn, is_fresh and bool(now.max() < SOUND * usual))


def when_met(use: Use) -> tuple[str, str]:
    """Say when the limit is met, in English and French."""
    if use.days_left <= 0:
        return "the limit is met", "le seuil est atteint"
    left, early, late = (f"{value:.0f}" for value in (use.days_left, use.days_early, use.days_late))
    if left in ("0", "1"):
        return "the limit is met within a day", "seuil atteint d'ici un jour"
    return f"the limit is met in {left} days ({early} to {late})", f"seuil atteint dans {left} jours ({early} à {late})"


def present_due(about: CounterDays, span: Span, due: Due) -> Verdict:
    """Say that a lift is due by its counts."""
    use, words = due.use, WORDS[due.quantity]
    counted, limit = (f"{value:.0f}" for value in (use.counted, due.limit))
    guessed = number(round(100 * use.guessed_share))
    when_en, when_fr = when_met(use)
    return Verdict(
        about.asset_id,
        span.ends_at,
        True,
        span.ends_at,
        score=use.counted / due.limit,
        severity="warning",
        sentence_en=(
            f"{about.name}: {counted} {words[0]} since the last overhaul ({guessed} % of them estimated), of {limit};"
            f" {when_en}. To do: have the maintenance company check and change the parts that wear."
        ),
        sentence_fr=(
            f"{about.name} : {counted} {words[1]} depuis la dernière révision (dont {guessed} % estimés), sur {limit} ;"
            f" {when_fr}. À faire : faire contrôler et changer les pièces d'usure par l'ascensoriste."
        ),
        evidence={
            "quantity": due.quantity,
            "counted": round(use.counted),
            "limit": due.limit,
            "pace_a_day": round(use.pace, 1),
            "guessed_share": round(use.guessed_share, 3),
            "days_left": {"early": round(use.days_early), "likely": round(use.days_left), "late": round(use.days_late)},
            "curve_from": (span.ends_at - timedelta(days=91)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


def present_doors(about: CounterDays, span: Span, doors: Doors) -> Verdict:
    """Say that doors open again and again."""
    now, usual = number(round(doors.now, 1)), number(round(doors.usual, 1))
    return Verdict(
        about.asset_id,
        span.ends_at,
        True,
        span.ends_at - timedelta(days=N_STEPS),
        score=doors.now / doors.usual - 1,
        severity="warning",
        sentence_en=(
            f"{about.name}: its doors move {now} times for each run; {usual} is usual. To do: clean sills and light"
            " curtain, check rollers and door drive before it stops with somebody inside."
        ),
        sentence_fr=(
            f"{about.name} : ses portes manœuvrent {french_number(now)} fois par course, {french_number(usual)}"
            " d'habitude. À faire : nettoyer seuils et barrage optique, contrôler galets et opérateur de porte avant"
            " qu'il ne s'arrête avec quelqu'un."
        ),
        evidence={
            "quantity": "door_cycle_count",
            "cycles_a_run": round(doors.now, 3),
            "usual": round(doors.usual, 3),
            "curve_from": (span.ends_at - timedelta(days=60)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="lift_wear",
    asset_types=("lift",),
    rhythm="day",
    reach=REACH,
    version="1",
    read=partial(read_counter_days, quantities=tuple(LIMIT_BY_QUANTITY)),
    tell=tell,
    stride=timedelta(days=28),
)
