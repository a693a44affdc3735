"""Files that people give: assets, tracks, rounds, reference data, devices, mappings, load curves, workbooks."""

import atexit
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from analytics.acceptance.signed import read_manifest as read_acceptance
from analytics.report.errors import ReportError
from analytics.report.key import read_public
from analytics.report.manifest import read_manifest, read_signature
from analytics.report.span import parse_span
from analytics.rounds.distances import NoDistancesError, Spot
from analytics.rounds.distances import read_file as read_distances
from analytics.rounds.fleet import FleetError, read_fleet
from bench.fuzz.inputs.target import BETWEEN, Target, cut, require, text_of
from deploy.check.mosquitto_file import ConfigurationError, check_file
from deploy.codecs import read_payload
from deploy.commands.asset import read_epsg
from deploy.commands.context import read_context
from deploy.commands.device import read_instant as read_at
from deploy.commands.source import read_rules
from deploy.devices import read_devices
from deploy.errors import SettingError
from deploy.reference import read_reference
from ingest.backfill.layout import Wish as LayoutWish
from ingest.backfill.layout import find_layout
from ingest.backfill.presets import presets
from ingest.backfill.presets.preset import Asked, Preset
from ingest.backfill.presets.sheet import FIRST_SHEET, read_grid
from ingest.backfill.table import open_table
from ingest.errors import FileError
from sensors.asset_file import read_records
from sensors.asset_file.entry import read_lines
from sensors.asset_file.record import UnreadableFileError
from sensors.asset_file.wish import Wish, find_meaning
from sensors.telematics.declared import read_declared
from sensors.telematics.track import UnreadableTrackError, read_tracks
from simulators.csv_rows import FileError as RowsError
from simulators.csv_rows import open_table as open_rows
from simulators.mapping import BUILT_IN, read_mapping
from simulators.mapping_checks import MappingError
from simulators.mapping_tables import File
from simulators.row_time import TimeError, read_unix
from store.errors import ReferenceDataError
from tests.sensors.asset_file.files import HEADER, geopackage, wkb_point, wkb_polygon

ZONE = ZoneInfo("Europe/Paris")
SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="s"><v>0</v></c><c r="C1"><v>45000.5</v></c>'
    b'<c t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
)
TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Date de releve</t></si></sst>'
SPOTS = (Spot("a", 5.0, 47.0), Spot("b", 5.1, 47.1))
GPX = (
    b'<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>v1</name><trkseg>'
    b'<trkpt lat="47.3" lon="5.0"><time>2026-03-01T08:00:00Z</time></trkpt></trkseg></trk></gpx>'
)
GEOJSON = (
    b'{"type":"FeatureCollection","name":"l","features":[{"type":"Feature","id":"a-1","properties":{"territory":"dole",'
    b'"type":"street_light","height_m":6},"geometry":{"type":"Polygon","coordinates":[[[5,47],[6,47],[6,48],[5,47]]]}}]}'
)
REFERENCE = (
    b'{"territory":"dole","time_zone":"Europe/Paris","school_holidays":[["2026-02-01","2026-02-15"]],"notices":[{"kind":'
    b'"works","asset":null,"from_at":"2026-01-01T00:00:00Z","to_at":"2026-01-02T00:00:00Z"}],"schedules":[]}'
)
LINKY = (
    b"Identifiant PRM;Date de debut;Date de fin;Grandeur physique;Unite\n12345678901234;01/01/2026;02/01/2026;PA;W\n"
    b"Horodate;Valeur;Nature;Pas\n2026-01-01T00:30:00+01:00;100;B;PT30M\n2026-01-01T01:00:00+01:00;110;B;PT30M\n"
)
GRDF = "Numéro PCE;12345678901234\nDate de relevé;Index début (m3);Index fin (m3);Coefficient;Volume (m3)\n".encode()
GRDF += b"02/01/2026;100;105;11.2;5\n"
METEO = b"NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJ;RR;QRR;TM;QTM\n21473001;DIJON;47.2;5.0;219;20260101;1.2;1;3.4;1\n"


