"""One figure of a benchmark as a JSON line: name, value, unit, better, reference, ratio, goal, met."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; `reference` was measured in the same run; `goal` bounds the value, or the ratio where said.

    `n` is how many cases a share or a median rests on; a line names it only where it is given.
    """

    name: str
    value: float
    unit: str
    better: str = "higher"
    reference: float | None = None
    goal: float | None = None
    is_goal_of_ratio: bool = False
    n: int | None = None

    def line(self) -> str:
        """Write the figure; a goal that was not reached says `met: false`, none at all `met: null`."""
        ratio = self.value / self.reference if self.reference else None
        judged = ratio if self.is_goal_of_ratio else self.value
        met = None
        if self.goal is not None and judged is not None:
            met = judged >= self.goal if self.better == "higher" else judged <= self.goal
        return json.dumps(
            {
                "name": self.name,
                "value": round(self.value, 3),
                "unit": self.unit,
                "better": self.better,
                "reference": None if self.reference is None else round(self.reference, 3),
                "ratio": None if ratio is None else round(ratio, 3),
                "goal": self.goal,
                "met": met,
                **({} if self.n is None else {"n": self.n}),
            }
        )
