"""Enters what a replayed file speaks of into the store."""

from sensors.asset_entry import AssetEntry
from simulators.replay_entries import Entries
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register


def register_entries(database_url: str, found: Entries) -> None:
    """Register territory, gateway, assets and devices. Raises store.errors.StoreError."""
    slug, zone = found.territory.slug, found.territory.time_zone
    territory = TerritoryEntry(slug, found.territory.name, found.territory.kind, time_zone=zone)
    assets = [
        AssetEntry(
            slug, asset.slug, asset.name, asset.type, asset.longitude, asset.latitude, attributes=asset.attributes
        )
        for _, asset in found.pairs
    ]
    gateway = DeviceEntry(slug, found.gateway, model="replay")
    devices = [
        DeviceEntry(
            slug,
            device.id,
            asset.name,
            device.rule.model,
            found.gateway,
            device.rule.interval_s,
            placements={"*": asset.slug},
        )
        for device, asset in found.pairs
    ]
    with connect(database_url, program="replay") as connection:
        register(connection, [territory], assets, [gateway, *devices])
