"""Import of assets from a CSV, GeoJSON or GeoPackage file: what it would change, and writing it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import SettingError
from sensors.asset_file import read_records
from sensors.asset_file.changes import AssetChange, Plan, plan_import
from sensors.asset_file.entry import read_lines
from sensors.asset_file.record import MOST_BYTES, UnreadableFileError
from sensors.asset_file.wish import Meaning, Wish, find_meaning
from store.asset_import import Connection, read_standing
from store.readers import list_territories

N_SHOWN = 50  # lines of each fate; the counts are of all


@dataclass(frozen=True, slots=True)
class AssetImport:
    """A file that was understood: its columns, and what it would change."""

    file: str
    format: str
    meaning: Meaning
    plan: Plan


def plan_file(connection: Connection, path: Path, wish: Wish, layer: str | None = None) -> AssetImport:
    """Read a file and compare it with what stands. Raises SettingError where the file cannot be read as a whole."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > MOST_BYTES:
        raise SettingError(f"{path} is larger than {MOST_BYTES >> 20} MB: cut it")
    try:
        records = read_records(data, layer)
        meaning = find_meaning(records, wish)
    except UnreadableFileError as error:
        raise SettingError(f"{path}: {error}") from error
    lines, refused = read_lines(records.records, meaning)
    known = frozenset(list_territories(connection))
    standing = read_standing(connection, sorted({line.territory for line in lines}))
    return AssetImport(str(path), records.format, meaning, plan_import(lines, refused, standing, known))


def account(found: AssetImport, least_moved_m: float) -> Iterable[str]:
    """Say what an import changes, line by line: refused, changed field by field, new."""
    yield from (f"{found.file}: {note}" for note in found.meaning.notes)
    if found.meaning.ignored:
        yield f"{found.file}: not read: {', '.join(found.meaning.ignored)}"
    plan = found.plan
    yield from cut([f"refused    line {line.line}: {line.slug or '-'}: {line.reason}" for line in plan.refused])
    yield from cut([text for change in plan.changes if change.fate == "changed" for text in tell_change(change)])
    yield from cut([f"new        {tell_new(change)}" for change in plan.changes if change.fate == "new"])
    far = sum((change.moved_m or 0.0) >= least_moved_m for change in plan.changes if change.moved_m)
    moved = f", {far} of them moved by {least_moved_m:g} m or more" if far else ""
    yield (
        f"{plan.count('new')} new, {plan.count('changed')} changed{moved}, "
        f"{plan.count('unchanged')} unchanged, {len(plan.refused)} refused"
    )


def tell_change(change: AssetChange) -> Iterable[str]:
    """Say what changes of one asset, a field a line."""
    for field in change.changes:
        yield f"changed    {change.asset.slug}: {field.field}: {shown(field.before)} -> {shown(field.after)}"
    if change.moved_m:
        yield f"moved      {change.asset.slug}: by {change.moved_m:.1f} m"


def tell_new(change: AssetChange) -> str:
    """Say what is new."""
    asset = change.asset
    place = "no position" if asset.longitude is None else f"{asset.longitude:.6f}, {asset.latitude:.6f}"
    return f"{asset.slug}: {asset.name} ({asset.type}), {place}"


def shown(value: object) -> str:
    """Write a value; none as a dash."""
    return "-" if value is None else str(value)


def cut(texts: Sequence[str]) -> Iterable[str]:
    """Give the first texts, and how many more there are."""
    yield from texts[:N_SHOWN]
    if len(texts) > N_SHOWN:
        yield f"{texts[0].split(' ', 1)[0]:<10} ... and {len(texts) - N_SHOWN} more"
