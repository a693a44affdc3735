"""A file straight into the store: resumable, and the same file again changes nothing."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from ingest.backfill.layout import Wish, find_layout
from ingest.backfill.owners import Owners
from ingest.backfill.presets import find_preset
from ingest.backfill.presets.preset import Asked, Stamps
from ingest.backfill.reader import Reader, Reading
from ingest.backfill.table import BLOCK_VALUES, Table, open_table
from ingest.backfill.writer import BlockWriter
from ingest.errors import FileError
from store import loads
from store.intake import Connection, prepare_session
from store.loads import Load
from store.territory import find_territory

Item = TypeVar("Item")
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file's values; `refused` counts by reason. `was_finished`: an earlier run had loaded it all.

    `notes` are what its preset has to say of it.
    """

    load: Load
    refused: Mapping[str, int]
    was_finished: bool
    notes: Sequence[str] = ()


def load_file(
    connection: Connection,
    path: Path,
    reading: Reading,
    *,
    register_as: str | None = None,
    again: bool = False,
    on_progress: Progress | None = None,
) -> Report:
    """Load a file, or the rest of it where an earlier run was cut off.

    Parameters
    ----------
    connection
        Outside any transaction, not in autocommit; each block is a transaction.
    register_as
        Who registers devices that nobody knows; None: their values are refused.
    again
        Compare a file that was loaded already once more, such as after a device was registered.
    on_progress
        Called after each block with how much of the file is read (0 to 1).

    Raises
    ------
    FileError
        The file cannot be read or its columns not be understood; blocks that were written before stay.
    store.errors.BusyError
        Another session is loading it.
    """
    reading = with_zone(connection, reading)
    settings = settings_of(reading)
    digest = digest_of(path, settings)
    load = loads.open_load(connection, digest, path.name, settings)
    was_finished = load.finished_at is not None and not again
    if load.finished_at is not None and again:
        loads.begin_again(connection, load.load_id)
        load = replace(load, n_lines=0)
    connection.commit()
    notes: Sequence[str] = ()
    if not was_finished:
        prepare_session(connection)
        notes = load_blocks(connection, path, reading, load, register_as, on_progress)
        loads.finish_load(connection, load.load_id)
        connection.commit()
    refused = loads.read_refusals(connection, load.load_id)
    report = Report(loads.read_load(connection, digest), refused, was_finished, notes)
    connection.commit()
    return report


def load_blocks(
    connection: Connection,
    path: Path,
    reading: Reading,
    load: Load,
    register_as: str | None,
    on_progress: Progress | None,
) -> Sequence[str]:
    """Write the blocks that are not settled yet, while the next one is read; give what there is to say of the file."""
    writer = BlockWriter(connection, load.load_id, Owners(connection, register_as))
    with open_as(path, reading) as table:
        layout = find_layout(table.names, Wish(reading.columns, reading.constants, reading.quantities))
        reader = Reader(layout, reading)
        n_lines = max(1, BLOCK_VALUES // len(layout.values))
        parts = (part for block in table.blocks for part in block.cut(n_lines))
        for values in one_ahead(reader.read(part) for part in parts):
            # What an earlier run settled is read too: it tells apart the hour that clocks show twice.
            if values.end > load.n_lines:
                writer.write(values)
            if on_progress:
                on_progress(values.share)
        return list(dict.fromkeys(table.notes))


def open_as(path: Path, reading: Reading) -> AbstractContextManager[Table]:
    """Open a file as it is, or by its preset. Raises FileError."""
    if reading.preset is None:
        return open_table(path, reading.separator, reading.encoding)
    zone = ZoneInfo(reading.time_zone or "Europe/Paris")
    return find_preset(reading.preset).open(path, Asked(zone, frozenset(reading.only), Stamps(reading.stamps)))


def settings_of(reading: Reading) -> dict[str, Any]:
    """Give what identifies a load beside its bytes; what belongs to presets only where one is named."""
    settings: dict[str, Any] = msgspec.to_builtins(reading)
    if reading.preset is None:
        settings = {name: value for name, value in settings.items() if name not in ("preset", "only", "stamps")}
    return settings


def one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Make the next item in a thread while this one is used."""
    with ThreadPoolExecutor(1, thread_name_prefix="read") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def with_zone(connection: Connection, reading: Reading) -> Reading:
    """Take the time zone of the territory, where one is given for the whole file and no zone is."""
    if reading.time_zone is None and (slug := reading.constants.get("territory")):
        territory = find_territory(connection, slug)
        if territory is None:
            raise FileError(f"there is no territory {slug!r}")
        reading = replace(reading, time_zone=territory.time_zone)
    try:
        ZoneInfo(reading.time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise FileError(f"no time zone {reading.time_zone!r}; name one such as Europe/Paris") from error
    return reading


def digest_of(path: Path, settings: Mapping[str, Any]) -> str:
    """Digest a file and how it is read. Raises FileError."""
    try:
        with path.open("rb") as raw:
            digest = hashlib.file_digest(raw, "sha256")
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from error
    digest.update(msgspec.json.encode(settings, order="deterministic"))
    return digest.hexdigest()
