"""One figure of a benchmark as a JSON line: name, value, unit, better, reference, ratio, goal, met."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; `reference` was measured in the same run; `goal` bounds the value, or the ratio where said.

    A goal of two numbers is a range that the value should lie in: `better` is then "within".
    `n` is how many cases a share or a median rests on; a line names it only where it is given.
    """

    name: str
    value: float
    unit: str
    better: str = "higher"
    reference: float | None = None
    goal: float | tuple[float, float] | None = None
    is_goal_of_ratio: bool = False
    n: int | None = None

    def line(self) -> str:
        """Write the figure; a goal that was not reached says `met: false`, none at all `met: null`."""
        ratio = self.value / self.reference if self.reference else None
        judged = ratio if self.is_goal_of_ratio else self.value
        met = None if self.goal is None or judged is None else self.meets(judged, self.goal)
        return json.dumps(
            {
                "name": self.name,
                "value": shorten(self.value),
                "unit": self.unit,
                "better": "within" if isinstance(self.goal, tuple) else self.better,
                "reference": shorten(self.reference),
                "ratio": shorten(ratio),
                "goal": self.goal,
                "met": met,
                **({} if self.n is None else {"n": self.n}),
            }
        )

    def meets(self, judged: float, goal: float | tuple[float, float]) -> bool:
        """Say whether a value reaches its goal."""
        if isinstance(goal, tuple):
            return bool(goal[0] <= judged <= goal[1])
        return bool(judged >= goal if self.better == "higher" else judged <= goal)


def shorten(value: float | None) -> float | None:
    """Keep four digits that count."""
    return None if value is None else float(f"{value:.4g}")
