"""Who and what a file speaks of, in words that know no database: for whoever registers it before the replay."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from simulators.csv_rows import Row, open_table
from simulators.mapping_tables import Device, Mapping, Territory, fill
from simulators.row_reader import RowError, RowReader


@dataclass(frozen=True, slots=True)
class DeviceDescription:
    """A device of the file, with the cell its name is made of, to be described by `rule`."""

    id: str
    cell: str
    rule: Device


@dataclass(frozen=True, slots=True)
class AssetDescription:
    """An asset of the file; longitude and latitude are WGS 84 degrees."""

    slug: str
    name: str
    type: str
    longitude: float | None
    latitude: float | None
    attributes: dict[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class Entries:
    """A territory, its gateway and pairs of device and asset; `n_rows` of the file, and columns that are not read."""

    territory: Territory
    gateway: str
    pairs: list[tuple[DeviceDescription, AssetDescription]]
    n_rows: int
    unmapped: list[str]


def entries(mapping: Mapping, path: Path, limit: int | None = None) -> Entries:
    """Read the file once and list its devices in the order they come. Raises FileError."""
    with open_table(path, mapping.file) as table:
        reader = RowReader(mapping, table.columns, path)
        found: dict[str, DeviceDescription] = {}
        n_rows = 0
        for row in islice(table.rows, limit):
            n_rows += 1
            note_devices(found, reader, mapping.devices, row)
    pairs = [(device, describe_asset(device, reader.file)) for device in found.values()]
    return Entries(mapping.territory, mapping.gateway, pairs, n_rows, reader.unmapped)


def note_devices(found: dict[str, DeviceDescription], reader: RowReader, devices: Iterable[Device], row: Row) -> None:
    """Add the devices of a row that are not known yet; a bad row names none."""
    if len(row.cells) != len(reader.columns):
        return
    for device in devices:
        try:
            name = reader.name_device(device, row)
        except RowError:
            continue
        if name not in found:
            found[name] = DeviceDescription(name, reader.device_cell(device, row), device)


def describe_asset(device: DeviceDescription, file: str) -> AssetDescription:
    """Describe the asset a device tells about; its slug is the device's id unless the mapping says otherwise."""
    asset = device.rule.asset
    return AssetDescription(
        slug=fill(asset.slug, file, device.cell) if asset.slug else device.id,
        name=fill(asset.name, file, device.cell),
        type=asset.type,
        longitude=asset.longitude,
        latitude=asset.latitude,
        attributes=asset.attributes,
    )
