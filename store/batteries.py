"""What rounds of battery changes read: where the devices are that run on one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class BatteryPlace:
    """A device on a battery, and the asset it is placed on: place (WGS 84) and street, None where not entered."""

    device_id: int
    device: str
    asset: str
    name: str
    longitude: float | None
    latitude: float | None
    street: str | None


def read_battery_places(
    connection: Connection, territory_id: int, at: datetime, quantities: Sequence[str]
) -> list[BatteryPlace]:
    """Read the active devices that measure one of these quantities, where they are placed at an instant."""
    parameters = {"territory_id": territory_id, "at": at, "quantities": list(quantities)}
    return [BatteryPlace(*row) for row in connection.execute(QUERIES["read_battery_places"], parameters)]
