"""What the embedded services of a checkout remember: ports and passwords, made at the first start."""

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from deploy.local.place import Place


@dataclass(frozen=True, slots=True)
class State:
    """Ports of both servers and the passwords of their users."""

    database_port: int
    broker_port: int
    database_password: str
    admin_password: str
    broker_password: str

    @property
    def database_url(self) -> str:
        """The database of this checkout, as its owner."""
        return f"postgresql://vigie:{self.database_password}@127.0.0.1:{self.database_port}/vigie"

    @property
    def admin_database_url(self) -> str:
        """The same server as its superuser."""
        return f"postgresql://postgres:{self.admin_password}@127.0.0.1:{self.database_port}/postgres"

    @property
    def mqtt_url(self) -> str:
        """The broker, as the user that may read and write all of Vigie's topics."""
        return f"mqtt://vigie:{self.broker_password}@127.0.0.1:{self.broker_port}"


def read_or_make(place: Place) -> State:
    """Read the remembered state, or make ports and passwords and remember them."""
    if place.state_file.exists():
        return State(**json.loads(place.state_file.read_text(encoding="utf-8")))
    state = State(free_port(), free_port(), *(secrets.token_urlsafe(24) for _ in range(3)))
    write(place.state_file, state)
    return state


def with_free_ports(place: Place, state: State) -> State:
    """Give other ports where somebody else took ours since the last start, and remember them."""
    fresh = replace(
        state,
        database_port=state.database_port if is_free(state.database_port) else free_port(),
        broker_port=state.broker_port if is_free(state.broker_port) else free_port(),
    )
    if fresh != state:
        write(place.state_file, fresh)
    return fresh


def write(path: Path, state: State) -> None:
    """Write the state for the owner's eyes only, whole or not at all."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        json.dump(asdict(state), handle)
    draft.rename(path)


def free_port() -> int:
    """Let the system choose a port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def is_free(port: int) -> bool:
    """Can somebody listen on this port of the loopback?"""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
