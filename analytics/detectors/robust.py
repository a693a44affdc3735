"""Level, spread and difference of one series: how many spreads a value is away from what is usual at this hour.

Three aspects are scored as distances from a running mean in running standard deviations, and the strangest counts:
the value (against the same hour of the day once that hour is known from enough days, else against all values), its
change since the value before, and the mean of the last few values, as long as the newest lies on the same side of
what is usual; else that mean is only the echo of what is over.

Running mean and variance are updated one value at a time (Welford 1962, doi:10.1080/00401706.1962.10490022), with a
weight that never falls below 1/`MEMORY` so that old values fade (West 1979, doi:10.1145/359146.359153). A value
teaches only as far as `CLIP` spreads, so that one outlier does not widen what is ordinary (winsorising, Huber 1981).

Assumes values that come at a roughly steady pace. Knows nothing (None) until `WARM_UP_S` has passed and `N_LEAST`
values have come: a week has weekends in it. After a gap longer than `LONGEST_STEP_S` the change and the short mean
start anew. A spread is never taken smaller than `RESOLUTION` of the level, so that a constant series may move by its
last digit.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from analytics.detectors import DetectorEntry, Score

MEMORY = 4000.0  # [values] about 28 days of ten minutes
SLOT_MEMORY = 200.0  # [values] of one hour of the day
SHORT_MEMORY = 10.0  # [values] BENCHMARKS: the mean of ten rows
WARM_UP_S = 8 * 86_400.0
N_LEAST = 50
N_SLOT_DAYS = 5  # days that an hour must be known from
LONGEST_STEP_S = 6 * 3600.0
CLIP = 4.0
RESOLUTION = 1e-3
SMALLEST = 1e-9  # keeps a series of zeros from dividing by zero
LARGEST = 1e150  # squares of larger values overflow
EXPECTED_SPREADS = 3.0  # what the evidence calls ordinary


@dataclass(slots=True)
class Running:
    """Mean and variance of values seen so far, old ones fading."""

    n: float = 0.0
    mean: float = 0.0
    variance: float = 0.0

    def spread(self) -> float:
        """Standard deviation, never smaller than the resolution of the level."""
        return max(math.sqrt(self.variance), RESOLUTION * abs(self.mean), SMALLEST)

    def learn(self, value: float, memory: float) -> None:
        """Take in a value, at most `CLIP` spreads away once enough is known."""
        if self.n >= N_LEAST:
            reach = CLIP * self.spread()
            value = min(max(value, self.mean - reach), self.mean + reach)
        self.n = min(self.n + 1.0, memory)
        step = value - self.mean
        self.mean += step / self.n
        self.variance = (1.0 - 1.0 / self.n) * (self.variance + step * step / self.n)


@dataclass(slots=True)
class Slot:
    """One hour of the day (UTC): its values, on how many days, and the last of them."""

    running: Running = field(default_factory=Running)
    n_days: int = 0
    last_day: int = -1


class RobustLevel:
    """The detector; see the module's text."""

    def __init__(self) -> None:
        self.level = Running()
        self.change = Running()
        self.short = Running()
        self.short_mean = 0.0
        self.n_short = 0.0
        self.slots = [Slot() for _ in range(24)]
        self.first_s: float | None = None
        self.last_s: float | None = None
        self.last_value = 0.0

    def score(self, times: Sequence[datetime], values: Sequence[float]) -> list[Score | None]:
        """Score and learn each value; see `Detector.score`."""
        return [self.score_one(at, value) for at, value in zip(times, values, strict=True)]

    def score_one(self, at: datetime, value: float) -> Score | None:
        """Score one value, then learn it."""
        at_s = at.timestamp()
        if not math.isfinite(value) or (self.last_s is not None and at_s <= self.last_s):
            return None
        value = min(max(value, -LARGEST), LARGEST)
        if self.first_s is None:
            self.first_s = at_s
        hour, day = at.astimezone(UTC).hour, int(at_s // 86_400)
        is_linked = self.last_s is not None and at_s - self.last_s <= LONGEST_STEP_S
        change = value - self.last_value if is_linked else None
        self.n_short = min(self.n_short + 1, SHORT_MEMORY) if is_linked else 1.0
        previous_short = self.short_mean if is_linked else value
        short_mean = previous_short + (value - previous_short) / self.n_short
        is_known = at_s - self.first_s >= WARM_UP_S and self.level.n >= N_LEAST
        score = self.strangest(self.slots[hour], value, change, short_mean) if is_known else None
        self.learn(hour, day, value, change, short_mean)
        self.last_s, self.last_value, self.short_mean = at_s, value, short_mean
        return score

    def strangest(self, slot: Slot, value: float, change: float | None, short_mean: float) -> Score:
        """Give the highest of the three scores."""
        usual = slot.running if slot.n_days >= N_SLOT_DAYS else self.level
        scores = [measure("value", value, usual, 1.0)]
        # Half the weight: changes have heavier tails than levels (BENCHMARKS, cheap detectors).
        if change is not None and self.change.n >= N_LEAST:
            scores.append(measure("change", change, self.change, 0.5))
        is_lasting = away(value, usual) * away(short_mean, self.short) > 0 and abs(away(value, usual)) >= 1
        if is_lasting and self.n_short >= SHORT_MEMORY and self.short.n >= N_LEAST:
            scores.append(measure("short_mean", short_mean, self.short, 1.0))
        return max(scores, key=lambda score: score.value)

    def learn(self, hour: int, day: int, value: float, change: float | None, short_mean: float) -> None:
        """Take in what was scored."""
        slot = self.slots[hour]
        self.level.learn(value, MEMORY)
        slot.running.learn(value, SLOT_MEMORY)
        if slot.last_day != day:
            slot.n_days, slot.last_day = min(slot.n_days + 1, N_SLOT_DAYS), day
        if change is not None:
            self.change.learn(change, MEMORY)
        if self.n_short >= SHORT_MEMORY:
            self.short.learn(short_mean, MEMORY)

    def save(self) -> dict[str, Any]:
        """Give all that was learnt: about 2 kB."""
        return {
            "level": asdict(self.level),
            "change": asdict(self.change),
            "short": asdict(self.short),
            "short_mean": self.short_mean,
            "n_short": self.n_short,
            "slots": [[s.running.n, s.running.mean, s.running.variance, s.n_days, s.last_day] for s in self.slots],
            "first_s": self.first_s,
            "last_s": self.last_s,
            "last_value": self.last_value,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `save` gave."""
        self.level = Running(**state["level"])
        self.change = Running(**state["change"])
        self.short = Running(**state["short"])
        self.short_mean, self.n_short = state["short_mean"], state["n_short"]
        self.slots = [Slot(Running(n, mean, var), n_days, last) for n, mean, var, n_days, last in state["slots"]]
        self.first_s, self.last_s, self.last_value = state["first_s"], state["last_s"], state["last_value"]


def away(looked_at: float, usual: Running) -> float:
    """Give how many spreads something is above (or, negative, below) what is usual."""
    return (looked_at - usual.mean) / usual.spread()


def measure(aspect: Any, looked_at: float, usual: Running, weight: float) -> Score:
    """Score how far something is from what is usual."""
    reach = EXPECTED_SPREADS * usual.spread()
    return Score(weight * abs(away(looked_at, usual)), aspect, looked_at, usual.mean - reach, usual.mean + reach)


DETECTOR = DetectorEntry(
    name="robust_level",
    version="1",
    finding_kind="unusual_value",
    kinds=("gauge",),
    make=RobustLevel,
    open_at=8.0,
    close_at=4.0,
    n_calm=3,
)
