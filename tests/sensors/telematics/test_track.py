"""Files of positions and of declared rounds."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sensors.telematics.declared import read_declared
from sensors.telematics.track import Tracks, UnreadableTrackError, read_tracks

PARIS = ZoneInfo("Europe/Paris")
GPX = b"""<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>BOM 7</name><trkseg>
<trkpt lat="47.32" lon="5.04"><ele>240</ele><time>2026-03-02T05:00:00Z</time></trkpt>
<trkpt lat="47.33" lon="5.05"><time>2026-03-02T04:59:00Z</time></trkpt>
<trkpt lat="47.33" lon="5.05"></trkpt></trkseg></trk></gpx>"""


def read(text: str | bytes, **how: object) -> Tracks:
    data = text.encode() if isinstance(text, str) else text
    return read_tracks(data, PARIS, **how)  # type: ignore[arg-type]  # options by name


def test_csv_and_gpx_give_positions_by_vehicle_in_order_of_time() -> None:
    csv = (
        "Véhicule;Horodatage;Lon;Lat;Événement\n"
        "BOM 7;02/03/2026 06:00:30;5,05;47,33;LEVEE\nBOM 7;2026-03-02T06:00:00+01:00;5,04;47,32;\n"
        "BOM 8;02/03/2026 06:00;5,04;47,32;\nBOM 8;hier;5,04;47,32;\nBOM 8;02/03/2026 06:01;0;0;\n"
        ";02/03/2026 06:01;5;47;\n"
    )
    found = read(csv)
    assert [(p.at.astimezone(UTC).second, p.event) for p in found.positions["BOM 7"]] == [(0, ""), (30, "LEVEE")]
    assert found.positions["BOM 8"][0].at.astimezone(UTC) == datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert [(line, reason.split(",")[0]) for line, reason in found.refused] == [
        (5, "'hier' is no time"),
        (6, "0"),
        (7, "no vehicle"),
    ]
    gpx = read(GPX)
    assert [(p.latitude, p.longitude) for p in gpx.positions["BOM 7"]] == [(47.33, 5.05), (47.32, 5.04)]
    assert [line for line, _ in gpx.refused] == [3]
    assert list(read(GPX, vehicle="other").positions) == ["other"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"vehicle,time\na,b\n", "longitude, latitude"),
        (b"time,longitude,latitude\n", "vehicle"),
        (b"<gpx", "no GPX"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><gpx>&b;</gpx>', "document type"),
        (b"\xff", "UTF-8"),
        (b"vehicle,time,longitude,latitude\n", "no positions"),
    ],
)
def test_files_without_positions_say_why(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableTrackError, match=words):
        read(data)


def test_declared_rounds_are_read_and_those_that_cannot_be_are_refused() -> None:
    text = (
        "sector,waste_stream,started_at,ended_at,distance_km,n_lifts\n"
        'nord,glass,2026-03-02 06:00,2026-03-02 09:00,"41,5",30\n'
        "nord,glass,2026-03-02 08:00,2026-03-02 10:00,,\n"
        "nord,paper,2026-03-02 08:00,2026-03-02 10:00,,\n"
        "nord,glass,2026-03-03 09:00,2026-03-03 08:00,,\n"
        ",glass,2026-03-03 09:00,2026-03-03 10:00,,\n"
    )
    found = read_declared(text.encode(), PARIS)
    assert [(r.waste_stream, r.n_lifts, r.distance_km) for r in found.rounds] == [
        ("glass", 30, 41.5),
        ("paper", None, None),
    ]
    assert found.rounds[0].started_at.astimezone(UTC) == datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert [line for line, _ in found.refused] == [3, 5, 6]
    with pytest.raises(UnreadableTrackError, match="ended_at"):
        read_declared(b"sector,waste_stream,started_at\n", PARIS)
