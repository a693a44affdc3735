"""`seasonal_slot` once more, one value after the other in plain Python: slow, and easy to check by reading."""

import math
from dataclasses import dataclass, field

from analytics.detectors import Score
from analytics.usual.slots import slots_of
from tests.analytics.naive_robust import Weeks


@dataclass
class Slot:
    """What was seen of one slot."""

    level: float = 0.0
    stray: float = 0.0
    n: int = 0

    def learn(self, mean: float, strayed: float, away: float) -> None:
        gain = max(1 / (self.n + 1), 0.15)
        self.level += gain * away if self.n else mean
        self.stray += gain * (strayed - self.stray) if self.n else 0.0
        self.n += 1


@dataclass
class Clock:
    """The slots of one clock, how wrong it was, and by how much all of it lies too low."""

    slots: dict[int, Slot] = field(default_factory=dict)
    error: float = 0.0
    offset: float = 0.0

    def learn(self, slots: list[int], hours: dict[int, tuple[float, float]]) -> None:
        moved = []
        for hour, (mean, strays) in sorted(hours.items()):
            slot = self.slots.setdefault(slots[hour], Slot())
            away = mean - slot.level - self.offset
            reach = 6 * slot.stray if slot.n >= 2 and slot.stray > 0 else math.inf
            step = max(-reach, min(away, reach))
            if slot.n >= 2:
                self.error += 0.02 * (abs(step) - self.error)
                moved.append(step)
            slot.learn(mean, min(max(abs(away), strays), reach), step)
        if moved:
            self.offset += 0.3 * sum(moved) / len(moved)


@dataclass
class NaiveSlot:
    """One series."""

    clocks: tuple[Clock, Clock] = field(default_factory=lambda: (Clock(), Clock()))
    habit: Weeks = field(default_factory=Weeks)
    day: int | None = None
    today: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    highest: float = 0.0
    last_s: float = -math.inf

    def score(self, at_s: float, value: float) -> Score | None:
        if not math.isfinite(value) or at_s <= self.last_s:
            return None
        self.last_s = at_s
        day, hour = divmod(int(at_s // 3600), 24)
        if day != self.day:
            self.close_day()
            self.day = day
        known = self.expect(hour)
        beyond = max(known[0] - value, value - known[1], 0.0) if known else 0.0
        self.today.setdefault(hour, []).append((value, beyond))
        strange = max(beyond / known[2] - 4, 0.0) if known else 0.0
        if self.habit.n_days < 15:
            return None
        self.highest = max(self.highest, strange)
        if known is None:
            return None
        reach = 4 * known[2] if math.isfinite(known[2]) else 0.0
        return Score(strange / self.habit.damping(), "hour", value, known[0] - reach, known[1] + reach)

    def expect(self, hour: int) -> tuple[float, float, float] | None:
        """Give the lowest and highest that is expected around an hour, and how far it strays."""
        which = 0 if self.clocks[0].error <= self.clocks[1].error else 1
        clock, slots = self.clocks[which], slots_of(self.day or 0)[which]
        near = [clock.slots.get(int(slots[one]), Slot()) for one in range(max(hour - 1, 0), min(hour + 2, 24))]
        if any(slot.n < 2 for slot in near):
            return None
        values = [slot.level + clock.offset for slot in near]
        n = sum(slot.n for slot in clock.slots.values())
        usual = sum(slot.stray * slot.n for slot in clock.slots.values()) / n
        strays = [
            max(slot.stray, 0.5 * usual, 5e-3 * abs(value), 1e-9) for slot, value in zip(near, values, strict=True)
        ]
        return min(values), max(values), max(strays) if usual > 0 else math.inf

    def close_day(self) -> None:
        if self.day is None:
            return
        hours = {
            hour: (sum(value for value, _ in own) / len(own), sum(away for _, away in own) / len(own))
            for hour, own in self.today.items()
        }
        for which, clock in enumerate(self.clocks):
            clock.learn([int(slot) for slot in slots_of(self.day)[which]], hours)
        self.habit.learn(self.highest)
        self.today, self.highest = {}, 0.0
