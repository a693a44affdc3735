"""Collection rounds: the fixed plan, which of its rounds are driven, and which of those are written down."""

from dataclasses import dataclass

import numpy as np

from simulators.chance import Chance
from simulators.grid import DAY_S, Day
from simulators.rhythm import find_offsets

SECTORS = ("nord", "centre", "sud", "est")
STREAMS = ("residual", "recycling", "glass")
# Weekdays (Monday 0) on which the plan sends a vehicle to the first sector, a day later to the next; weeks between.
PLAN: dict[str, tuple[tuple[int, ...], int]] = {"residual": ((0, 3), 1), "recycling": ((2,), 1), "glass": ((1,), 2)}
START_HOUR = {"residual": 5.5, "recycling": 6.0, "glass": 8.0}
ROUND_HOURS = 5
HIGHEST_AVOIDED = 0.45


@dataclass(frozen=True, slots=True)
class Round:
    """A round of the plan: local day (days since 1970), sector, stream, whether it was driven, and declared."""

    day: int
    sector: int
    stream: int
    start_s: int
    end_s: int
    is_done: bool
    is_declared: bool


class RoundBook:
    """Draws the rounds of one day after the other, from the town's first day on."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        draws = chance.of("rounds")
        self.avoided_target = draws.uniform(0, HIGHEST_AVOIDED, len(SECTORS))
        self.phase = draws.random((len(SECTORS), len(STREAMS)))
        self.planned = np.zeros((len(SECTORS), len(STREAMS)), dtype=np.int64)
        self.rounds: list[Round] = []

    def advance(self, day: Day) -> list[Round]:
        """Decide the rounds of a day; all start in the morning, so the local day is that of noon."""
        draws = self.chance.of("rounds", day.index)
        noon_s = np.array([day.start_s + DAY_S // 2], dtype=np.int64)
        offset_s = int(find_offsets(noon_s)[0])
        local_day = (int(noon_s[0]) + offset_s) // DAY_S
        today = []
        for sector, stream in due(local_day):
            start_s = local_day * DAY_S - offset_s + int(3600 * START_HOUR[STREAMS[stream]])
            end_s = start_s + int(3600 * ROUND_HOURS * draws.uniform(0.9, 1.15))
            is_done = self.decide(day, sector, stream)
            is_declared = is_done and bool(draws.random() > 1 / 30)  # one driven round in thirty is not written down
            today.append(Round(local_day, sector, stream, start_s, end_s, is_done, is_declared))
        self.rounds += today
        return today

    def decide(self, day: Day, sector: int, stream: int) -> bool:
        """Drive a planned round; once bins are watched leave out as many as drawn for the sector, evenly."""
        if not day.is_full:
            return True
        count = int(self.planned[sector, stream])
        self.planned[sector, stream] += 1
        share, phase = self.avoided_target[sector], self.phase[sector, stream]
        return int((count + 1) * share + phase) == int(count * share + phase)


def due(day: int) -> list[tuple[int, int]]:
    """List the (sector, stream) rounds the fixed plan sends on a local day (days since 1970)."""
    weekday, week = (day + 3) % 7, (day + 3) // 7
    rounds = []
    for sector in range(len(SECTORS)):
        for stream, name in enumerate(STREAMS):
            weekdays, every_weeks = PLAN[name]
            if (weekday - sector) % 7 in weekdays and week % every_weeks == sector % every_weeks:
                rounds.append((sector, stream))
    return rounds
