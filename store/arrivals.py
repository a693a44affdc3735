"""What hints about the arrival of messages read: out of the ledger, the rejections, and instants against arrivals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class RepeatHour:
    """An hour of arrival of a device: values received, and those of them that were there already."""

    device_id: int
    asset_id: int | None
    name: str
    hour: datetime
    n_received: int
    n_duplicate: int


@dataclass(frozen=True, slots=True)
class RefusalHour:
    """An hour of arrival of a device: messages, those refused, for which reason most often, and a case of it."""

    device_id: int
    asset_id: int | None
    name: str
    hour: datetime
    n_messages: int
    n_refused: int
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class LateHour:
    """An hour in which devices behind a gateway delivered what was old: how many, its oldest instant, instants in all.

    `n_late` of `n_devices` devices; the instants are those of one series of each.
    """

    gateway_id: int
    asset_id: int
    name: str
    n_devices: int
    hour: datetime
    n_late: int
    oldest_at: datetime
    n_instants: int


def read_repeats(connection: Connection, window: Window) -> list[RepeatHour]:
    """Read the hours of arrival of the devices that repeated anything in the window."""
    return [RepeatHour(*row) for row in connection.execute(QUERIES["read_repeats"], window_parameters(window))]


def read_refusals(connection: Connection, window: Window, reasons: Sequence[str]) -> list[RefusalHour]:
    """Read the hours of arrival of the devices that were refused anything for these reasons in the window."""
    parameters = {**window_parameters(window), "reasons": list(reasons)}
    return [RefusalHour(*row) for row in connection.execute(QUERIES["read_refusals"], parameters)]


def read_late_hours(connection: Connection, window: Window, late: timedelta) -> list[LateHour]:
    """Read the hours in which, after a pause of `late` and more, devices delivered what was at least so old."""
    parameters = {**window_parameters(window), "late": late}
    return [LateHour(*row) for row in connection.execute(QUERIES["read_late_hours"], parameters)]
