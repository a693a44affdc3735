"""Whose a file's values are: devices and series by the names that the file uses, remembered from block to block."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ingest.backfill.gate import ACCEPTED, CODE, Reasons
from ingest.backfill.reader import Key
from sensors.quantity import QUANTITIES
from sensors.rejection import Reason
from sensors.topic import DEVICE_PATTERN
from store.admission import import_devices
from store.intake import Connection, Ints
from store.loads import find_devices
from store.registry import DeviceEntry
from store.series import DeviceRow, SeriesKey, ensure_series, read_territories

DEVICE = re.compile(DEVICE_PATTERN)
Sender = tuple[str, str]  # territory slug, external id


class Owners:
    """The devices and series of one file.

    Parameters
    ----------
    register_as
        Who registers the devices that nobody knows; None: their values are refused.
    """

    def __init__(self, connection: Connection, register_as: str | None) -> None:
        self._connection = connection
        self._register_as = register_as
        self._territories: dict[str, int] = {}
        self.devices: dict[Sender, DeviceRow] = {}
        self._series: dict[Key, int] = {}

    def meet(self, keys: Iterable[Key], used: Sequence[Key]) -> None:
        """Look up the devices of `keys`, and make the series of those that are `used`; in a transaction of its own."""
        self._find({(key.territory, key.device) for key in keys} - self.devices.keys())
        if self._register_as is not None:
            self._register({(key.territory, key.device) for key in used} - self.devices.keys(), self._register_as)
        known = [key for key in used if (key.territory, key.device) in self.devices and key not in self._series]
        series_key_by_key = {key: self._series_key(key) for key in known}
        if known:
            found = ensure_series(self._connection, [*set(series_key_by_key.values())])
            self._series |= {key: found[series_key] for key, series_key in series_key_by_key.items()}
        self._connection.commit()

    def judge(self, keys: Sequence[Key]) -> Reasons:
        """Say for each key why its values are refused, ACCEPTED where they are not."""
        return np.array([self._judge(key) for key in keys], dtype=np.int8)

    def series_of(self, keys: Sequence[Key]) -> Ints:
        """Give the series of keys, 0 where there is none."""
        return np.array([self._series.get(key, 0) for key in keys], dtype=np.int32)

    def rows_of(self, keys: Sequence[Key]) -> list[DeviceRow | None]:
        """Give the devices of keys."""
        return [self.devices.get((key.territory, key.device)) for key in keys]

    def revisable(self, keys: Sequence[Key]) -> npt.NDArray[np.bool_]:
        """Say whose values a later one may replace."""
        return np.array([row is not None and row.is_revisable for row in self.rows_of(keys)], dtype=np.bool_)

    def _judge(self, key: Key) -> int:
        if (key.territory, key.device) in self.devices:
            return ACCEPTED
        return int(CODE[Reason.UNKNOWN_DEVICE if key.territory in self._territories else Reason.UNKNOWN_TERRITORY])

    def _find(self, senders: set[Sender]) -> None:
        if not senders:
            return
        for row in find_devices(self._connection, sorted(senders)):
            self.devices[row.territory, row.external_id] = row
        self._territories |= read_territories(self._connection, {territory for territory, _ in senders})

    def _register(self, senders: set[Sender], register_as: str) -> None:
        entries = [
            DeviceEntry(territory, device)
            for territory, device in sorted(senders)
            if territory in self._territories and DEVICE.fullmatch(device)
        ]
        if entries:
            import_devices(self._connection, entries, register_as)
            self._find({(entry.territory, entry.external_id) for entry in entries})

    def _series_key(self, key: Key) -> SeriesKey:
        device = self.devices[key.territory, key.device]
        return SeriesKey(device.device_id, key.channel, key.quantity, QUANTITIES[key.quantity].unit)
