"""Time of bays added up: occupied, known, offered, cars that came, and what follows with its worst cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.inputs import StateAmount

FREE, OCCUPIED, CLOSED = 0, 1, 2  # codes of the quantity `occupancy`; 3 is unknown
DAY_S = 86_400.0
UNITS = {"bay_occupancy": "1", "bay_turnover": "/d", "bay_stay_duration": "min"}
NOTHING = (None, None, None)
Bounds = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Time:
    """Bay time of some bays [s]: occupied, known, offered; cars that came, and bays."""

    occupied_s: float
    covered_s: float
    offered_s: float
    arrivals: int
    n_bays: int


def time_of(amounts: Sequence[StateAmount]) -> Time:
    """Add bays up."""
    seconds = {FREE: 0.0, OCCUPIED: 0.0, CLOSED: 0.0}
    arrivals, offered_s = 0, 0.0
    for amount in amounts:
        offered_s += amount.expected_s
        for state, state_s in amount.seconds_by_state:
            seconds[state] = seconds.get(state, 0.0) + state_s
        for state, n_entries in amount.entries_by_state:
            arrivals += n_entries * (state == OCCUPIED)
    covered_s = seconds[FREE] + seconds[OCCUPIED]
    return Time(seconds[OCCUPIED], covered_s, offered_s - seconds[CLOSED], arrivals, len(amounts))


def bounds_of(whole: Time, parts: Sequence[Time]) -> dict[str, Bounds]:
    """Give low end, value and high end of each KPI; what is not known of a part is like the rest of that part."""
    if whole.covered_s <= 0 or whole.offered_s <= 0:
        return dict.fromkeys(UNITS, NOTHING)
    missing_s = max(0.0, whole.offered_s - whole.covered_s)
    occupied_s, arrivals = (extrapolate(whole, parts, name) for name in ("occupied_s", "arrivals"))
    turnover = arrivals * DAY_S / whole.offered_s
    stay_min = whole.occupied_s / 60
    fewest = whole.arrivals - whole.n_bays
    return {
        "bay_occupancy": order(
            whole.occupied_s / whole.offered_s,
            occupied_s / whole.offered_s,
            (whole.occupied_s + missing_s) / whole.offered_s,
        ),
        # How many came while nobody looked has no upper bound; what was seen is the lower one.
        "bay_turnover": (
            min(whole.arrivals * DAY_S / whole.offered_s, turnover),
            turnover,
            None if missing_s > 0 else turnover,
        ),
        "bay_stay_duration": NOTHING
        if not whole.arrivals
        else (
            stay_min / (whole.arrivals + whole.n_bays),
            stay_min / whole.arrivals,
            stay_min / fewest if fewest > 0 else None,
        ),
    }


def extrapolate(whole: Time, parts: Sequence[Time], name: str) -> float:
    """Carry an amount of known time over to the offered time, part by part; one that is not known is like the whole."""
    share = getattr(whole, name) / whole.covered_s
    return float(
        sum(part.offered_s * (getattr(part, name) / part.covered_s if part.covered_s > 0 else share) for part in parts)
    )


def order(low: float, value: float, high: float) -> Bounds:
    """Keep a value between its bounds, which the last digits of sums may miss."""
    return low, min(max(value, low), max(low, high)), max(low, high)
