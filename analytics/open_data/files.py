"""Tables as files: CSV (RFC 4180), Parquet and GeoJSON (RFC 7946); and the rows of a Parquet or CSV file back.

Instants are UTC, to the second. The same rows give the same bytes with the same versions of the libraries.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.open_data.making import Row
from sensors.publication import Column, Kind, Table
from sensors.spreadsheet import harmless
from store.publications import PublishedFile

TYPES: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "instant": pa.timestamp("s", tz="UTC"),
}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}
LONGITUDES, LATITUDES = ("longitude", "xlong", "Xlong"), ("latitude", "ylat", "Ylat")


def write_files(table: Table, rows: Sequence[Row]) -> list[PublishedFile]:
    """Write a table in each of its formats."""
    return [file_of(f"{table.name}.{format_}", format_, WRITERS[format_](table, rows)) for format_ in table.formats]


def file_of(name: str, format_: str, content: bytes) -> PublishedFile:
    """Give a file with its hash."""
    return PublishedFile(name, MEDIA_TYPES[format_], hashlib.sha256(content).hexdigest(), content)


def write_csv(table: Table, rows: Sequence[Row]) -> bytes:
    """Write UTF-8 with a header; what is not known is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in table.columns])
    writer.writerows([written(value) for value in row] for row in rows)
    return text.getvalue().encode()


def write_parquet(table: Table, rows: Sequence[Row]) -> bytes:
    """Write typed columns, compressed."""
    schema = pa.schema([(column.name, TYPES[column.kind]) for column in table.columns])
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, schema.types, strict=True)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def read_parquet(content: bytes) -> list[Row]:
    """Read the rows of a Parquet file back, instants in UTC."""
    columns = pq.read_table(io.BytesIO(content)).columns
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def write_geojson(table: Table, rows: Sequence[Row]) -> bytes:
    """Write a feature a row, at its place, or nowhere where it has none."""
    names = [column.name for column in table.columns]
    longitude, latitude = (place_of(table.columns, wanted) for wanted in (LONGITUDES, LATITUDES))
    features = []
    for row in rows:
        place = [row[longitude], row[latitude]]
        members = {name: plain(row[i]) for i, name in enumerate(names) if i not in (longitude, latitude)}
        geometry = None if None in place else {"type": "Point", "coordinates": place}
        features.append({"type": "Feature", "geometry": geometry, "properties": members})
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def place_of(columns: Sequence[Column], names: Sequence[str]) -> int:
    """Give the place of the column that has one of these names."""
    return next(place for place, column in enumerate(columns) if column.name in names)


def written(value: Any) -> Any:
    """Write a value as CSV has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else plain(value)


def plain(value: Any) -> Any:
    """Write an instant as RFC 3339 in UTC; all else stays."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


WRITERS: Mapping[str, Callable[[Table, Sequence[Row]], bytes]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "geojson": write_geojson,
}
