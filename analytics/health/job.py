"""Once in each territory's civil day: the health of all its assets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from analytics.health.course import read_remaining
from analytics.health.known import Known
from analytics.health.scoring import VERSION, score_assets
from analytics.remaining_life.model_file import ModelFile, ModelRefusedError
from analytics.remaining_life.registry import champion_of
from store.asset_health import (
    read_assets,
    read_costs,
    read_open_findings,
    read_territories,
    read_verdicts,
    write_health,
)
from store.inputs import Connection

log = structlog.get_logger("analytics")
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
        course = find_model(connection, "asset_course", territory_id)
        known = Known(
            assets=assets,
            findings=read_open_findings(connection, territory_id, now),
            verdicts=read_verdicts(connection, territory_id),
            costs=read_costs(connection, territory_id, day),
            life=find_model(connection, "asset_life", territory_id),
            calibration=find_model(connection, "failure_probability", territory_id),
            courses=read_remaining(connection, territory_id, now, course, {asset.asset_id for asset in assets}),
            time_zone=zone,
        )
        told = score_assets(known)
        return HealthReport(len(told), write_health(connection, territory_id, (day, now), told))


def find_model(connection: Connection, family: str, territory_id: int) -> ModelFile | None:
    """Give the model that a territory uses; one that this version cannot read counts as none, and that is logged."""
    try:
        return champion_of(connection, family, territory_id)
    except ModelRefusedError as error:
        log.warning("model_refused", family=family, reason=str(error))
        return None
