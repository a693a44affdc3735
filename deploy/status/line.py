"""A line of the screen: which part, how it stands, in few words."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """`look`: somebody ought to look, nothing is lost yet. `down`: a part does not do its work."""

    OK = "ok"
    LOOK = "look"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Line:
    """`part` is a stable name."""

    part: str
    standing: Standing
    text: str

    def show(self) -> str:
        """Say it in one line."""
        return f"{self.standing.upper():<5} {self.part:<13} {self.text}"
