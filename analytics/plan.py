"""The fixed collection plan written out: which round it sends when."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from store.baseline import PlannedRounds, Slot

WITHIN = timedelta(hours=10)  # from a round's planned start until its last container
WEEK = timedelta(days=7)


def slots_of(plan: PlannedRounds, days: tuple[date, date], zone: ZoneInfo) -> Iterable[Slot]:
    """Give the rounds a plan sends on the days of a period (end not included)."""
    first_week = plan.first_on - timedelta(days=plan.first_on.weekday())
    for ahead in range((days[1] - days[0]).days):
        day = days[0] + timedelta(days=ahead)
        week = (day - first_week) // WEEK
        is_valid = plan.first_on <= day and (plan.valid_to is None or day < plan.valid_to)
        if is_valid and day.weekday() in plan.weekdays and week % plan.every_weeks == 0:
            begins_at = datetime.combine(day, plan.start_time, zone)
            yield Slot(plan.sector, plan.waste_stream, begins_at, begins_at + WITHIN)
