"""Assets from CSV, GeoJSON and GeoPackage: the same assets from each, and what cannot be read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.asset_file import read_records
from sensors.asset_file.entry import AssetLine, RefusedLine, read_lines
from sensors.asset_file.record import UnreadableFileError
from sensors.asset_file.shape import is_inside, middle_of_polygon
from sensors.asset_file.wish import Wish, find_meaning
from tests.sensors.asset_file.files import HEADER, geopackage, wkb_line_z, wkb_point, wkb_polygon

X, Y = 853_570.0, 6_692_180.0  # in Dijon
TOWN = {"territory": "dijon", "type": "waste_container"}


def read(data: bytes, wish: Wish | None = None, layer: str | None = None) -> tuple[list[AssetLine], list[RefusedLine]]:
    """Read a file of the town's containers."""
    records = read_records(data, layer)
    return read_lines(records.records, find_meaning(records, wish or Wish(constants=TOWN)))


def collection(*features: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_the_three_formats_say_the_same_of_the_same_assets() -> None:
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    geometry = {"type": "Point", "coordinates": [X, Y, 240.0]}
    geojson = collection(feature(geometry, slug="pav-1", nom="Forges", capacity_l=3000), crs=named)
    csv = f"slug;nom;x;y;capacity_l\npav-1;Forges;{X:.2f};{Y:.2f};3000\n".replace(".", ",").encode("utf-8-sig")
    package = geopackage([("pav-1", "Forges", HEADER + wkb_point(X, Y))])
    wish = Wish(constants=TOWN, epsg=2154)
    (from_csv,), (from_json,), (from_package,) = (read(data, wish)[0] for data in (csv, geojson, package))
    assert (from_csv.longitude, from_csv.latitude) == (from_json.longitude, from_json.latitude)
    assert (from_csv.longitude, from_csv.latitude) == (from_package.longitude, from_package.latitude)
    assert from_csv.longitude is not None
    assert from_csv.latitude is not None
    assert (round(from_csv.longitude, 2), round(from_csv.latitude, 2)) == (5.03, 47.31)
    assert from_csv.attributes == from_json.attributes == {"capacity_l": 3000.0}
    assert [line.name for line in (from_csv, from_json, from_package)] == ["Forges"] * 3


def test_plane_columns_without_a_reference_system_are_refused_and_never_guessed() -> None:
    data = f"slug,x,y\na,{X},{Y}\n".encode()
    with pytest.raises(UnreadableFileError, match="EPSG:2154"):
        read(data)
    _, refused = read(f"slug,longitude,latitude\na,{X},{Y}\n".encode())
    assert "no longitude or latitude" in refused[0].reason
    assert "reference system" in refused[0].reason


def test_lines_that_cannot_be_used_say_why() -> None:
    lines, refused = read(
        b"slug,type,longitude,latitude,is_buried,capacity_l\n"
        b"a,waste_container,5,47,oui,\n"
        b"a,waste_container,5,47,oui,\n"
        b",waste_container,5,47,oui,\n"
        b"b,spaceship,5,47,,\n"
        b"c,waste_container,5,91,,\n"
        b"d,waste_container,5,47,perhaps,\n"
        b"e,waste_container,5,47,,much\n"
        b"f,waste_container\n",
        Wish(constants={"territory": "dijon"}),
    )
    assert [(line.slug, dict(line.attributes)) for line in lines] == [("a", {"is_buried": True})]
    assert [line.line for line in refused] == [3, 4, 5, 6, 7, 8, 9]
    for line, words in zip(
        refused,
        ("already", "slug must", "no asset type 'spaceship'", "'91'", "neither yes", "'much'", "fields"),
        strict=True,
    ):
        assert words in line.reason


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"name;type\n", "slug"),
        (b"slug;slug\n", "twice"),
        (b"\xff\xfe", "UTF-8"),
        (b"{]", "GeoJSON"),
        (b'{"type": "Feature", "features": []}', "FeatureCollection"),
        (b"SQLite format 3\x00" + bytes(200), "GeoPackage"),
        (b"slug,longitude\na,5\n", "come together"),
        (b"slug,x,y,longitude,latitude\n", "which with two"),
    ],
)
def test_files_that_cannot_be_read_say_why(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        read(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_a_sentence(data: bytes) -> None:
    for head in (b"", b"{", b"SQLite format 3\x00"):
        try:
            lines, refused = read(head + data)
        except UnreadableFileError:
            continue
        assert all(line.slug for line in lines)
        assert all(line.reason for line in refused)


def test_a_reference_system_that_is_not_read_or_contradicts_the_file_is_refused() -> None:
    package = geopackage([("a", "A", HEADER + wkb_point(X, Y))], epsg=27572)
    with pytest.raises(UnreadableFileError, match="27572 is not read"):
        read(package)
    with pytest.raises(UnreadableFileError, match="EPSG:2154, not EPSG:3947"):
        read(geopackage([("a", "A", None)]), Wish(constants=TOWN, epsg=3947))
    odd = collection(crs={"type": "name", "properties": {"name": "moon"}})
    with pytest.raises(UnreadableFileError, match="moon"):
        read(odd)


def test_a_geopackage_of_several_layers_needs_a_name_and_other_shapes_stand_at_one_point() -> None:
    square = [(X, Y), (X + 10, Y), (X + 10, Y + 10), (X, Y + 10), (X, Y)]
    rows = [
        ("point", "P", HEADER + wkb_point(X, Y, big=True)),
        ("square", "S", HEADER + wkb_polygon(square)),
        ("line", "L", HEADER + wkb_line_z((X, Y, 1.0), (X + 20, Y, 2.0))),
        ("none", "N", None),
        ("cut", "C", HEADER + wkb_point(X, Y)[:-1]),
        ("odd", "O", b"nothing"),
    ]
    data = geopackage(rows, layers=("a", "b"))
    with pytest.raises(UnreadableFileError, match="'a', 'b'"):
        read(data)
    lines, refused = read(data, layer="b")
    by_slug = {line.slug: line for line in lines}
    assert by_slug["none"].longitude is None
    assert [line.slug for line in refused] == ["cut", "odd"]
    middle = read(f"slug,x,y\ns,{X + 5},{Y + 5}\nl,{X + 10},{Y}\n".encode(), Wish(constants=TOWN, epsg=2154))[0]
    assert by_slug["square"].longitude == pytest.approx(middle[0].longitude, abs=1e-8)
    assert by_slug["line"].latitude == pytest.approx(middle[1].latitude, abs=1e-8)
    assert by_slug["point"].longitude != by_slug["square"].longitude


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=3, max_size=12))
def test_the_point_of_a_polygon_is_inside_or_one_of_its_corners(ring: list[tuple[float, float]]) -> None:
    point = middle_of_polygon([ring])
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    assert is_inside(point, ring) or min(xs) - 1e-9 <= point[0] <= max(xs) + 1e-9
    assert min(ys) - 1e-9 <= point[1] <= max(ys) + 1e-9


def test_what_was_taken_and_what_was_not_is_said() -> None:
    records = read_records(b"id_pav;Lib;lon;lat;Couleur\np1;Forges;5,03;47,32;vert\n")
    meaning = find_meaning(records, Wish({"slug": "id_pav", "name": "Lib"}, TOWN))
    assert meaning.ignored == ["Couleur"]
    assert "slug from 'id_pav'" in meaning.notes[0]
    lines, _ = read_lines(records.records, meaning)
    assert (lines[0].slug, lines[0].name, lines[0].longitude) == ("p1", "Forges", 5.03)
    with pytest.raises(UnreadableFileError, match="no column 'nothing'"):
        find_meaning(records, Wish({"slug": "nothing"}))
    with pytest.raises(UnreadableFileError, match="'colour' is no field"):
        find_meaning(records, Wish({"colour": "Couleur"}))
