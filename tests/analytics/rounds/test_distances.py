"""Distances out of files, from servers and estimated; what a source does not know is estimated and counted."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.rounds.distances import NoDistancesError, Spot, estimate, great_circle_m, read_file
from analytics.rounds.fleet import Assumptions
from analytics.rounds.measuring import measure_by
from analytics.rounds.routing_server import BLOCK

DIJON, BESANCON = Spot("dijon", 5.0415, 47.3220), Spot("besancon", 6.0241, 47.2378)
SPOTS = [DIJON, BESANCON, Spot("dole", 5.4897, 47.0922)]
MANY = [Spot(f"bin-{n}", 5.0 + n / 1000, 47.3) for n in range(BLOCK + 7)]


def test_great_circle_is_the_known_distance() -> None:
    """Dijon to Besançon as the crow flies: 74.7 km on the sphere of mean radius."""
    ways = great_circle_m([DIJON, BESANCON])
    assert ways[0, 1] == pytest.approx(74_700, rel=0.005)
    assert ways[0, 1] == ways[1, 0]
    assert ways[0, 0] == 0


def test_estimate_says_its_factor_and_speed() -> None:
    ways = estimate(SPOTS, detour=1.3, speed_km_h=36.0)
    assert ways.source == "great circle x 1.3, 36 km/h"
    assert ways.durations[0, 1] == pytest.approx(ways.distances[0, 1] / 10)
    assert ways.distances[0, 1] == pytest.approx(great_circle_m(SPOTS)[0, 1] * 1.3)


def test_csv_gives_its_metres_by_name_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "ways.csv"
    path.write_text(";other;besancon;dijon\nother;0;1;2\nbesancon;3;0;91000,5\ndijon;5;92000;0\n", "utf-8-sig")
    ways = read_file(path, [DIJON, BESANCON], speed_km_h=36.0)
    assert ways.distances.tolist() == [[0, 92000], [91000.5, 0]]
    assert ways.durations[0, 1] == 9200
    assert (ways.source, ways.n_estimated) == ("file ways.csv", 0)


def test_npz_gives_times_too_and_what_it_lacks_is_estimated(tmp_path: Path) -> None:
    path = tmp_path / "ways.npz"
    metres = np.array([[0, 92_000.0], [np.nan, 0]])
    np.savez(path, names=["dijon", "besancon"], distances_m=metres, durations_s=metres / 20)
    ways = read_file(path, [DIJON, BESANCON])
    assert ways.durations[0, 1] == 4600
    assert ways.n_estimated == 1
    assert ways.distances[1, 0] == estimate([DIJON, BESANCON]).distances[1, 0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (",a\nb,0\n", "name different places"),
        (",dijon\ndijon,x\n", "holds no matrix"),
        (",dijon\ndijon,0\n", "does not name besancon, dole"),
        (",dijon,besancon,dole\ndijon,0,-5,1\nbesancon,1,0,1\ndole,1,1,0\n", "shorter than nothing"),
        ("", "holds no matrix"),
    ],
)
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "ways.csv"
    path.write_text(text)
    with pytest.raises(NoDistancesError, match=words):
        read_file(path, SPOTS)


class Router(BaseHTTPRequestHandler):
    """Answers as OSRM and Valhalla do: ways of as many metres as longitudes differ by hundred-thousandths."""

    def do_GET(self) -> None:
        if "forbidden" in self.path:
            self.send("no way", 403)
            return
        points, _, query = self.path.rpartition("/")[2].partition("?")
        east = [float(point.split(",")[0]) for point in points.split(";")]
        asked = dict(pair.split("=") for pair in query.split("&"))
        rows, columns = ([int(number) for number in asked[name].split(";")] for name in ("sources", "destinations"))
        metres = [[abs(east[a] - east[b]) * 1e5 for b in columns] for a in rows]
        self.send({"code": "Ok", "distances": metres, "durations": [[cell / 10 for cell in row] for row in metres]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        cells = [
            [{"distance": abs(a["lon"] - b["lon"]) * 1e2, "time": None if a == b else 60} for b in body["targets"]]
            for a in body["sources"]
        ]
        self.send({"sources_to_targets": cells, "units": body["units"]})

    def send(self, body: Any, status: int = 200) -> None:
        text = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has in the class above
        pass


@pytest.fixture
def router() -> Iterator[str]:
    """The address of a routing server on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Router)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_osrm_is_asked_in_blocks(router: str) -> None:
    ways = measure_by(f"osrm+{router}", Assumptions())(MANY)
    east = np.array([spot.longitude for spot in MANY])
    assert np.allclose(ways.distances, np.abs(east[:, None] - east) * 1e5, atol=0.2)
    assert np.allclose(ways.durations, ways.distances / 10)
    assert (ways.source, ways.n_estimated) == ("osrm 127.0.0.1", 0)


def test_valhalla_speaks_kilometres(router: str) -> None:
    ways = measure_by(f"valhalla+{router}", Assumptions())(MANY)
    assert ways.distances[0, 10] == pytest.approx(1000)
    assert ways.durations[0, 10] == 60
    assert ways.n_estimated == 0


def test_a_server_that_refuses_or_is_away_is_said(router: str) -> None:
    with pytest.raises(NoDistancesError, match=r"127\.0\.0\.1 gave no distances: HTTP 403: no way"):
        measure_by(f"osrm+{router}/forbidden", Assumptions())(SPOTS)
    with pytest.raises(NoDistancesError, match="gave no distances"):
        measure_by("osrm+http://127.0.0.1:1", Assumptions())(SPOTS)


@pytest.mark.parametrize("text", ["osrm+ftp://host", "osrm+", "file.txt", "valhalla+http://"])
def test_what_names_no_source_is_refused(text: str) -> None:
    with pytest.raises(NoDistancesError):
        measure_by(text, Assumptions())(SPOTS)
