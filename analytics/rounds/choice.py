"""Which containers are candidates for a day's rounds, which cannot be, with the reason, and which vehicles are free."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from analytics.plan import slots_of
from analytics.rounds.day_plan import DayPlan, LeftOut, Outlook
from analytics.rounds.fleet import VehicleEntry
from analytics.rounds.planning import Candidate
from store.baseline import PlannedRounds, Slot
from store.planned_rounds import Container

AHEAD = timedelta(days=42)  # a plan that sends no vehicle within six weeks says nothing
DAY = timedelta(days=1)


def plan_slots(
    containers: Iterable[Container], plans: Sequence[PlannedRounds], day: date, zone: ZoneInfo
) -> dict[int, list[Slot]]:
    """Give the rounds that the fixed plan sends to each container from a day on, in order of time."""
    by_area: dict[tuple[str | None, str | None], list[Slot]] = {}
    for plan in plans:
        area = by_area.setdefault((plan.sector, plan.waste_stream), [])
        area += slots_of(plan, (day, day + AHEAD), zone)
    for slots in by_area.values():
        slots.sort(key=lambda slot: slot.begins_at)
    return {one.asset_id: by_area.get((one.sector, one.waste_stream), []) for one in containers}


def next_vehicle(slots: Sequence[Slot], starts_at: datetime, ends_at: datetime, next_days: int) -> datetime:
    """Give when the next vehicle after those of the day can come: as the plan says, else after so many days."""
    coming = (slot.begins_at for slot in slots if slot.begins_at >= ends_at)
    return next(coming, starts_at + timedelta(days=next_days)).astimezone(UTC)


def choose(
    containers: Sequence[Container],
    outlooks: Mapping[int, Outlook],
    slots: Mapping[int, Sequence[Slot]],
    next_at: Mapping[int, datetime],
    ends_at: datetime,
) -> tuple[list[Candidate], list[LeftOut]]:
    """Part containers into candidates and those that cannot be; `ends_at` is the end of the day.

    A container without its volume counts as the largest known; where none is known, loads are not weighed.
    """
    largest = max((one.capacity_l for one in containers if one.capacity_l is not None), default=0.0)
    candidates, left_out = [], []
    for one in containers:
        outlook, due = outlooks.get(one.asset_id), next_at[one.asset_id]
        volume = largest if one.capacity_l is None else one.capacity_l
        is_planned = any(slot.begins_at < ends_at for slot in slots[one.asset_id])
        if one.longitude is None or one.latitude is None:
            left_out.append(LeftOut(one, outlook, "no_position", due))
        elif outlook is not None:
            load_l = min(outlook.expected_percent, 100.0) / 100 * volume
            candidates.append(Candidate(one, outlook, outlook.probability, load_l, "may_overflow", due))
        elif is_planned:
            candidates.append(Candidate(one, None, 1.0, volume, "fixed_plan", due))
        else:
            left_out.append(LeftOut(one, None, "level_not_known", due))
    return candidates, left_out


def usable_for(waste_stream: str, vehicles: Iterable[VehicleEntry]) -> Iterable[VehicleEntry]:
    """Give the vehicles that may carry a stream."""
    return (entry for entry in vehicles if not entry.waste_streams or waste_stream in entry.waste_streams)


def still_free(vehicles: Iterable[VehicleEntry], plan: DayPlan) -> Iterable[VehicleEntry]:
    """Give the vehicles that a plan leaves."""
    used = Counter(one.vehicle for one in plan.rounds)
    left = ((entry, entry.n - used[entry.name]) for entry in vehicles)
    return (msgspec.structs.replace(entry, n=n) for entry, n in left if n > 0)
