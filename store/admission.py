"""Admission: devices that nobody registered wait as pending until a person, a rule or an import accepts them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from store.registry import DeviceEntry, register
from store.sql import load_queries

QUERIES = load_queries(__file__)
MAX_PENDING = 10_000  # of one territory; what strangers send beyond is refused and kept all the same
NOTICED_S = 15  # after an acceptance every worker has long known of it

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How a pending device is taken over; None leaves a field as it is. `asset` is a slug of its territory."""

    name: str | None = None
    model: str | None = None
    interval_s: int | None = None
    asset: str | None = None
    channel: str = "*"


class PendingDevice(NamedTuple):
    """A device that waits, and what is kept of it."""

    device_id: int
    territory: str
    external_id: str
    model: str | None
    first_heard_at: datetime
    n_messages: int
    n_values: int


class RegisteredDevice(NamedTuple):
    """A device that does not wait."""

    state: str
    territory: str
    external_id: str
    model: str | None
    name: str


class Rule(NamedTuple):
    """Devices of a territory's subtree whose id begins so, and whose profile is this one, are accepted at once."""

    rule_id: int
    territory: str
    prefix: str
    profile: str | None
    created_at: datetime
    created_by: str


def meet_strangers(connection: Connection, profiles: Mapping[tuple[str, str], str | None]) -> int:
    """Note devices, by (territory slug, external id), that nobody registered; give how many a rule accepted."""
    keys = sorted(profiles)
    parameters = {
        "territories": [territory for territory, _ in keys],
        "external_ids": [external_id for _, external_id in keys],
        "profiles": [profiles[key] for key in keys],
        "max_pending": MAX_PENDING,
    }
    row = connection.execute(QUERIES["meet_strangers"], parameters).fetchone()
    return int(row[0]) if row else 0


def list_pending(connection: Connection, territory: str | None = None) -> list[PendingDevice]:
    """List the devices that wait, the longest first."""
    return [PendingDevice(*row) for row in connection.execute(QUERIES["list_pending"], {"territory": territory})]


def list_registered(connection: Connection, territory: str | None = None) -> list[RegisteredDevice]:
    """List the devices that do not wait, by territory and id."""
    return [RegisteredDevice(*row) for row in connection.execute(QUERIES["list_registered"], {"territory": territory})]


def accept_device(
    connection: Connection, territory: str, external_id: str, acceptance: Acceptance, accepted_by: str
) -> bool:
    """Accept a device that is pending or ignored, and place it if an asset is named. False where no such device waits.

    Raises
    ------
    LookupError
        The asset is not registered in this territory.
    """
    parameters = acceptance_parameters(territory, external_id, acceptance, accepted_by)
    with connection.transaction():
        if connection.execute(QUERIES["accept_device"], parameters).fetchone() is None:
            return False
        if acceptance.asset is not None:
            move_device(connection, territory, external_id, acceptance.asset, channel=acceptance.channel)
        replay_later(connection, [territory], external_id, accepted_by)
    return True


def acceptance_parameters(
    territory: str, external_id: str, acceptance: Acceptance, accepted_by: str
) -> dict[str, str | int | None]:
    """Name the fields as the query does."""
    return {
        "territory": territory,
        "external_id": external_id,
        "name": acceptance.name,
        "model": acceptance.model,
        "interval_s": acceptance.interval_s,
        "accepted_by": accepted_by,
    }


def replay_later(
    connection: Connection, territories: Sequence[str], external_id: str | None, requested_by: str
) -> None:
    """Have a worker replay what it refused before it knew of an acceptance; None: of all devices."""
    parameters = {
        "territories": list(territories),
        "external_id": external_id,
        "requested_by": requested_by,
        "delay_s": NOTICED_S,
    }
    connection.execute(QUERIES["replay_later"], parameters)


