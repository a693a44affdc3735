"""Who may publish for which devices, as the registry knows it."""

from dataclasses import dataclass
from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class Sender:
    """A gateway of a territory and the devices it speaks for, itself among them where it is one."""

    territory: str
    name: str
    devices: tuple[str, ...]

    @property
    def identity(self) -> str:
        """The user name at the broker, and the name in the client's certificate."""
        return f"{self.territory}.{self.name}"


def list_senders(connection: psycopg.Connection[tuple[Any, ...]]) -> list[Sender]:
    """Give all senders whose devices are in use; what is pending or retired has no rights."""
    return [
        Sender(str(territory), str(name), tuple(devices))
        for territory, name, devices in connection.execute(QUERIES["list_senders"])
    ]
