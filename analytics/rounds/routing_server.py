"""Distances from a routing server that somebody runs: OSRM's table service or Valhalla's matrix service.

Asked in blocks, since servers limit how many places a question may name (OSRM 100, Valhalla 50 by 50, as delivered).
"""

import itertools
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

import numpy as np

from analytics.rounds.distances import SPEED_KM_H, NoDistancesError, Spot, Ways, completed

BLOCK = 50  # places on each side of a question
PATIENCE_S = 60.0
MOST_BYTES = 50_000_000
Kind = Literal["osrm", "valhalla"]
Block = tuple[list[list[float | None]], list[list[float | None]]]


def ask(url: str, kind: Kind, spots: Sequence[Spot], speed_km_h: float = SPEED_KM_H) -> Ways:
    """Ask a server for all ways; what it knows no way for is estimated.

    Parameters
    ----------
    url
        Of the server: `http://host:5000` (a profile may follow: `.../table/v1/truck`), `http://host:8002`.

    Raises
    ------
    NoDistancesError
        It does not answer, or not so.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NoDistancesError(f"{url!r} is no address of a routing server")
    n = len(spots)
    distances, durations = np.full((n, n), np.nan), np.full((n, n), np.nan)
    for rows, columns in blocks(n):
        asked = ask_osrm if kind == "osrm" else ask_valhalla
        try:
            metres, seconds = asked(url.rstrip("/"), [spots[row] for row in rows], [spots[at] for at in columns])
            grid = np.ix_(rows, columns)
            distances[grid] = np.array(metres, dtype=np.float64)
            durations[grid] = np.array(seconds, dtype=np.float64)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoDistancesError(f"{parts.hostname} gave no distances: {error}") from error
    return completed(distances, durations, spots, f"{kind} {parts.hostname}", speed_km_h)


def blocks(n: int) -> Iterator[tuple[list[int], list[int]]]:
    """Cut a matrix of n places into blocks."""
    parts = [list(range(begin, min(begin + BLOCK, n))) for begin in range(0, n, BLOCK)]
    return itertools.product(parts, parts)


def ask_osrm(url: str, sources: Sequence[Spot], targets: Sequence[Spot]) -> Block:
    """Ask OSRM: metres and seconds."""
    base = url if "/table/" in url else f"{url}/table/v1/driving"
    points = ";".join(f"{spot.longitude:.6f},{spot.latitude:.6f}" for spot in [*sources, *targets])
    numbers = range(len(sources) + len(targets))
    first = ";".join(map(str, numbers[: len(sources)]))
    second = ";".join(map(str, numbers[len(sources) :]))
    query = f"annotations=duration,distance&sources={first}&destinations={second}"
    answer = fetch(urllib.request.Request(f"{base}/{points}?{query}"))
    if answer["code"] != "Ok":
        raise ValueError(f"{answer['code']}: {answer.get('message', '')}")
    return answer["distances"], answer["durations"]


def ask_valhalla(url: str, sources: Sequence[Spot], targets: Sequence[Spot]) -> Block:
    """Ask Valhalla for lorries: it gives kilometres and seconds."""
    body = {
        "sources": [{"lat": spot.latitude, "lon": spot.longitude} for spot in sources],
        "targets": [{"lat": spot.latitude, "lon": spot.longitude} for spot in targets],
        "costing": "truck",
        "units": "kilometers",
        "verbose": True,
    }
    headers = {"Content-Type": "application/json"}
    answer = fetch(urllib.request.Request(f"{url}/sources_to_targets", json.dumps(body).encode(), headers))
    cells = answer["sources_to_targets"]
    metres = [[None if cell["distance"] is None else cell["distance"] * 1000.0 for cell in row] for row in cells]
    return metres, [[cell["time"] for cell in row] for row in cells]


def fetch(request: urllib.request.Request) -> Any:  # whatever JSON the server writes
    """Fetch JSON, of a limited length."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # the address is a setting  # nosec B310
            return json.loads(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        raise ValueError(f"HTTP {error.code}: {error.read(300).decode(errors='replace')}") from error
