"""From a block of lines to values with their keys: what a file says, checked, before the store is asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.backfill.civil import RepeatedHour
from ingest.backfill.clock import Clock, Instants
from ingest.backfill.gate import ACCEPTED, CODE, REASONS, Reasons, judge_times, judge_values
from ingest.backfill.layout import Layout, ValueColumn
from ingest.backfill.table import Block
from ingest.backfill.texts import Texts, combine, number_texts, same_text
from sensors.instant import EPOCH, MICROSECOND
from sensors.rejection import Reason, shown
from sensors.topic import CHANNEL_PATTERN
from store.intake import Floats, Times
from store.loads import N_KEPT, RefusedLine

CHANNEL = re.compile(f"(?:{CHANNEL_PATTERN})?")


class Key(NamedTuple):
    """Whose value it is, as the file names it."""

    territory: str
    device: str
    channel: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read; with the file's bytes, this is the identity of a load.

    `columns`, `constants` and `quantities` are those of `layout.Wish`. `time_zone` is that of times without an offset,
    `time_format` "iso", "unix", "unix_ms" or a pattern of strptime. `separator` and `encoding` are those of a CSV.
    `preset` names a published layout; `only` are the devices that are read of it, all where empty, and `stamps` which
    end of a step its times are.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    quantities: Mapping[str, str] = field(default_factory=dict)
    time_zone: str | None = None
    time_format: str = "iso"
    repeated_hour: RepeatedHour = RepeatedHour.ORDER
    separator: str | None = None
    encoding: str = "utf-8"
    decimal_comma: bool = False
    preset: str | None = None
    only: tuple[str, ...] = ()
    stamps: str = "auto"


class Piece(NamedTuple):
    """The values of one column: `keys[codes[i]]` says whose value `i` is, `reasons[i]` why it is refused.

    `refused` are the first refused lines of each reason.
    """

    keys: list[Key]
    codes: npt.NDArray[np.int64]
    times_us: Times
    values: Floats
    lines: npt.NDArray[np.int64]
    reasons: Reasons
    refused: list[RefusedLine]
    n_repeated: int


class Values(NamedTuple):
    """The values of a block, as `Piece` has them.

    `n_uncut` lines could not be cut into cells. `end` is the block's last line, `share` (0 to 1) how much of the file
    is read.
    """

    keys: list[Key]
    codes: npt.NDArray[np.int64]
    times_us: Times
    values: Floats
    lines: npt.NDArray[np.int64]
    reasons: Reasons
    refused: list[RefusedLine]
    n_repeated: int
    n_uncut: int
    end: int
    share: float


class Reader:
    """Reads the blocks of one file in order: the hour that clocks show twice is told apart by what came before."""

    def __init__(self, layout: Layout, reading: Reading) -> None:
        zone = None if reading.time_zone is None else ZoneInfo(reading.time_zone)
        self._layout = layout
        self._clock = Clock(reading.time_format, zone, reading.repeated_hour)
        self._has_decimal_comma = reading.decimal_comma
        self._seen: set[tuple[Key, int]] = set()

    def read(self, block: Block) -> Values:
        """Read a block. Raises FileError where a column's type cannot be used at all."""
        instants = self._clock.read(self._column(block, "time"))
        pieces = [self._read_piece(block, column, instants) for column in self._layout.values]
        uncut = [RefusedLine(Reason.WRONG_SHAPE, line, shown(text)) for line, text in block.uncut[:N_KEPT]]
        whole = join(pieces)
        return Values(*whole._replace(refused=[*uncut, *whole.refused]), len(block.uncut), block.end, block.share)

    def _read_piece(self, block: Block, column: ValueColumn, instants: Instants) -> Piece:
        said, units = [self._said(block, name, column) for name in Key._fields], self._said(block, "unit", column)
        codes, names = combine(said)
        keys = [Key(*name) for name in names]
        times_us = instants.times_us.copy()
        self._tell_apart(keys, codes, times_us, instants.later_us)
        column_of_values = block.columns.column(column.column)
        judged = judge_values(column_of_values, said[3], units, decimal_comma=self._has_decimal_comma)
        of_times = judge_times(times_us, instants.is_read, (datetime.now(UTC) - EPOCH) // MICROSECOND)
        reasons = np.where(of_times == ACCEPTED, judged.reasons, of_times)
        is_odd = np.array([CHANNEL.fullmatch(key.channel) is None for key in keys], dtype=np.bool_)
        reasons[is_odd[codes] & (reasons == ACCEPTED)] = CODE[Reason.WRONG_SHAPE]
        there = np.flatnonzero(judged.is_there)
        odd = first_of_each(reasons, there)
        details = map(
            describe,
            (keys[code] for code in codes[odd].tolist()),
            self._column(block, "time").take(pa.array(odd)),
            column_of_values.take(pa.array(odd)),
            (units.names[code] for code in units.codes[odd].tolist()),
        )
        refused = [
            RefusedLine(REASONS[code - 1], line, detail)
            for code, line, detail in zip(reasons[odd].tolist(), block.lines[odd].tolist(), details, strict=True)
        ]
        return Piece(
            keys,
            codes[there],
            times_us[there],
            judged.values[there],
            block.lines[there],
            reasons[there],
            refused,
            int(np.count_nonzero(instants.later_us[there])),
        )

    def _said(self, block: Block, name: str, column: ValueColumn) -> Texts:
        """Give what the lines say of a field, or what holds for the whole column."""
        n_lines = block.columns.num_rows
        if name in ("channel", "quantity", "unit") and (own := getattr(column, name)) is not None:
            return same_text(own, n_lines)
        if name in self._layout.constants:
            return same_text(self._layout.constants[name], n_lines)
        if name in self._layout.columns:
            return number_texts(self._column(block, name))
        return same_text("", n_lines)

    def _column(self, block: Block, name: str) -> pa.Array:
        return block.columns.column(self._layout.columns[name])

    def _tell_apart(self, keys: list[Key], codes: npt.NDArray[np.int64], times_us: Times, later_us: Times) -> None:
        """In the hour that clocks show twice, let what a series says again be the second."""
        for index in np.flatnonzero(later_us).tolist():
            said = keys[codes[index]], int(times_us[index])
            if said in self._seen:
                times_us[index] += later_us[index]
            self._seen.add(said)


def join(pieces: Sequence[Piece]) -> Piece:
    """Put the values of several columns one after another."""
    keys: list[Key] = []
    codes = []
    for piece in pieces:
        codes.append(piece.codes + len(keys))
        keys += piece.keys
    return Piece(
        keys,
        np.concatenate(codes),
        np.concatenate([piece.times_us for piece in pieces]),
        np.concatenate([piece.values for piece in pieces]),
        np.concatenate([piece.lines for piece in pieces]),
        np.concatenate([piece.reasons for piece in pieces]),
        [line for piece in pieces for line in piece.refused],
        sum(piece.n_repeated for piece in pieces),
    )


def first_of_each(reasons: Reasons, there: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """Give the first values of each reason, in the order of their lines."""
    of_there = reasons[there]
    found = [there[np.flatnonzero(of_there == code)[:N_KEPT]] for code in np.unique(of_there) if code != ACCEPTED]
    return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *found]))


def describe(key: Key, time: pa.Scalar, value: pa.Scalar, unit: str) -> str:
    """Write what a line says, to be found and mended."""
    name = f"{key.channel}/{key.quantity}" if key.channel else key.quantity
    parts = (key.territory, key.device, str(time), name, f"{value} {unit}".strip())
    return shown(", ".join(part for part in parts if part))
