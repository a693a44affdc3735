"""`running_rows` once more, one value after the other in plain Python: slow, and easy to check by reading."""

import math
from dataclasses import dataclass, field

SPREADS_FLOOR = (0.0, *[0.01] * 7)


@dataclass
class Moment:
    n: float = 0.0
    mean: float = 0.0
    variance: float = 0.0

    def learn(self, value: float) -> None:
        self.n = min(self.n + 1, 6400)
        step, gain = value - self.mean, 1 / self.n
        self.variance += gain * ((1 - gain) * step * step - self.variance)
        self.mean += gain * step


@dataclass
class NaiveRunning:
    """All values of a series, and of each hour (UTC) of the day the mean over its days."""

    values: list[float] = field(default_factory=list)
    offs: list[float] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=lambda: [Moment() for _ in range(8)])
    hours: dict[int, tuple[float, float]] = field(default_factory=dict)  # days and mean by hour of the day
    hour: int | None = None
    of_hour: list[float] = field(default_factory=list)
    symbols: list[int] = field(default_factory=list)
    last_s: float = -math.inf

    def score(self, at_s: float, value: float) -> float | None:
        """Give the score as the detector does, None where not known."""
        if not math.isfinite(value) or at_s <= self.last_s:
            return None
        self.last_s = at_s
        value = min(max(value, -1e150), 1e150)
        expected = self.follow_hour(at_s, value)
        looks = self.look(value, expected)
        strange = [self.strangeness(place, one) for place, one in enumerate(looks)]
        if expected is None:
            strange[5:] = [0.0] * 3
        surprise = self.surprise(value)
        for place, one in enumerate(looks):
            if (place < 5 or expected is not None) and (place != 3 or len(self.values) > 1):
                self.moments[place].learn(one)
        levels = [math.hypot(strange[place], strange[place + 5]) for place in range(3)]
        total = sum(math.log1p(z) for z in (*levels, strange[3], strange[4])) + 0.1 * surprise
        n_changed = sum(one != other for one, other in zip(self.values, self.values[1:], strict=False))
        if len(self.values) <= 100:
            return None
        return max(total - 5.0, 0.0) * 8.0 / (12.0 - 5.0) if n_changed >= 50 else 0.0

    def follow_hour(self, at_s: float, value: float) -> float | None:
        hour = math.floor(at_s / 3600)
        if self.hour is not None and hour != self.hour:
            n, mean = self.hours.get(self.hour % 24, (0.0, 0.0))
            gain = max(1 / (n + 1), 0.3)
            self.hours[self.hour % 24] = n + 1, mean + gain * (sum(self.of_hour) / len(self.of_hour) - mean)
            self.of_hour = []
        self.hour = hour
        phase = at_s / 3600 - hour - 0.5
        n, here = self.hours.get(hour % 24, (0.0, 0.0))
        n_beside, beside = self.hours.get((hour + (-1 if phase < 0 else 1)) % 24, (0.0, 0.0))
        weight = abs(phase) if n_beside >= 2 else 0.0
        self.of_hour.append(value)
        return (1 - weight) * here + weight * beside if n >= 2 else None

    def look(self, value: float, expected: float | None) -> list[float]:
        step = value - self.values[-1] if self.values else 0.0
        self.values.append(value)
        off = 0.0 if expected is None else value - expected
        if expected is not None:
            self.offs.append(off)
        last = self.values[-24:]
        spread = math.sqrt(sum((one - mean_of(last)) ** 2 for one in last) / len(last))
        short, long = mean_of(self.values[-10:]), mean_of(self.values[-48:])
        return [value, short, long, step, spread, off, mean_of(self.offs[-10:]), mean_of(self.offs[-48:])]

    def spread(self, place: int) -> float:
        level, spread = abs(self.moments[0].mean), math.sqrt(self.moments[0].variance)
        return math.sqrt(self.moments[place].variance) + 1e-3 * level + 1e-9 + SPREADS_FLOOR[place] * spread

    def strangeness(self, place: int, value: float) -> float:
        moment = self.moments[place]
        return abs(value - moment.mean) / self.spread(place) if moment.n >= 20 else 0.0

    def surprise(self, value: float) -> float:
        """Must be asked before the value is learnt."""
        before = self.values[:-1]
        signed = (value - self.moments[0].mean) / self.spread(0)
        symbol = 1 + (signed > -0.67) + (signed > 0.0) + (signed > 0.67)
        if not before or value > max(before):
            symbol = 5
        elif value < min(before):
            symbol = 0
        last = self.symbols[-1] if self.symbols else 0
        pairs = list(zip([0, *self.symbols], self.symbols, strict=False))
        followed = [after for context, after in pairs if context == last]
        rare = math.log((1 + len(self.symbols)) / (1 + self.symbols.count(symbol)))
        rare += math.log((1 + len(followed)) / (1 + followed.count(symbol)))
        self.symbols.append(symbol)
        return rare


def mean_of(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
