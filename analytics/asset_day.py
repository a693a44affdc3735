"""A single asset's figures of one day or night, told when somebody asks: most KPIs keep only its months."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.kpi import domains
from analytics.kpi.figure import Figure
from analytics.period import Rhythm, begin
from analytics.tell import tell_domain
from store.inputs import Connection, Window

RHYTHMS: tuple[Rhythm, ...] = ("day", "night")


@dataclass(frozen=True, slots=True)
class AssetDay:
    """A figure as it would stand in the store, and the period it is of."""

    begins_at: datetime
    ends_at: datetime
    method: str
    method_version: str
    figure: Figure


def tell_asset_day(connection: Connection, place: tuple[int, str], asset_id: int, day: date) -> Iterator[AssetDay]:
    """Tell an asset's figures of a civil day, or of the night that begins on it, from the inputs that are there now.

    Parameters
    ----------
    place
        The territory's id and its time zone.
    """
    territory_id, time_zone = place
    for domain in domains():
        if domain.rhythm not in RHYTHMS:
            continue
        begins_at, ends_at = (
            begin(one, domain.rhythm, ZoneInfo(time_zone)).astimezone(UTC) for one in (day, day + timedelta(days=1))
        )
        window = Window(territory_id, domain.asset_types, begins_at, ends_at)
        for figure in tell_domain(connection, domain, window, domain.read(connection, window)):
            if figure.asset_id == asset_id:
                yield AssetDay(begins_at, ends_at, domain.method, domain.method_version, figure)