def ignore_device(connection: Connection, territory: str, external_id: str) -> bool:
    """Let a pending device wait no more; it can still be accepted. False where no such device waits."""
    parameters = {"territory": territory, "external_id": external_id}
    return connection.execute(QUERIES["ignore_device"], parameters).rowcount == 1


def move_device(  # which device, which of its channels, where to, when
    connection: Connection,
    territory: str,
    external_id: str,
    asset: str,
    *,
    channel: str = "*",
    at: datetime | None = None,
) -> None:
    """Place a device, or one of its channels, on an asset from an instant on (None: now; the first time: always).

    What it measured before stays with the asset it was on.

    Raises
    ------
    LookupError
        Device or asset is not registered in this territory.
    ValueError
        The device was placed anew at or after that instant already.
    """
    parameters = {"territory": territory, "external_id": external_id, "asset": asset, "channel": channel, "at": at}
    with connection.transaction():
        found = connection.execute(QUERIES["find_device_and_asset"], parameters).fetchone()
        if found is None or found[0] is None or found[1] is None:
            missing = "asset" if found and found[0] is not None else "device"
            raise LookupError(f"no {missing} {asset if missing == 'asset' else external_id!r} in {territory!r}")
        parameters |= {"device_id": found[0], "asset_id": found[1]}
        if connection.execute(QUERIES["has_later_placement"], parameters).fetchone() is not None:
            raise ValueError(f"{external_id} was placed at or after this instant already")
        connection.execute(QUERIES["end_placement"], parameters)
        connection.execute(QUERIES["begin_placement"], parameters)


def import_devices(connection: Connection, entries: Sequence[DeviceEntry], imported_by: str) -> int:
    """Register devices; those that waited are accepted. Give how many waited.

    Raises
    ------
    psycopg.errors.NotNullViolation
        An entry names a territory or asset that does not exist; nothing is imported.
    """
    with connection.transaction():
        waiting = {(device.territory, device.external_id) for device in list_pending(connection)}
        for entry in entries:
            if (entry.territory, entry.external_id) in waiting:
                parameters = acceptance_parameters(entry.territory, entry.external_id, Acceptance(), imported_by)
                connection.execute(QUERIES["accept_device"], parameters)
        register(connection, devices=entries)
        replay_later(connection, sorted({entry.territory for entry in entries}), None, imported_by)
    return len(waiting & {(entry.territory, entry.external_id) for entry in entries})


def add_rule(
    connection: Connection, territory: str, prefix: str, profile: str | None, created_by: str
) -> tuple[int, int]:
    """Add a rule and apply it to the devices that wait; give its number and how many it accepted.

    Raises
    ------
    LookupError
        The territory does not exist.
    ValueError
        Neither prefix nor profile is given.
    """
    if not prefix and profile is None:
        raise ValueError("a rule needs a prefix or a profile: without either it would accept everybody")
    parameters = {"territory": territory, "prefix": prefix, "profile": profile, "created_by": created_by}
    with connection.transaction():
        row = connection.execute(QUERIES["insert_rule"], parameters).fetchone()
        if row is None:
            raise LookupError(f"no territory {territory!r}")
        n = connection.execute(QUERIES["apply_rule"], {"rule_id": row[0]}).rowcount
        replay_later(connection, [territory], None, created_by)
    return int(row[0]), n


def list_rules(connection: Connection) -> list[Rule]:
    """List the rules."""
    return [Rule(*row) for row in connection.execute(QUERIES["list_rules"])]


def remove_rule(connection: Connection, rule_id: int) -> bool:
    """Remove a rule and say whether it was there; what it accepted stays accepted."""
    return connection.execute(QUERIES["remove_rule"], {"rule_id": rule_id}).rowcount == 1


def territory_ids_below(connection: Connection, slugs: Iterable[str]) -> list[int]:
    """Give the numbers of these territories and all below them."""
    return [row[0] for row in connection.execute(QUERIES["territory_ids_below"], {"territories": list(slugs)})]
