"""The rounds of one day and one waste stream as they are shown, exported and kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from analytics.rounds.fleet import Assumptions
from store.planned_rounds import Container

# Why a container is served, or left out.
Served = Literal["may_overflow", "fixed_plan"]
Left = Literal["not_worth", "no_room", "no_position", "level_not_known"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """How full a container will be [%] when vehicles start, and the chance that it overflows before the next one."""

    expected_percent: float
    low_percent: float
    high_percent: float
    probability: float


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A container on a round: when it is reached, what is expected there, and why it is on the list."""

    container: Container
    arrives_at: datetime
    outlook: Outlook | None
    load_l: float
    reason: Served
    next_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedRound:
    """One vehicle's round."""

    vehicle: str
    depot: tuple[str, float, float]  # name, longitude, latitude
    end: tuple[str, float, float]
    leaves_at: datetime
    back_at: datetime
    distance_km: float
    load_l: float
    capacity_l: float
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A container that no vehicle serves, and why; `detour_km` is what serving it would at least have taken."""

    container: Container
    outlook: Outlook | None
    reason: Left
    next_at: datetime
    detour_km: float | None = None
    worth_km: float | None = None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The rounds of a day, what is left out (most likely to overflow first), and what all of it rests on."""

    territory: str
    time_zone: str
    day: date
    waste_stream: str
    made_at: datetime
    rounds: tuple[PlannedRound, ...]
    left_out: tuple[LeftOut, ...]
    assumptions: Assumptions
    distances: str  # where they are from
    n_estimated: int
    solver: str
    seed: int

    @property
    def distance_km(self) -> float:
        """Give the distance of all rounds."""
        return sum(one.distance_km for one in self.rounds)

    @property
    def n_stops(self) -> int:
        """Count the containers served."""
        return sum(len(one.stops) for one in self.rounds)
