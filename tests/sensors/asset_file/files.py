"""Files of assets made for the tests: GeoPackages as their standard describes them, written by hand."""

import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing

Position = tuple[float, float]
HEADER = struct.pack("<2sBBi", b"GP", 0, 1, 2154)  # little endian, no envelope


def wkb_point(x: float, y: float, *, big: bool = False) -> bytes:
    """Write a point."""
    return struct.pack(">BIdd", 0, 1, x, y) if big else struct.pack("<BIdd", 1, 1, x, y)


def wkb_polygon(*rings: Sequence[Position]) -> bytes:
    """Write a polygon."""
    text = struct.pack("<BII", 1, 3, len(rings))
    for ring in rings:
        text += struct.pack("<I", len(ring)) + b"".join(struct.pack("<dd", *position) for position in ring)
    return text


def wkb_line_z(*positions: tuple[float, float, float]) -> bytes:
    """Write a line with heights."""
    return struct.pack("<BII", 1, 1002, len(positions)) + b"".join(struct.pack("<ddd", *each) for each in positions)


def geopackage(
    rows: Sequence[tuple[str, str, bytes | None]], *, epsg: int = 2154, layers: Sequence[str] = ("bornes",)
) -> bytes:
    """Write a GeoPackage whose layers hold (slug, name, geometry)."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(
            """
            create table gpkg_spatial_ref_sys (
                srs_name text, srs_id int primary key, organization text, organization_coordsys_id int);
            create table gpkg_contents (table_name text primary key, data_type text, identifier text, srs_id int);
            create table gpkg_geometry_columns (
                table_name text, column_name text, geometry_type_name text, srs_id int, z int, m int);
            """
        )
        database.execute("insert into gpkg_spatial_ref_sys values ('x', ?, 'EPSG', ?)", (epsg, epsg))
        for layer in layers:
            database.execute(f'create table "{layer}" (fid integer primary key, slug text, name text, geom blob)')
            database.execute("insert into gpkg_contents values (?, 'features', ?, ?)", (layer, layer, epsg))
            database.execute("insert into gpkg_geometry_columns values (?, 'geom', 'GEOMETRY', ?, 0, 0)", (layer, epsg))
            database.executemany(f'insert into "{layer}" (slug, name, geom) values (?, ?, ?)', rows)
        database.commit()
        return database.serialize()
