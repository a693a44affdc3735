"""A list of devices from a CSV file, as spreadsheets write it."""

from collections.abc import Mapping
from pathlib import Path

from deploy.errors import SettingError
from deploy.table import read_rows
from store.registry import DeviceEntry

COLUMNS = ("territory", "external_id", "name", "model", "gateway", "interval_s", "revisable", "asset", "channel")
NEEDED = ("territory", "external_id")
YES, NO = frozenset({"yes", "oui", "true", "vrai", "1"}), frozenset({"no", "non", "false", "faux", "0", ""})


def read_devices(path: Path) -> list[DeviceEntry]:
    """Read a file with a header; columns are those of `COLUMNS` in any order, separated by comma or semicolon.

    Several lines of one device place its channels.

    Raises
    ------
    SettingError
        The file cannot be read, or a line cannot be used; the sentence names the line.
    """
    devices: dict[tuple[str, str], DeviceEntry] = {}
    for number, row in read_rows(path, COLUMNS, NEEDED):
        entry = read_entry(path, number, row)
        key = entry.territory, entry.external_id
        if key in devices:
            entry = merge(path, number, devices[key], entry)
        devices[key] = entry
    return list(devices.values())


def read_entry(path: Path, number: int, row: Mapping[str, str]) -> DeviceEntry:
    """Read one line."""
    interval, revisable = row.get("interval_s", ""), row.get("revisable", "").lower()
    if not row["territory"] or not row["external_id"]:
        raise SettingError(f"{path}, line {number}: territory and external_id must be given")
    if interval and (not interval.isdecimal() or not 0 < int(interval) < 2**31):
        raise SettingError(f"{path}, line {number}: interval_s must be a whole number of seconds, not {interval!r}")
    if revisable not in YES | NO:
        raise SettingError(f"{path}, line {number}: revisable must be yes or no, not {revisable!r}")
    asset = row.get("asset", "")
    return DeviceEntry(
        row["territory"],
        row["external_id"],
        row.get("name") or None,
        row.get("model") or None,
        row.get("gateway") or None,
        int(interval) if interval else None,
        revisable in YES,
        {row.get("channel") or "*": asset} if asset else {},
    )


def merge(path: Path, number: int, first: DeviceEntry, second: DeviceEntry) -> DeviceEntry:
    """Add the placement of a later line of the same device."""
    if not second.placements or first.placements.keys() & second.placements.keys():
        raise SettingError(
            f"{path}, line {number}: {second.external_id} stands twice; a second line must place another channel"
        )
    return DeviceEntry(
        first.territory,
        first.external_id,
        first.name,
        first.model,
        first.gateway,
        first.interval_s,
        first.is_revisable,
        {**first.placements, **second.placements},
    )
