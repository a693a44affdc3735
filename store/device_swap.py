"""A device is swapped on an asset: the placement of the old one ends now, that of the new one begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import dict_row

from sensors.device_label import DeviceLabel
from store import admission
from store.admission import Acceptance
from store.keys import Key
from store.reader import Connection, Row, fetch
from store.sql import load_queries
from store.technician import NotThereError, actor, note, request_strangers_replay

QUERIES = load_queries(__file__)
WAITING = ("pending", "ignored")


class SwapError(ValueError):
    """The device cannot take this place now."""


class SeveralDevicesError(SwapError):
    """Several devices tell about the asset: one must be named. `devices` are their ids and numbers."""

    def __init__(self, devices: Sequence[Row]) -> None:
        super().__init__("several devices tell about this asset: say which of them is replaced")
        self.devices = [{"device_id": one["device_id"], "external_id": one["external_id"]} for one in devices]


@dataclass(frozen=True, slots=True)
class Swap:
    """What is done at an asset.

    Parameters
    ----------
    label
        Of the new device.
    replaces
        Number of the one that goes; None: the only one there, or none.
    is_asset_new
        The thing itself was replaced too: its remaining life begins anew.
    who
        Who did it, in their words.
    """

    label: DeviceLabel
    replaces: int | None = None
    is_asset_new: bool = False
    who: str | None = None


async def swap_device(connection: Connection, key: Key, asset_id: int, swap: Swap) -> Row:
    """Put a device in the place of another, with all of its channels, accept it if it waited, and tell of it.

    What the new one sent before now stays its own and tells nothing of the asset.

    Raises
    ------
    NotThereError
        The asset, the new device or the one to be replaced is not there for this key.
    SwapError
        The new device is retired, or placed already; or it is not said which one goes (`SeveralDevicesError`).
    """
    asset = await first(connection, "find_asset", {"asset_id": asset_id, "ancestor_ids": list(key.territory_ids)})
    if asset is None or swap.label.territory not in (None, asset["territory"]):
        raise NotThereError(f"no asset {asset_id}, or the label is of another territory")
    device = await find_new(connection, asset, swap.label)
    old = choose_old(await fetch(connection, QUERIES["list_placed"], {"asset_id": asset_id}), swap.replaces)
    is_accepted = await accept(connection, key, asset, device)
    if old is not None:
        await connection.execute(QUERIES["end_placements"], {"device_id": old["device_id"], "asset_id": asset_id})
    channels = ["*"] if old is None else old["channels"]
    placed = {"device_id": device["device_id"], "asset_id": asset_id, "channels": channels}
    await connection.execute(QUERIES["begin_placements"], placed)
    if swap.is_asset_new:
        await connection.execute(QUERIES["note_installed"], {"asset_id": asset_id})
    done = {
        "asset_id": asset_id,
        "asset": asset["asset"],
        "territory": asset["territory"],
        "device_id": device["device_id"],
        "external_id": device["external_id"],
        "replaced_device_id": None if old is None else old["device_id"],
        "replaced_external_id": None if old is None else old["external_id"],
        "channels": channels,
        "was_waiting": is_accepted,
    }
    detail = {**done, "is_asset_new": swap.is_asset_new, "who": swap.who or key.name}
    await note(connection, key, "swap_device", f"device {device['device_id']}", detail, asset["territory"])
    return done | {"at": asset["at"]}


async def find_new(connection: Connection, asset: Row, label: DeviceLabel) -> Row:
    """Give the device of a label, that has no place yet. Raises NotThereError, SwapError."""
    parameters = {"territory_id": asset["territory_id"], "names": list(label.names)}
    device = await first(connection, "find_labelled", parameters)
    if device is None:
        raise NotThereError(f"no device {label.names[0]} in {asset['territory']}: has it sent anything yet?")
    if device["state"] == "retired":
        raise SwapError(f"{device['external_id']} is retired")
    place = await first(connection, "find_place", device)
    if place is not None:
        raise SwapError(f"{device['external_id']} is at the asset {place['slug']} already: move it, or scan another")
    return device


def choose_old(placed: Sequence[Row], replaces: int | None) -> Row | None:
    """Give the device that goes, if there is one. Raises NotThereError, SeveralDevicesError."""
    if replaces is not None:
        chosen = next((one for one in placed if one["device_id"] == replaces), None)
        if chosen is None:
            raise NotThereError(f"device {replaces} is not at this asset")
        return chosen
    if len(placed) > 1:
        raise SeveralDevicesError(placed)
    return placed[0] if placed else None


async def accept(connection: Connection, key: Key, asset: Row, device: Row) -> bool:
    """Accept a device that waits and have its kept messages replayed; tell whether it waited."""
    if device["state"] not in WAITING:
        return False
    parameters = admission.acceptance_parameters(asset["territory"], device["external_id"], Acceptance(), actor(key))
    await connection.execute(admission.QUERIES["accept_device"], parameters)
    await request_strangers_replay(connection, key, asset["territory_id"], device["external_id"])
    return True


async def first(connection: Connection, name: str, parameters: Row) -> Row | None:
    """Run a query and give its first row by names."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES[name], parameters)
        return await cursor.fetchone()
