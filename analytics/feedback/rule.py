"""The daily rule: which thresholds a territory's verdicts and its alarm budget move, by how much, and why.

At most one step for each class (kind of finding and type of asset) in seven days, because its effect shows in the count
of a week; a step is a fifth; all within `LEAST_FACTOR` and `MOST_FACTOR` times the threshold of the model itself. In
this order:

1. mostly false: more than `FULL` of the budget is used, and of at least `N_SURE` verdicts so few are confirmed that
   Wilson's interval lies below one half: raised. While there is room, false alarms are borne: every raised threshold
   also loses true ones;
2. over budget: more alarms in seven days than the budget: the one class with the most alarms that are expected to be
   false is raised (share confirmed by Laplace's rule, so that a class nobody judged counts as one half), unless it is
   well confirmed: then the territory has more faults than technicians, and that is no reason to look away;
3. well confirmed: at most `ROOMY` of the budget is used, Wilson's interval above one half: lowered;
4. room: at most `ROOMY` of the budget is used, and the threshold is raised: back towards 1.

What a person has set is left alone, so are kinds that safety hangs on, and kinds whose models have no threshold.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from math import sqrt

from store.threshold import LEAST_FACTOR, MOST_FACTOR, AlarmClass, Move, Reason

STEP = 1.2
N_SURE = 5
HALF = 0.5
ROOMY, FULL = 0.5, 0.75  # of the budget: two steps lie between them, so that a threshold does not swing
APART = timedelta(days=7)
Z95 = 1.959964  # two-sided 95 %


def decide(classes: Sequence[AlarmClass], budget: float, movable: Collection[str], now: datetime) -> list[Move]:
    """Give the moves of a day.

    Parameters
    ----------
    budget
        Alarms that all technicians together can look after in a week.
    movable
        Kinds whose models have a threshold; none that safety hangs on.
    """
    n_alarms = sum(one.n_week for one in classes)
    free = [one for one in classes if one.kind in movable and not one.is_held and is_settled(one, now)]
    reasons = {one: reason for one in free if (reason := own_reason(one, n_alarms / budget))}
    loudest = max((one for one in free if not is_right(one)), key=expected_false, default=None)
    if n_alarms > budget and loudest is not None and loudest.n_week > 0:
        reasons.setdefault(loudest, "over_budget")
    return list(moves(reasons.items(), n_alarms, budget))


def moves(reasons: Collection[tuple[AlarmClass, Reason]], n_alarms: int, budget: float) -> Iterator[Move]:
    """Make a step for each reason, as far as bounds let it."""
    for one, reason in reasons:
        factor = stepped(one.factor, reason)
        if factor != one.factor:
            detail = {
                "n_confirmed": one.n_confirmed,
                "n_false": one.n_false,
                "n_week": one.n_week,
                "n_alarms": n_alarms,
                "budget": budget,
            }
            yield Move(one.kind, one.asset_type, factor, reason, detail)


def stepped(factor: float, reason: Reason) -> float:
    """Give the factor after a step."""
    if reason in ("mostly_false", "over_budget"):
        return min(MOST_FACTOR, factor * STEP)
    if reason == "room":
        return max(1.0, factor / STEP)
    return max(LEAST_FACTOR, factor / STEP)


def own_reason(one: AlarmClass, used: float) -> Reason | None:
    """Say why a class moves by what was said of it, where this share of the budget is used."""
    if is_wrong(one) and used > FULL:
        return "mostly_false"
    if used > ROOMY:
        return None
    if is_right(one):
        return "well_confirmed"
    return "room" if one.factor > 1 else None


def is_settled(one: AlarmClass, now: datetime) -> bool:
    """Say whether the last move shows in the count of a week by now."""
    return one.moved_at is None or now - one.moved_at >= APART


def is_wrong(one: AlarmClass) -> bool:
    """Say whether more than half of a class's alarms are surely false."""
    n = one.n_confirmed + one.n_false
    return n >= N_SURE and wilson(one.n_confirmed, n)[1] < HALF


def is_right(one: AlarmClass) -> bool:
    """Say whether more than half of a class's alarms are surely right."""
    n = one.n_confirmed + one.n_false
    return n >= N_SURE and wilson(one.n_confirmed, n)[0] > HALF


def expected_false(one: AlarmClass) -> float:
    """Give how many of the week's alarms are expected to be false (Laplace's rule of succession)."""
    return one.n_week * (one.n_false + 1) / (one.n_confirmed + one.n_false + 2)


def wilson(n_yes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Give Wilson's interval for a share (1927, DOI 10.1080/01621459.1927.10502953, eq. 6); 0 to 1 where n is 0."""
    if n == 0:
        return 0.0, 1.0
    share = n_yes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
