"""When which fault strikes: drawn from a seed, so that a run can be done again."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

PAIRED = 0.25  # share of the rounds in which two faults strike at once
SHORTEST_HOLD_S = 0.2
LONGEST_HOLD_S = 3.0


@dataclass(frozen=True, slots=True)
class Round:
    """The faults that strike together, how long they last [s], and the seed of whatever they draw themselves."""

    number: int
    names: tuple[str, ...]
    hold_s: float
    seed: int


def draw_schedule(
    seed: int, n_rounds: int, parts: Mapping[str, str], longest_hold_s: float = LONGEST_HOLD_S
) -> list[Round]:
    """Draw rounds, in which every fault strikes before one strikes again, and some strike in pairs.

    `parts` says by the fault's name what it strikes; the two of a pair strike different parts, and what strikes the
    database comes last, so that it is healed first.
    """
    chance = Random(seed)
    bag: list[str] = []
    rounds = []
    for number in range(n_rounds):
        if not bag:
            bag.extend(chance.sample(sorted(parts), len(parts)))
        together = {bag.pop()}
        if bag and chance.random() < PAIRED and parts[bag[-1]] != parts[min(together)]:
            together.add(bag.pop())
        names = tuple(sorted(together, key=lambda name: (parts[name] == "database", name)))
        rounds.append(Round(number, names, chance.uniform(SHORTEST_HOLD_S, longest_hold_s), chance.getrandbits(32)))
    return rounds
