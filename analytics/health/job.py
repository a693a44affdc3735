"""Once in each territory's civil day: the health of all its assets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.health.course import read_remaining
from analytics.health.known import Known
from analytics.health.mains import read_break_rates
from analytics.health.scoring import VERSION, score_assets
from analytics.remaining_life.lamp import read_lamp_lives, running_by_asset
from analytics.remaining_life.registry import usable_champion
from store.asset_health import (
    read_assets,
    read_costs,
    read_open_findings,
    read_territories,
    read_verdicts,
    write_health,
)
from store.inputs import Connection

DAWN = timedelta(hours=3)  # what the last day shows is found by then


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Assets whose health was told, and those of which it was written because it differs."""

    n_told: int = 0
    n_written: int = 0

    def __add__(self, other: "HealthReport") -> "HealthReport":
        """Add two reports up."""
        return HealthReport(self.n_told + other.n_told, self.n_written + other.n_written)


def find_days(connection: Connection, now: datetime) -> list[tuple[int, str]]:
    """Give the territories with the day that is to be told at an instant, and what else it depends on."""
    return [
        (territory_id, f"{(now - DAWN).astimezone(ZoneInfo(zone)).date()} {VERSION}")
        for territory_id, zone in read_territories(connection)
    ]


def tell_health(connection: Connection, territory_id: int, now: datetime) -> HealthReport:
    """Tell the health of a territory's assets as it is known at an instant, in a transaction."""
    with connection.transaction():
        zone = dict(read_territories(connection)).get(territory_id)
        if zone is None:
            return HealthReport()
        day = now.astimezone(ZoneInfo(zone)).date()
        assets = read_assets(connection, territory_id, now)
        course = usable_champion(connection, "asset_course", territory_id)
        of_mains = usable_champion(connection, "main_breaks", territory_id)
        lamp_life = usable_champion(connection, "lamp_life", territory_id)
        lamps = [] if lamp_life is None else read_lamp_lives(connection, territory_id, now)
        known = Known(
            assets=assets,
            findings=read_open_findings(connection, territory_id, now),
            verdicts=read_verdicts(connection, territory_id),
            costs=read_costs(connection, territory_id, day),
            life=usable_champion(connection, "asset_life", territory_id),
            calibration=usable_champion(connection, "failure_probability", territory_id),
            courses=read_remaining(connection, territory_id, now, course, {asset.asset_id for asset in assets}),
            breaks=read_break_rates(connection, territory_id, now, of_mains),
            lamp_life=lamp_life,
            lamps=running_by_asset(lamps),
            time_zone=zone,
        )
        told = score_assets(known)
        return HealthReport(len(told), write_health(connection, territory_id, (day, now), told))
