"""Ports and passwords of one checkout's services: made at first start, kept in a file only its owner can read."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

import msgspec

from deploy.local.errors import PortTakenError
from deploy.local.place import Place

LOOPBACK = "127.0.0.1"


class State(msgspec.Struct, frozen=True):
    """What is remembered between starts."""

    postgres_port: int
    mqtt_port: int
    admin_password: str
    database_password: str
    mqtt_password: str


@dataclass(frozen=True, slots=True)
class WantedPorts:
    """Ports the caller insists on; None lets us choose a free one."""

    postgres: int | None = None
    mqtt: int | None = None


def read_state(place: Place) -> State | None:
    """Read the state, or None before the first start."""
    if not place.state_file.exists():
        return None
    return msgspec.json.decode(place.state_file.read_bytes(), type=State)


def make_state(place: Place, ports: WantedPorts) -> State:
    """Read or make the state, with ports that are free at this moment, and keep them.

    Raises
    ------
    PortTakenError
        A port that the caller insists on is taken.
    """
    old = read_state(place)
    new = State(
        postgres_port=choose_port(ports.postgres, old.postgres_port if old else None),
        mqtt_port=choose_port(ports.mqtt, old.mqtt_port if old else None),
        admin_password=old.admin_password if old else secrets.token_urlsafe(24),
        database_password=old.database_password if old else secrets.token_urlsafe(24),
        mqtt_password=old.mqtt_password if old else secrets.token_urlsafe(24),
    )
    write_private(place.state_file, msgspec.json.encode(new).decode())
    return new


def choose_port(wanted: int | None, remembered: int | None) -> int:
    """Give the wanted port, else the remembered one if still free, else any free one."""
    if wanted is not None:
        if not is_free(wanted):
            raise PortTakenError(f"port {wanted} is taken by another program: choose another, or none")
        return wanted
    if remembered is not None and is_free(remembered):
        return remembered
    return free_port()


def free_port() -> int:
    """Let the system choose a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    partial.rename(path)
