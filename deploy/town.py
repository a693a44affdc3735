"""Enters a simulated town into the platform, as its people would: territory, assets, devices, where they hang."""

import psycopg

from sensors.asset_entry import AssetEntry
from simulators.description import Asset, Device
from simulators.town import Town
from store.registry import DeviceEntry, TerritoryEntry, register


def register_town(database_url: str, town: Town) -> None:
    """Write the town's territory, assets and devices; safe to run again.

    Raises
    ------
    psycopg.OperationalError
        The database does not answer.
    """
    territory = town.territory
    entry = TerritoryEntry(territory.slug, territory.name, territory.kind, territory.parent, territory.time_zone)
    with psycopg.connect(database_url) as connection:
        register(
            connection,
            [entry],
            [asset_entry(town.slug, asset) for asset in town.assets],
            [device_entry(town.slug, device) for device in town.devices],
        )


def asset_entry(territory: str, asset: Asset) -> AssetEntry:
    """Describe an asset to the store."""
    return AssetEntry(
        territory, asset.slug, asset.name, asset.type, asset.longitude, asset.latitude, asset.parent, asset.attributes
    )


def device_entry(territory: str, device: Device) -> DeviceEntry:
    """Describe a device to the store."""
    return DeviceEntry(
        territory=territory,
        external_id=device.external_id,
        name=device.name,
        model=device.model,
        gateway=device.gateway,
        interval_s=device.interval_s,
        placements=device.placements,
    )
