"""One figure of a study or a benchmark as a JSON line: name, value, unit, better, reference, ratio, goal, met."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
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

    @property
    def ratio(self) -> float | None:
        """The value over its reference."""
        return self.value / self.reference if self.reference else None

    @property
    def met(self) -> bool | None:
        """Whether the goal was reached; None where there is none, or nothing to judge it by."""
        judged = self.ratio if self.is_goal_of_ratio else self.value
        return None if self.goal is None or judged is None else self.meets(judged, self.goal)

    def sentence(self) -> str:
        """Write the row for people."""
        beside = "" if self.reference is None else f"  beside {shorten(self.reference):g} {self.unit}"
        verdict = {None: "", True: "  reached", False: "  NOT reached"}[self.met]
        goal = "" if self.goal is None else f"  goal {self.goal}{' times' if self.is_goal_of_ratio else ''}"
        return f"{self.name}: {shorten(self.value):g} {self.unit}{beside}{goal}{verdict}"

    def line(self) -> str:
        """Write the row; a goal that was not reached says `met: false`, none at all `met: null`."""
        return json.dumps(
            {
                "name": self.name,
                "value": shorten(self.value),
                "unit": self.unit,
                "better": "within" if isinstance(self.goal, tuple) else self.better,
                "reference": shorten(self.reference),
                "ratio": shorten(self.ratio),
                "goal": self.goal,
                "met": self.met,
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
