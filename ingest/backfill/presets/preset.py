"""What a preset is, and the table of values that it makes of a whole file."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from ingest.backfill.table import Block, Table
from ingest.errors import FileError
from sensors.instant import EPOCH, MICROSECOND

SECOND = timedelta(seconds=1)
UTC_US = pa.timestamp("us", tz="UTC")


class Stamps(StrEnum):
    """Which end of its step the time of a mean value is; `auto`: as the file shows."""

    AUTO = "auto"
    BEGIN = "begin"
    END = "end"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who loads says beside the preset: the territory's zone, some devices only, the end of a step."""

    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    only: frozenset[str] = frozenset()
    stamps: Stamps = Stamps.AUTO


@dataclass(frozen=True, slots=True)
class Preset:
    """A published layout. `open` gives the file as a table with a header that Vigie understands."""

    name: str
    about: str
    open: Callable[[Path, Asked], AbstractContextManager[Table]]


class Value(NamedTuple):
    """One value of a file, with its line; `value` is a number as text, in `unit`."""

    line: int
    device: str
    at: datetime
    quantity: str
    value: str
    unit: str
    channel: str = ""


def table_of(values: Sequence[Value], notes: Iterable[str] = ()) -> Table:
    """Make a long table of one block, in the order of the lines.

    Raises
    ------
    FileError
        There are none.
    """
    if not values:
        raise FileError("the file holds no values that this preset reads")
    rows = sorted(values, key=lambda value: value.line)
    columns = pa.RecordBatch.from_arrays(
        [
            pa.array([(value.at - EPOCH) // MICROSECOND for value in rows], pa.int64()).cast(UTC_US),
            *(
                pa.array([getattr(value, name) for value in rows], pa.string())
                for name in ("device", "channel", "quantity", "unit", "value")
            ),
        ],
        names=["time", "device", "channel", "quantity", "unit", "value"],
    )
    lines = np.array([value.line for value in rows], dtype=np.int64)
    block = Block(columns, lines, (), int(lines[-1]), 1.0)
    return Table(columns.schema.names, iter([block]), list(notes))


class CivilClock:
    """Puts instants to civil times that come in order: in the hour that clocks show twice, going back is the second."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._last: dict[str, datetime] = {}

    def read(self, whose: str, civil: datetime) -> datetime:
        """Give the instant of a time without an offset; one with an offset says itself."""
        if civil.tzinfo is not None:
            return civil
        first, second = (civil.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        last = self._last.get(whose)
        is_second = (
            first.utcoffset() != second.utcoffset() and last is not None and first.timestamp() <= last.timestamp()
        )
        found = second if is_second else first
        self._last[whose] = found
        return found


def to_begin(at: datetime, step: timedelta) -> datetime:
    """Give the instant a step before, counted in true time."""
    return EPOCH + (at - EPOCH) - step
