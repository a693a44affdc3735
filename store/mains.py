"""Water mains as registered, and the breaks that people entered or confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class Main:
    """A main and its attributes as entered, None where they are not: `laid_in` is a year.

    One that is retired is no longer there, but its breaks say something of its street.
    """

    asset_id: int
    name: str
    laid_in: float | None
    length_m: float | None
    diameter_mm: float | None
    material: str | None
    street: str | None
    district: str | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Break:
    """A break of a main."""

    asset_id: int
    at: datetime


def list_networks(connection: Connection, territory_id: int | None, asset_types: Sequence[str]) -> list[int]:
    """Give the territories in which mains lie: a territory and those below it, or all."""
    parameters = {"territory_id": territory_id, "types": list(asset_types)}
    return [number for (number,) in connection.execute(QUERIES["list_networks"], parameters)]


def read_mains(connection: Connection, window: Window) -> list[Main]:
    """Read the window's mains, retired ones too."""
    return [Main(*row) for row in connection.execute(QUERIES["read_mains"], window_parameters(window))]


def read_breaks(connection: Connection, window: Window) -> list[Break]:
    """Read all breaks of the window's mains, whenever they were, in order of time.

    They are notices of kind `pipe_break` and findings of that kind with the verdict confirmed.
    """
    return [Break(*row) for row in connection.execute(QUERIES["read_breaks"], window_parameters(window))]
