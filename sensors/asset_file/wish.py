"""Which column of a file holds what of an asset: by its header, or as the person who imports it says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sensors.asset_file.lambert import is_known
from sensors.asset_file.record import RecordFile, UnreadableFileError
from sensors.types import asset_types

FIELDS = ("territory", "slug", "name", "type", "parent", "longitude", "latitude", "x", "y")
SPELLINGS = {"nom": "name", "lon": "longitude", "lat": "latitude"}
ATTRIBUTE = "attributes."
# Facts that KPIs read of an asset though no type lists them
OTHER_ATTRIBUTES = frozenset({"sector"})
WGS_84 = 4326


@dataclass(frozen=True, slots=True)
class Wish:
    """What is said about a file: `columns` by field, `constants` by field (the same for all lines).

    A field is one of FIELDS or `attributes.NAME`. `epsg` is the reference system of x and y, or of a file that states
    none.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    epsg: int | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which column holds each field, what is the same for all lines, the reference system, and what is not read."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    epsg: int
    ignored: Sequence[str]
    notes: Sequence[str]


def find_meaning(file: RecordFile, wish: Wish) -> Meaning:
    """Find out what the columns mean.

    Raises
    ------
    UnreadableFileError
        A field or column is not known, no column names the assets, or plane coordinates have no reference system.
    """
    for name in (*wish.columns, *wish.constants):
        require_field(name)
    for column in wish.columns.values():
        if column not in file.columns:
            raise UnreadableFileError(f"there is no column {column!r}; columns are {', '.join(file.columns)}")
    columns = dict(by_header(file.columns, set(wish.columns.values()))) | dict(wish.columns)
    columns = {name: column for name, column in columns.items() if name not in wish.constants}
    if "slug" not in columns and "id" in file.columns and file.format == "geojson":
        columns["slug"] = "id"
    if "slug" not in columns:
        raise UnreadableFileError(
            f"no column is called slug: say which one names the assets; columns are {', '.join(file.columns)}"
        )
    epsg = choose_epsg(file, wish, columns)
    ignored = [column for column in file.columns if column not in columns.values()]
    return Meaning(columns, wish.constants, epsg, ignored, notes_of(file, columns, epsg))


def require_field(name: str) -> None:
    """Refuse a field that assets do not have. Raises UnreadableFileError."""
    if name not in FIELDS and not (name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE)):
        raise UnreadableFileError(f"{name!r} is no field of an asset: {', '.join(FIELDS)} or {ATTRIBUTE}NAME")


def by_header(columns: Sequence[str], taken: set[str]) -> Iterable[tuple[str, str]]:
    """Give the columns that are called as a field, or as an attribute of some type of asset."""
    attributes = {found.name for kind in asset_types().values() for found in kind.attributes} | OTHER_ATTRIBUTES
    for column in columns:
        name = column.strip().lower()
        name = SPELLINGS.get(name, name)
        if column in taken:
            continue
        if name in FIELDS:
            yield name, column
        elif name in attributes:
            yield ATTRIBUTE + name, column
        elif name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
            yield name, column


def choose_epsg(file: RecordFile, wish: Wish, columns: Mapping[str, str]) -> int:
    """Give the reference system of the file's points; nothing is guessed. Raises UnreadableFileError."""
    if file.epsg is not None and wish.epsg is not None and file.epsg != wish.epsg:
        raise UnreadableFileError(f"the file says EPSG:{file.epsg}, not EPSG:{wish.epsg}")
    epsg = file.epsg or wish.epsg
    if has_plane(columns) and epsg is None:
        raise UnreadableFileError("columns x and y need a reference system, such as EPSG:2154 (Lambert-93)")
    if epsg is None:
        return WGS_84
    if not is_known(epsg):
        raise UnreadableFileError(
            f"EPSG:{epsg} is not read: WGS 84 (4326), Lambert-93 (2154), CC42 to CC50 (3942-3950)"
        )
    return epsg


def has_plane(columns: Mapping[str, str]) -> bool:
    """Say whether a file has x and y. Raises UnreadableFileError where it has only one, or degrees as well."""
    pairs = [("x", "y"), ("longitude", "latitude")]
    for one, other in pairs:
        if (one in columns) != (other in columns):
            raise UnreadableFileError(f"{one} and {other} come together or not at all")
    if "x" in columns and "longitude" in columns:
        raise UnreadableFileError("the file has x and y as well as longitude and latitude: say which with two of them")
    return "x" in columns


def notes_of(file: RecordFile, columns: Mapping[str, str], epsg: int) -> list[str]:
    """Say what was taken for what."""
    taken = ", ".join(name if name == column else f"{name} from {column!r}" for name, column in columns.items())
    where = "positions in degrees (WGS 84)" if epsg == WGS_84 else f"positions in EPSG:{epsg}"
    stated = ", as the file states" if file.epsg is not None else ""
    return [f"taken: {taken}", where + stated, *file.notes]
