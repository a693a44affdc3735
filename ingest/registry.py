"""What the worker remembers of the registry: devices that may send and their series.

Misses are asked for again after some seconds only, so that strangers cannot turn each message into a query; what is
held is read again little by little, so that a device retired or declared revisable is noticed within minutes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import psycopg

from ingest.errors import UnusableStoreError
from sensors.measurement import Column, Uplink
from store.admission import meet_strangers
from store.intake import Connection
from store.series import DeviceRow, SeriesKey, ensure_series, read_devices, read_territories

MISS_S = 5.0
MAX_MISSES = 100_000
REFRESH_S = 1.0
REFRESH_N = 2_000

DeviceKey = tuple[str, str]  # territory slug, external id


@dataclass(slots=True)
class Device:
    """A registered device and its series by (channel, quantity), those of simulated values apart."""

    row: DeviceRow
    series: dict[tuple[str, str], int] = field(default_factory=dict)
    simulated_series: dict[tuple[str, str], int] = field(default_factory=dict)

    def series_of(self, uplink: Uplink) -> dict[tuple[str, str], int]:
        """Give the series that an uplink's values belong to."""
        return self.simulated_series if uplink.simulated else self.series


class Registry:
    """The cache. `now` is the caller's monotonic clock, in seconds."""

    def __init__(self) -> None:
        self.devices: dict[DeviceKey, Device] = {}
        self.with_rules: set[DeviceKey] = set()  # devices whose clock is wrong in a known way
        self.territories: dict[str, int] = {}
        self._ask_again_at: dict[DeviceKey, float] = {}
        self._to_refresh: Iterator[DeviceKey] = iter(())
        self._refresh_at = 0.0

    def load_devices(self, connection: Connection, keys: set[DeviceKey], now: float) -> set[DeviceKey]:
        """Read those devices that are not held, unless they were missed a moment ago; give which are not there."""
        absent = [key for key in keys - self.devices.keys() if self._ask_again_at.get(key, 0.0) <= now]
        if not absent:
            return set()
        self._read(connection, absent)
        self.territories |= read_territories(connection, {territory for territory, _ in absent})
        if len(self._ask_again_at) > MAX_MISSES:
            self._ask_again_at.clear()
        missed = {key for key in absent if key not in self.devices}
        self._ask_again_at |= dict.fromkeys(missed, now + MISS_S)
        return missed

    def meet(self, connection: Connection, profiles: Mapping[DeviceKey, str | None]) -> None:
        """Have devices that nobody registered wait as pending, or take those that a rule accepts."""
        strangers = {key: profile for key, profile in profiles.items() if key[0] in self.territories}
        if strangers and meet_strangers(connection, strangers):
            self._read(connection, list(strangers))

    def load_series(self, connection: Connection, wanted: Iterable[tuple[Device, Uplink, Column]]) -> None:
        """Find or make the series of these columns.

        Raises
        ------
        UnusableStoreError
            The database does not know a quantity of this version.
        """
        missing = {
            SeriesKey(device.row.device_id, column.channel, column.quantity, column.unit, uplink.simulated): (
                device.series_of(uplink)
            )
            for device, uplink, column in wanted
        }
        if not missing:
            return
        try:
            found = ensure_series(connection, list(missing))
        except psycopg.errors.ForeignKeyViolation as error:
            if error.diag.constraint_name != "series_quantity_fkey":
                raise
            raise UnusableStoreError(
                f"the database does not know a quantity of this version ({error.diag.message_detail}): "
                "run `vigie migrate`"
            ) from error
        for key, series_id in found.items():
            missing[key][key.channel, key.quantity] = series_id

    def forget_made(self) -> None:
        """Forget devices and series: those made in a transaction that failed may never have existed."""
        self.devices.clear()
        self.with_rules.clear()
        self._ask_again_at.clear()

    def refresh(self, connection: Connection, now: float) -> None:
        """About once a second, read the next few devices again."""
        if now < self._refresh_at:
            return
        self._refresh_at = now + REFRESH_S
        keys = [key for key, _ in zip(self._to_refresh, range(REFRESH_N), strict=False)]
        if not keys:
            self._to_refresh = iter(list(self.devices))
            return
        gone = set(keys) - self._read(connection, keys)
        for key in gone:
            self.devices.pop(key, None)
            self.with_rules.discard(key)

    def _read(self, connection: Connection, keys: list[DeviceKey]) -> set[DeviceKey]:
        """Take over what the store has of these devices, and give which it has."""
        found: set[DeviceKey] = set()
        for row in read_devices(connection, keys):
            key = (row.territory, row.external_id)
            found.add(key)
            (self.with_rules.add if row.clock_rules else self.with_rules.discard)(key)
            held = self.devices.get(key)
            if held is None or held.row.device_id != row.device_id:
                self.devices[key] = Device(row)
            else:
                held.row = row
        return found
