"""Assets from a GeoPackage (OGC 12-128r19): an SQLite database with a list of its feature tables, read in memory."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing

from sensors.asset_file.record import MOST_RECORDS, Cell, Record, RecordFile, UnreadableFileError, note_shapes
from sensors.asset_file.wkb import point_of_blob

# What is asked of the file, which is a database of its own and none of the store.
HARDEN = "pragma trusted_schema = off"  # views of the file call nothing
LAYERS = """
select c.table_name, g.column_name, coalesce(s.organization_coordsys_id, g.srs_id), coalesce(s.organization, '')
from gpkg_contents c
join gpkg_geometry_columns g on g.table_name = c.table_name
left join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id
where c.data_type = 'features'
  and exists (select m.name from sqlite_master m where m.name = c.table_name and m.type = 'table')
order by c.table_name
"""
Layer = tuple[str, str, int, str]


def read_geopackage(data: bytes, layer: str | None = None) -> RecordFile:
    """Read one layer, the only one where none is named. Raises UnreadableFileError."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(data)
            database.execute(HARDEN)
            return read_layer(database, choose_layer(database.execute(LAYERS).fetchall(), layer))
    except (sqlite3.Error, OverflowError) as error:
        raise UnreadableFileError(f"the file is no GeoPackage that can be read: {error}") from error


def choose_layer(layers: Sequence[Layer], wanted: str | None) -> Layer:
    """Give the layer that was named, or the only one. Raises UnreadableFileError."""
    names = ", ".join(repr(found[0]) for found in layers)
    chosen = [found for found in layers if wanted is None or found[0] == wanted]
    if not layers:
        raise UnreadableFileError("the GeoPackage has no layer of features")
    if not chosen:
        raise UnreadableFileError(f"there is no layer {wanted!r}; layers are {names}")
    if len(chosen) > 1:
        raise UnreadableFileError(f"the GeoPackage has several layers, name one: {names}")
    return chosen[0]


def read_layer(database: sqlite3.Connection, layer: Layer) -> RecordFile:
    """Read the features of a layer in the order of the table."""
    table, geometry, epsg, organization = layer
    if organization.upper() not in ("EPSG", ""):
        raise UnreadableFileError(f"the layer's reference system is {organization}:{epsg}, not one of EPSG's")
    everything = 'select * from "{}"'.format(table.replace('"', '""'))  # a name of the file's own, quoted  # nosec B608
    cursor = database.execute(everything)
    names = [column[0] for column in cursor.description]
    if geometry not in names:
        raise UnreadableFileError(f"layer {table!r} has no column {geometry!r}")
    kinds: Counter[str] = Counter()
    records = list(read_features(cursor, names, names.index(geometry), kinds))
    columns = [name for name in names if name != geometry]
    return RecordFile("geopackage", columns, records, epsg, [f"layer {table}", *note_shapes(kinds)])


def read_features(
    rows: Iterable[Sequence[object]], names: Sequence[str], place: int, kinds: Counter[str]
) -> Iterable[Record]:
    """Read rows one by one."""
    for line, row in enumerate(rows, 1):
        if line > MOST_RECORDS:
            raise UnreadableFileError(f"more than {MOST_RECORDS} features: cut the file")
        cells = {name: plain(value) for name, value in zip(names, row, strict=True) if name != names[place]}
        blob = row[place]
        if blob is None:
            yield Record(line, cells)
            continue
        try:
            kind, point = point_of_blob(blob if isinstance(blob, bytes) else b"")
        except ValueError as error:
            yield Record(line, cells, fault=str(error))
            continue
        kinds[kind] += 1
        yield Record(line, cells, point)


def plain(value: object) -> Cell:
    """Give a cell; bytes are nothing that an attribute could hold."""
    return value if isinstance(value, str | int | float | None) else None
