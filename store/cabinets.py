"""What hints about light cabinets read: power and voltage at their meters hour by hour, and the lamps behind."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from store.inputs import Connection, Floats, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class CabinetHours:
    """The hours of a cabinet's meter from a full hour on, (n_hours,): mean power [W], and voltage [V].

    Voltage is that of the phase with the highest mean. NaN where less than half of an hour is known. Place in degrees
    (WGS 84).
    """

    asset_id: int
    name: str
    longitude: float | None
    latitude: float | None
    begins_at: datetime
    watts: Floats
    volts: Floats


@dataclass(frozen=True, slots=True)
class CabinetLamps:
    """What the inventory says of the lamps behind a cabinet: how many (None: not entered), and their mean power [W].

    `n_metered` of them measure their own power.
    """

    asset_id: int
    n_lamps: float | None
    lamp_w: float | None
    n_metered: int


def read_cabinet_lamps(connection: Connection, window: Window) -> list[CabinetLamps]:
    """Read what is known of the lamps behind the window's cabinets."""
    return [CabinetLamps(*row) for row in connection.execute(QUERIES["read_cabinet_lamps"], window_parameters(window))]


def read_cabinet_hours(connection: Connection, window: Window) -> list[CabinetHours]:
    """Read the window's cabinets that have a meter of power or of voltage."""
    n_hours = round((window.ends_at - window.begins_at).total_seconds() / 3600)
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(QUERIES["read_cabinet_hours"], window_parameters(window)).fetchall()
    return [
        CabinetHours(
            asset_id,
            name,
            longitude,
            latitude,
            window.begins_at,
            watts=spread(known_watts, watts, n_hours),
            volts=spread(known_volts, volts, n_hours),
        )
        for asset_id, name, longitude, latitude, known_watts, watts, known_volts, volts in rows
    ]


def spread(hours: bytes | None, values: bytes | None, n_hours: int) -> Floats:
    """Put each known hour's value at its place; NaN elsewhere."""
    found = np.full(n_hours, np.nan)
    found[np.frombuffer(hours or b"", dtype=">i4")] = np.frombuffer(values or b"", dtype=">f8")
    return found
