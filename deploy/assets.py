"""A list of assets from a CSV file."""

from collections.abc import Mapping
from pathlib import Path

from deploy.errors import SettingError
from deploy.table import read_rows
from sensors.types import find_asset_type
from store.registry import AssetEntry

COLUMNS = ("territory", "slug", "name", "type", "longitude", "latitude")
NEEDED = ("territory", "slug", "type")


def read_assets(path: Path) -> list[AssetEntry]:
    """Read a file with a header. Raises SettingError, which names the line."""
    return [read_entry(path, number, row) for number, row in read_rows(path, COLUMNS, NEEDED)]


def read_entry(path: Path, number: int, row: Mapping[str, str]) -> AssetEntry:
    """Read one line."""
    if not row["territory"] or not row["slug"]:
        raise SettingError(f"{path}, line {number}: territory and slug must be given")
    if find_asset_type(row["type"]) is None:
        raise SettingError(f"{path}, line {number}: no asset type {row['type']!r}")
    return AssetEntry(
        row["territory"],
        row["slug"],
        row.get("name") or row["slug"],
        row["type"],
        read_degrees(path, number, row.get("longitude", ""), 180),
        read_degrees(path, number, row.get("latitude", ""), 90),
    )


def read_degrees(path: Path, number: int, text: str, most: int) -> float | None:
    """Read WGS 84 degrees; spreadsheets may write a comma."""
    if not text:
        return None
    try:
        degrees = float(text.replace(",", "."))
    except ValueError:
        degrees = float("nan")
    if not -most <= degrees <= most:
        raise SettingError(f"{path}, line {number}: {text!r} is no longitude or latitude in degrees")
    return degrees
