"""What the hint about calibration reads: sensors, since when they measure, and when they were calibrated last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class CalibratedSeries:
    """A placed sensor: the first and last day on which it spoke there, when it was calibrated, until when that holds.

    `calibrated_at` is None where nobody entered a calibration, `valid_to` also where it was entered without an end.
    """

    series_id: int
    device_id: int | None
    asset_id: int
    name: str
    quantity: str
    quantity_en: str
    quantity_fr: str
    first_at: datetime
    last_at: datetime
    calibrated_at: datetime | None
    valid_to: datetime | None


def read_calibrated_series(connection: Connection, window: Window, quantities: Sequence[str]) -> list[CalibratedSeries]:
    """Read the sensors of these quantities as they are known at the window's end."""
    parameters = {**window_parameters(window), "quantities": list(quantities)}
    return [CalibratedSeries(*row) for row in connection.execute(QUERIES["read_calibrated_series"], parameters)]
