"""Plan a territory's rounds of a day out of what the store knows, and keep them for the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from analytics.collection.fill import LEARNT_FROM, forecast_fills
from analytics.rounds.choice import AHEAD, choose, next_vehicle, plan_slots, still_free, usable_for
from analytics.rounds.day_plan import DayPlan, LeftOut, Outlook
from analytics.rounds.distances import Measure
from analytics.rounds.export import geojson, gpx, summary
from analytics.rounds.fleet import Fleet
from analytics.rounds.planning import Candidate, Question, plan_day
from analytics.rounds.problem import Effort, Solver
from analytics.rounds.sheet import write_sheet
from store.baseline import read_plans
from store.collection import ContainerLevels, read_container_levels
from store.inputs import Connection, Window
from store.planned_rounds import (
    RoundsOfDay,
    drop_other_streams,
    read_round_containers,
    save_planned_rounds,
)
from store.territory import find_territory

DAY = timedelta(days=1)
CONTAINERS = ("waste_container",)


class NothingToPlanError(Exception):
    """There is nothing to plan rounds of."""

    exit_code = 11


@dataclass(frozen=True, slots=True)
class Order:
    """Whose rounds of which civil day (None: tomorrow), by what is known at an instant, with which effort."""

    territory: str
    day: date | None
    at: datetime
    effort: Effort


@dataclass(frozen=True, slots=True)
class Means:
    """Vehicles, how ways are measured, and who solves."""

    fleet: Fleet
    measure: Measure
    solve: Solver


@dataclass(frozen=True, slots=True)
class Scene:
    """A territory and a civil day, seen from an instant."""

    territory_id: int
    zone: ZoneInfo
    day: date
    at: datetime

    @property
    def ends_at(self) -> datetime:
        """Give the end of the day."""
        return datetime.combine(self.day + DAY, time(), self.zone)


@dataclass(frozen=True, slots=True)
class Choice:
    """A stream's containers: those that vehicles could serve, and those that they cannot."""

    waste_stream: str
    candidates: Sequence[Candidate]
    left_out: Sequence[LeftOut]

    @property
    def risk(self) -> float:
        """Give how many overflows are to be expected if no vehicle comes."""
        return sum(candidate.worth for candidate in self.candidates)


def plan_rounds(connection: Connection, order: Order, means: Means) -> list[DayPlan]:
    """Plan a plan a waste stream and keep them in the place of those of the day before.

    A vehicle drives for one stream a day; streams that are likelier to overflow choose theirs first.

    Raises
    ------
    NothingToPlanError
        No such territory, or no container in it.
    """
    territory = find_territory(connection, order.territory)
    if territory is None:
        raise NothingToPlanError(f"no territory {order.territory!r} is registered")
    zone = ZoneInfo(territory.time_zone)
    day = order.at.astimezone(zone).date() + DAY if order.day is None else order.day
    fleet, plans = means.fleet, []
    for choice in choices(connection, Scene(territory.territory_id, zone, day, order.at), means.fleet):
        question = Question(order.territory, territory.time_zone, day, choice.waste_stream, order.at, order.effort)
        usable = msgspec.structs.replace(fleet, vehicles=tuple(usable_for(choice.waste_stream, fleet.vehicles)))
        plan = plan_day(question, usable, choice.candidates, choice.left_out, means.measure, means.solve)
        fleet = msgspec.structs.replace(fleet, vehicles=tuple(still_free(fleet.vehicles, plan)))
        plans.append(plan)
    keep(connection, territory.territory_id, plans)
    return plans


def choices(connection: Connection, scene: Scene, fleet: Fleet) -> list[Choice]:
    """Read what is known, and part each stream's containers; the stream that is likeliest to overflow first."""
    containers = read_round_containers(connection, scene.territory_id, scene.at)
    if not containers:
        raise NothingToPlanError("the territory has no container")
    starts_at = max(scene.at, min(datetime.combine(scene.day, one.begins, scene.zone) for one in fleet.vehicles))
    plans = read_plans(connection, Window(scene.territory_id, CONTAINERS, scene.at, scene.ends_at + AHEAD))
    slots = plan_slots(containers, plans, scene.day, scene.zone)
    next_days = fleet.assumptions.next_days
    next_at = {asset_id: next_vehicle(own, starts_at, scene.ends_at, next_days) for asset_id, own in slots.items()}
    learnt = Window(scene.territory_id, CONTAINERS, scene.at - LEARNT_FROM, scene.at)
    outlooks = forecast(read_container_levels(connection, learnt), scene, starts_at, next_at)
    found = []
    for stream in sorted({one.waste_stream or "" for one in containers}):
        own = [one for one in containers if (one.waste_stream or "") == stream]
        found.append(Choice(stream, *choose(own, outlooks, slots, next_at, scene.ends_at)))
    return sorted(found, key=lambda choice: -choice.risk)


def forecast(
    levels: Sequence[ContainerLevels], scene: Scene, starts_at: datetime, next_at: Mapping[int, datetime]
) -> dict[int, Outlook]:
    """Forecast how full containers are when vehicles start, and whether they overflow before the next ones come."""
    instants = sorted({starts_at, *(next_at[one.asset_id] for one in levels if one.asset_id in next_at)})
    by_key = {(one.asset_id, one.for_at): one for one in forecast_fills(levels, scene.at, instants, scene.zone)}
    outlooks = {}
    for (asset_id, for_at), then in by_key.items():
        if for_at == starts_at and asset_id in next_at:
            risk = by_key[asset_id, next_at[asset_id]].probability_overflow
            outlooks[asset_id] = Outlook(then.expected_percent, then.low_percent, then.high_percent, risk)
    return outlooks


def keep(connection: Connection, territory_id: int, plans: Sequence[DayPlan]) -> None:
    """Keep the plans of a day, all or none."""
    with connection.transaction():
        for plan in plans:
            save_planned_rounds(connection, written(territory_id, plan))
        for day in {plan.day for plan in plans}:
            drop_other_streams(connection, territory_id, day, [plan.waste_stream for plan in plans])


def written(territory_id: int, plan: DayPlan) -> RoundsOfDay:
    """Write a plan out as people take it along."""
    return RoundsOfDay(
        territory_id,
        plan.day,
        plan.waste_stream,
        plan.made_at,
        summary(plan),
        geojson(plan),
        gpx(plan),
        write_sheet(plan, "fr"),
        write_sheet(plan, "en"),
    )
