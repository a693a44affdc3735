"""Payload codecs as the store keeps them: every version, and which devices they read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from store.errors import ReferenceDataError
from store.sql import load_queries
from store.territory import find_territory

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
Kind = Literal["profile", "topic", "device"]


class Binding(NamedTuple):
    """Whose payloads the codec of this name reads.

    `target` is a device profile, a topic filter or a device's external id, by `kind`; `territory` is the slug of the
    only territory it holds for, None for all (a device always has one).
    """

    name: str
    kind: Kind
    target: str
    territory: str | None = None


class Variable(NamedTuple):
    """A text that codecs get beside the bytes of a device, or of all devices of a profile."""

    kind: Literal["profile", "device"]
    target: str
    territory: str | None
    name: str
    value: str


class CodecRow(NamedTuple):
    """The newest version of a codec; `mapping` is its JSON object."""

    name: str
    version: int
    source: str
    mapping: dict[str, Any]


class CodecVersion(NamedTuple):
    """One version, for a list: `size` is the length of its source [bytes]."""

    name: str
    version: int
    digest: str
    active_since: datetime
    size: int


@dataclass(frozen=True, slots=True)
class CodecState:
    """All that a worker needs to know, and a fingerprint that differs whenever it would."""

    fingerprint: str
    codecs: Sequence[CodecRow]
    bindings: Sequence[Binding]
    variables: Sequence[Variable] = ()


def add_codec(connection: Connection, name: str, source: str, mapping: dict[str, Any]) -> tuple[int, bool]:
    """Add a version unless it is that which is at work already; give its number and whether it is new.

    Raises
    ------
    ReferenceDataError
        The name cannot be one.
    """
    digest = hashlib.sha256(msgspec.json.encode([source, mapping], order="sorted")).hexdigest()
    with connection.transaction():
        connection.execute(QUERIES["lock_codecs"])
        newest = connection.execute(QUERIES["read_newest"], {"name": name}).fetchone()
        if newest is not None and newest[1] == digest:
            return newest[0], False
        version = 1 if newest is None else newest[0] + 1
        parameters = {"name": name, "version": version, "source": source, "mapping": Jsonb(mapping), "digest": digest}
        try:
            connection.execute(QUERIES["insert_codec"], parameters)
        except psycopg.errors.CheckViolation as error:
            raise ReferenceDataError(f"{name!r} cannot name a codec: lower case, digits, _ . -, at most 63") from error
    return version, True


def bind_codec(connection: Connection, binding: Binding) -> None:
    """Have a codec read these payloads from now on, instead of any that did.

    Raises
    ------
    ReferenceDataError
        The territory or the device is not registered.
    """
    parameters = {**binding._asdict(), "external_id": binding.target}
    with connection.transaction():
        territory_id = territory_id_of(connection, binding.territory)
        if binding.kind != "device":
            connection.execute(QUERIES["bind_codec"], {**parameters, "territory_id": territory_id})
        elif not connection.execute(QUERIES["bind_device"], parameters).rowcount:
            raise ReferenceDataError(f"there is no device {binding.target} in territory {binding.territory}")


def set_variable(connection: Connection, variable: Variable) -> None:
    """Give codecs this text from now on; an empty one takes it away.

    Raises
    ------
    ReferenceDataError
        The territory or the device is not registered, or name or text is too long.
    """
    parameters = {**variable._asdict(), "external_id": variable.target}
    with connection.transaction():
        parameters["territory_id"] = territory_id_of(connection, variable.territory)
        if variable.kind == "device" and connection.execute(QUERIES["find_device"], parameters).fetchone() is None:
            raise ReferenceDataError(f"there is no device {variable.target} in territory {variable.territory}")
        try:
            connection.execute(QUERIES["set_variable" if variable.value else "forget_variable"], parameters)
        except psycopg.errors.CheckViolation as error:
            raise ReferenceDataError(
                "a variable has a name of 1 to 100 and a text of at most 1000 characters"
            ) from error


def territory_id_of(connection: Connection, slug: str | None) -> int | None:
    """Give the number of a territory, None for none. Raises ReferenceDataError where it is not registered."""
    if slug is None:
        return None
    territory = find_territory(connection, slug)
    if territory is None:
        raise ReferenceDataError(f"there is no territory {slug}")
    return territory.territory_id


def read_variables(connection: Connection) -> list[Variable]:
    """Give every variable of profiles and devices."""
    return [Variable(*row) for row in connection.execute(QUERIES["read_variables"])]


def read_fingerprint(connection: Connection) -> str:
    """Give what differs whenever the state does."""
    row = connection.execute(QUERIES["read_fingerprint"]).fetchone()
    return str(row[0]) if row else ""


def read_state(connection: Connection) -> CodecState:
    """Read all; one transaction sees one state where the caller has it repeatable, else the next read mends it."""
    return CodecState(
        read_fingerprint(connection),
        [CodecRow(*row) for row in connection.execute(QUERIES["read_codecs"])],
        read_bindings(connection),
        read_variables(connection),
    )


def read_bindings(connection: Connection) -> list[Binding]:
    """Give what is bound, devices included."""
    queries = ("read_bindings", "read_device_codecs")
    return [Binding(*row) for query in queries for row in connection.execute(QUERIES[query])]


def list_codecs(connection: Connection) -> list[CodecVersion]:
    """Give every version, the newest of each name first."""
    return [CodecVersion(*row) for row in connection.execute(QUERIES["list_codecs"])]
