"""The time zones of territories, held in memory: times without an offset are read in them."""

from collections.abc import Mapping

from store.clocks import read_zones
from store.intake import Connection

REFRESH_S = 60.0


class Zones:
    """By the slug of the territory; empty until read."""

    def __init__(self) -> None:
        self._zone_by_territory: Mapping[str, str] = {}
        self._refresh_at = 0.0

    def refresh(self, connection: Connection, now: float) -> bool:
        """Read them again about once a minute of `now`, a monotonic clock [s]; say whether any has changed."""
        if now < self._refresh_at:
            return False
        before, self._zone_by_territory = self._zone_by_territory, read_zones(connection)
        self._refresh_at = now + REFRESH_S
        return before != self._zone_by_territory

    def find(self, territory: str | None) -> str | None:
        """Give the zone of a territory, None where it is not known."""
        return None if territory is None else self._zone_by_territory.get(territory)
