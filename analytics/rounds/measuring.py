"""How ways are measured, as a person says it: a file, the address of a routing server, or nothing (estimated)."""

from pathlib import Path
from typing import cast

from analytics.rounds.distances import Measure, NoDistancesError, estimate, read_file
from analytics.rounds.fleet import Assumptions
from analytics.rounds.routing_server import Kind, ask


def measure_by(text: str | None, given: Assumptions) -> Measure:
    """Give the way to measure that a text names: `FILE.csv`, `FILE.npz`, `osrm+http://...`, `valhalla+http://...`.

    Raises
    ------
    NoDistancesError
        It names none of them.
    """
    if text is None:
        return lambda spots: estimate(spots, given.detour, given.speed_km_h)
    kind, _, address = text.partition("+")
    if kind in ("osrm", "valhalla") and address:
        return lambda spots: ask(address, cast(Kind, kind), spots, given.speed_km_h)
    path = Path(text)
    if path.suffix not in (".csv", ".npz"):
        raise NoDistancesError(f"{text!r}: give FILE.csv, FILE.npz, osrm+http://HOST:5000 or valhalla+http://HOST:8002")
    return lambda spots: read_file(path, spots, given.speed_km_h)
