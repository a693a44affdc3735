"""Files of assets: CSV, GeoJSON and GeoPackage, told by their first bytes; what they say, and what would change."""

from sensors.asset_file.csv_file import read_csv
from sensors.asset_file.geojson import read_geojson
from sensors.asset_file.geopackage import read_geopackage
from sensors.asset_file.record import RecordFile, UnreadableFileError

SQLITE = b"SQLite format 3\x00"


def read_records(data: bytes, layer: str | None = None) -> RecordFile:
    """Read a file; `layer` is one of a GeoPackage. Raises UnreadableFileError."""
    if not data.strip():
        raise UnreadableFileError("the file is empty")
    if data.startswith(SQLITE):
        return read_geopackage(data, layer)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_geojson(data)
    return read_csv(data)