@cache
def folder() -> Path:
    """Give a folder of this process's own."""
    path = Path(tempfile.mkdtemp(prefix="vigie-fuzz-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def written(data: bytes, name: str = "input") -> Path:
    """Write an input as a file."""
    path = folder() / name
    path.write_bytes(data)
    return path


def is_told(error: Exception) -> None:
    """Require that a refusal says something."""
    require(bool(str(error).strip()), "a refusal is a sentence")


def assets(data: bytes) -> None:
    """Read a file of assets to its lines: places are on the earth, the others say why they are refused."""
    try:
        found = read_records(data)
        lines, refused = read_lines(found.records, find_meaning(found, Wish(constants={"territory": "dole"})))
    except UnreadableFileError as error:
        is_told(error)
        return
    require(all(one.longitude is None or abs(one.longitude) <= 180 for one in lines), "assets are on the earth")
    require(all(one.reason for one in refused), "a refused line says why")


def tracks(data: bytes) -> None:
    """Read positions and declared rounds."""
    try:
        found = read_tracks(data, ZONE, vehicle="v" if data[:1] == b"<" else None)
    except UnreadableTrackError as error:
        is_told(error)
    else:
        positions = [one for many in found.positions.values() for one in many]
        require(
            all(abs(one.longitude) <= 180 and abs(one.latitude) <= 90 for one in positions), "vehicles are on the earth"
        )
    try:
        declared = read_declared(data, ZONE)
    except UnreadableTrackError as error:
        is_told(error)
        return
    require(all(one.ended_at > one.started_at for one in declared.rounds), "a round ends after it begins")


def refuse_as(kind: type[Exception] | tuple[type[Exception], ...], read: Callable[[Path], object], data: bytes) -> None:
    """Read a file: it is refused by one kind of error only, in a sentence."""
    try:
        read(written(data))
    except kind as error:
        is_told(error)


def read_preset(preset: Preset, data: bytes) -> None:
    """Read a meter operator's or weather service's file to its last block."""
    try:
        with preset.open(written(data), Asked()) as table:
            n_rows = sum(block.columns.num_rows for block in table.blocks)
        require(n_rows >= 0, "rows are counted")
    except FileError as error:
        is_told(error)


def read_history(data: bytes) -> None:
    """Read a CSV, Parquet or Arrow file of measurements to its last block."""
    try:
        with open_table(written(data)) as table:
            find_layout(table.names, LayoutWish())
            for block in table.blocks:
                require(block.columns.num_rows == len(block.lines), "each row has its line")
    except FileError as error:
        is_told(error)


def read_replayed(data: bytes) -> None:
    """Read the rows of a file that is replayed, packed or not."""
    encoding, content = cut(data, 2)
    try:
        with open_rows(written(content), File(encoding=text_of(encoding) or "utf-8")) as table:
            for row in table.rows:
                require(row.line > 0, "a row has its line")
    except RowsError as error:
        is_told(error)


def read_toml(data: bytes) -> None:
    """Read a mapping of files to messages."""
    refuse_as(MappingError, lambda path: read_mapping(str(path)), data)


def read_formed(data: bytes) -> None:
    """Read the manifest and the signature of a report, and the manifest of a signed list of checks."""
    for read in (read_manifest, read_signature, read_acceptance):
        try:
            read(data)
        except ReportError as error:
            is_told(error)


def read_typed(data: bytes) -> None:
    """Read what is typed: a payload, a reference system, an instant, seconds since 1970, a key, a period."""
    seconds = partial(read_unix, unit_us=1000)
    typed: tuple[Callable[[str], object], ...] = (read_payload, read_epsg, read_at, seconds, read_public, parse_span)
    for read in typed:
        try:
            read(text_of(data))
        except (SettingError, TimeError, ReportError) as error:
            is_told(error)
        except ValueError as error:
            require(read is read_at, "only an instant is refused by a ValueError")
            is_told(error)


def packages(data: bytes) -> None:
    """Read a GeoPackage with this geometry in it, in which some bytes were changed (two of place, one of value)."""
    blob, changes = cut(data, 2)
    package = bytearray(geopackage([("lamp-1", "Rue Haute", blob)]))
    for index in range(0, len(changes) - 2, 3):
        package[int.from_bytes(changes[index : index + 2], "big") % len(package)] = changes[index + 2]
    assets(bytes(package))


def workbook(data: bytes) -> None:
    """Read the first sheet of a workbook: its XML is the input, and that of the shared texts."""
    sheet, texts = cut(data, 2)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr(FIRST_SHEET, sheet)
        if texts:
            parts.writestr("xl/sharedStrings.xml", texts)
    refuse_as(FileError, read_grid, packed.getvalue())


SLOW = 0.6  # of a share: they read and write files
TARGETS = (
    Target(
        "files.assets",
        assets,
        [b"slug;type;longitude;latitude;name\nl-1;street_light;5,0;47,3;A\n", GEOJSON, b"slug,x,y\na,854000,6690000\n"],
        (b"attributes.", b"EPSG:2154", b"MultiPolygon", b"GeometryCollection", b"parent"),
        weight=1.5,
    ),
    Target(
        "files.tracks",
        tracks,
        [
            GPX,
            b"vehicle;time;lon;lat;event\nv;01/03/2026 08:15;5,1;47.2;lift\n",
            b"sector,waste_stream,started_at,ended_at\nn,paper,2026-03-01T08:00,2026-03-01T09:00\n",
        ],
    ),
    Target("files.reference", partial(refuse_as, ReferenceDataError, read_reference), [REFERENCE], weight=SLOW),
    Target(
        "files.devices",
        partial(refuse_as, SettingError, read_devices),
        [b"territory;external_id;interval_s;revisable;asset;channel\ndole;l-1;600;oui;a-1;x\ndole;l-1;;;a-2;y\n"],
        weight=SLOW,
    ),
    Target(
        "files.mapping",
        read_toml,
        [path.read_bytes() for path in sorted(BUILT_IN.glob("*.toml"))],
        weight=1.5,
        longest=6000,
    ),
    Target(
        "files.rules",
        partial(refuse_as, SettingError, lambda path: read_rules([], path)),
        [b'[{"format":"native","topic_filter":"a/+","territory":"dole","device_prefix":"x-","mapping":{"name":"a"}}]'],
        weight=SLOW,
    ),
    Target(
        "files.context",
        partial(refuse_as, SettingError, read_context),
        [b'{"@context":{"a":"https://x.org/a"}}'],
        weight=SLOW,
    ),
    Target(
        "files.broker",
        partial(refuse_as, ConfigurationError, check_file),
        [
            b"persistence true\nautosave_interval 5\nmax_queued_messages 1000\nmax_packet_size 9\n"
            b"persistent_client_expiration 1d\n"
        ],
        weight=SLOW,
    ),
    Target(
        "files.fleet",
        partial(refuse_as, FleetError, read_fleet),
        [
            b'{"depots":[{"name":"d","longitude":5,"latitude":47}],"vehicles":[{"name":"v","depot":"d","capacity_l":9,"from_hour":"06:00","to_hour":"14:00"}],"assumptions":{"detour":1.3}}'
        ],
        weight=SLOW,
    ),
    Target(
        "files.distances",
        partial(refuse_as, NoDistancesError, lambda path: read_distances(path, SPOTS)),
        [b";a;b\na;0;120\nb;130,5;0\n"],
        weight=SLOW,
    ),
    *(
        Target(
            f"files.{preset.name.replace('-', '_')}", partial(read_preset, preset), [LINKY, GRDF, METEO], weight=SLOW
        )
        for preset in presets().values()
    ),
    Target("files.history", read_history, [b"time;device;quantity;value\n2026-01-01T00:00:00Z;a;co2;1\n"], weight=SLOW),
    Target(
        "files.replayed",
        read_replayed,
        [BETWEEN + b"a,b\n1,2\n", b"cp1252" + BETWEEN + b"a,\xe9\n"],
        (b"\x1f\x8b\x08",),
        weight=SLOW,
    ),
    Target(
        "files.report",
        read_formed,
        [b'{"format":"vigie-report","version":1}', b'{"algorithm":"ed25519","signature":"x"}'],
    ),
    Target(
        "files.typed",
        read_typed,
        [b"0x01:67 0110", b"EPSG:2154", b"2026-03-01T08:00:00+01:00", b"1.5e9", b"2026-Q4", b"A" * 43 + b"="],
    ),
    Target("files.workbook", workbook, [SHEET + BETWEEN + TEXTS, SHEET], weight=SLOW),
    Target("files.grid", partial(refuse_as, FileError, read_grid), [b"PK\x03\x04", GRDF, b"a;\xe9\n"], weight=SLOW),
    Target(
        "files.geopackage",
        packages,
        [HEADER + wkb_point(854e3, 669e4), HEADER + wkb_polygon([(0, 0), (1, 0), (1, 1)])],
        weight=SLOW,
    ),
)
