"""`robust_level` once more, one value after the other in plain Python: slow, and easy to check by reading."""

import math
from dataclasses import dataclass, field

from analytics.detectors import Score

HOUR_S, N_HOURS = 3600, 24
HOUR_ASPECTS = ("value", "hour")
DAY_ASPECTS = ("day_low", "day_mean", "day_high")
DAY_SHARES = (0.01, 0.05, 0.05)
Span = tuple[float, float]


def joined(spans: list[Span]) -> Span:
    return min(low for low, _ in spans), max(high for _, high in spans)


@dataclass
class Weeks:
    """The highest score of each of the last eight weeks of days, as far as 16."""

    highest: list[float] = field(default_factory=list)
    n_days: int = 0

    def learn(self, score: float) -> None:
        if self.n_days % 7 == 0:
            self.highest = [0.0, *self.highest[:7]]
        self.highest[0] = max(self.highest[0], min(score, 16.0))
        self.n_days += 1

    def damping(self) -> float:
        return max(1.0, 1.5 * max(self.highest, default=0.0) / 8.0)


@dataclass
class NaiveRobust:
    """All days of a series, each as the spans of its hours; weeks of seven days with values, the newest first."""

    weeks: list[dict[int, Span]] = field(default_factory=list)
    n_seen: list[float] = field(default_factory=lambda: [0.0] * N_HOURS)
    days: list[tuple[float, float, float]] = field(default_factory=list)
    learnt: list[Span] = field(default_factory=list)
    last: Span | None = None
    n_moved: int = 0
    hour_habit: Weeks = field(default_factory=Weeks)
    day_habit: Weeks = field(default_factory=Weeks)
    today: dict[int, Span] = field(default_factory=dict)
    day: int | None = None
    last_s: float = -math.inf

    def score(self, at_s: float, value: float) -> Score | None:
        if not math.isfinite(value) or at_s <= self.last_s:
            return None
        self.last_s = at_s
        value = min(max(value, -1e150), 1e150)
        hour = int(at_s // HOUR_S)
        if hour // N_HOURS != self.day:
            self.close_day()
            self.day = hour // N_HOURS
        slot = hour % N_HOURS
        self.today[slot] = joined([self.today.get(slot, (value, value)), (value, value)])
        if len(self.days) < 8:
            return None
        (low, high), unit = self.usual(slot)
        score = max(low - value, value - high, 0.0) / (unit * self.hour_habit.damping())
        ever = joined(self.learnt)
        is_within = ever[0] <= value <= ever[1]
        of_value = Score(score, HOUR_ASPECTS[score > 0 and is_within], value, low, high)
        of_days = self.score_days()
        damped = of_days.value / self.day_habit.damping()
        if damped > score:
            return Score(damped, of_days.aspect, of_days.looked_at, of_days.expected_low, of_days.expected_high)
        return of_value

    def usual(self, slot: int) -> tuple[Span, float]:
        total = joined([span for week in self.weeks for span in week.values()])
        near = [(slot + step) % N_HOURS for step in (-1, 0, 1)]
        spans = [week[one] for week in self.weeks for one in near if one in week]
        n_near = self.n_seen[near[0]] + self.n_seen[near[1]] + self.n_seen[near[2]]
        low, high = joined(spans) if spans and n_near >= 14 else total
        ever = joined(self.learnt)
        level = max(abs(total[0]), abs(total[1]))
        unit = max(0.1 * (high - low), 0.02 * (total[1] - total[0]), 0.01 * (ever[1] - ever[0]), 5e-3 * level, 1e-9)
        return (low, high), unit * (max(1.0, 28.0 / self.n_moved) if self.n_moved else math.inf)

    def score_days(self) -> Score:
        reference, recent = self.days[-35:][:-7] if len(self.days) < 35 else self.days[-35:-7], self.days[-3:]
        best = Score(0.0, "day_low", 0.0, 0.0, 0.0)
        if len(reference) < 14:
            return best
        spans = [(sorted(column)[1], sorted(column)[-2]) for column in zip(*reference, strict=True)]
        width, level = spans[2][1] - spans[0][0], max(abs(spans[0][0]), abs(spans[2][1]))
        floor = max((5e-3 if width > 0 else 0.05) * level, 1e-9)
        for aspect, share, (low, high), last in zip(
            DAY_ASPECTS, DAY_SHARES, spans, zip(*recent, strict=True), strict=True
        ):
            unit = max(0.12 * (high - low), share * width, floor)
            score = max(min(last) - high, low - max(last), 0.0) / unit * (len(reference) / 28)
            if (width > 0 or level > 0) and score > best.value:
                best = Score(score, aspect, min(last) if min(last) > high else max(last), low, high)
        return best

    def close_day(self) -> None:
        if not self.today:
            return
        usual = {slot: self.usual(slot) for slot in self.today} if len(self.days) >= 7 else {}
        if len(self.days) >= 8:
            self.hour_habit.learn(max(self.strangeness(slot, *usual[slot]) for slot in self.today))
            self.day_habit.learn(self.score_days().value)
        reached = joined(list(self.today.values()))
        self.n_moved += self.last is not None and reached != self.last
        self.last = reached
        highs = [-high for _, high in self.today.values()]
        middle = sum((self.today[slot][0] + self.today[slot][1]) / 2 for slot in sorted(self.today)) / len(self.today)
        if len(self.days) % 7 == 0:
            self.weeks = [{}, *self.weeks[:5]]
            self.n_seen = [n * (5 / 6) for n in self.n_seen] if self.days else self.n_seen
        for slot, span in self.today.items():
            kept = self.held(span, *usual[slot]) if usual else span
            self.weeks[0][slot] = joined([self.weeks[0].get(slot, kept), kept])
            self.n_seen[slot] += 1
            self.learnt.append(kept)
        self.days.append((reached[0], middle, -min(highs)))
        self.today = {}

    def strangeness(self, slot: int, span: Span, unit: float) -> float:
        low, high = self.today[slot]
        return max(span[0] - low, high - span[1], 0.0) / unit

    @staticmethod
    def held(span: Span, usual: Span, unit: float) -> Span:
        return max(span[0], usual[0] - 6.0 * unit), min(span[1], usual[1] + 6.0 * unit)
