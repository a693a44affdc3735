"""The times of a column: text in ISO 8601 or by a pattern, Unix seconds, or timestamps, with or without a zone."""

from datetime import datetime, tzinfo
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.backfill.civil import Mask, RepeatedHour, Times, Zone
from ingest.errors import FileError
from sensors.instant import SECOND_US

UNIX_US = {"unix": SECOND_US, "unix_ms": 1000}
WITH_OFFSET = r"^\d{4}-\d\d-\d\d[ T]\d\d(?::\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)$"
WITHOUT_OFFSET = r"^\d{4}-\d\d-\d\d(?:[ T]\d\d(?::\d\d(?::\d\d(?:\.\d{1,9})?)?)?)?$"
UTC_US = pa.timestamp("us", tz="UTC")
NAIVE_US = pa.timestamp("us")


class Instants(NamedTuple):
    """Microseconds since 1970 UTC; what is not `is_read` is no time, or one that does not exist.

    `later_us` is what to add where clocks show the time twice and it is not known which of the two is meant, else 0.
    """

    times_us: Times
    is_read: Mask
    later_us: Times


class Clock:
    """Reads the times of one file.

    Parameters
    ----------
    pattern
        "iso", "unix", "unix_ms" or a pattern of strptime such as "%d/%m/%Y %H:%M".
    zone
        Of times without an offset; None: those are refused.
    """

    def __init__(self, pattern: str, zone: tzinfo | None, repeated_hour: RepeatedHour) -> None:
        self._pattern = pattern
        self._zone = None if zone is None else Zone(zone)
        self._repeated_hour = repeated_hour

    def read(self, column: pa.Array) -> Instants:
        """Read a column. Raises FileError where its type can be no time."""
        kind = column.type
        if pa.types.is_dictionary(kind):
            return self.read(column.dictionary_decode())
        if pa.types.is_timestamp(kind):
            plain = column.cast(pa.timestamp("us", tz=kind.tz), safe=False)
            return instants(plain) if kind.tz else self._localize(plain)
        if pa.types.is_date(kind):
            return self._localize(column.cast(NAIVE_US))
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            return self._from_numbers(column)
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise FileError(f"a column of {kind} holds no times")
        return self._from_text(column.cast(pa.string()))

    def _from_text(self, column: pa.Array) -> Instants:
        if self._pattern in UNIX_US:
            return self._from_numbers(read_numbers(column))
        if self._pattern == "iso":
            return self._from_iso(column)
        parsed = parse_texts(column, self._pattern)
        return instants(parsed) if parsed.type.tz else self._localize(parsed)

    def _from_iso(self, column: pa.Array) -> Instants:
        """Try the two ways that whole files are written in first, then read line by line what is mixed or broken."""
        for kind in (UTC_US, NAIVE_US):
            try:
                parsed = column.cast(kind)
            except pa.ArrowInvalid:
                continue
            return instants(parsed) if kind.tz else self._localize(parsed)
        column = pc.utf8_trim_whitespace(column)
        aware = instants(cast_where(column, WITH_OFFSET, UTC_US))
        naive = self._localize(cast_where(column, WITHOUT_OFFSET, NAIVE_US))
        return Instants(
            np.where(aware.is_read, aware.times_us, naive.times_us),
            aware.is_read | naive.is_read,
            np.where(aware.is_read, 0, naive.later_us),
        )

    def _from_numbers(self, column: pa.Array) -> Instants:
        factor = UNIX_US.get(self._pattern, SECOND_US)
        is_there = column.is_valid().to_numpy(zero_copy_only=False)
        if pa.types.is_integer(column.type):
            numbers = column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.float64)
        else:
            numbers = column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
        is_read = is_there & (np.abs(numbers) * factor < 2.0**62)  # NaN is not
        exact = np.where(is_read, numbers, 0.0) * factor
        return Instants(np.rint(exact).astype(np.int64), is_read, np.zeros(len(exact), dtype=np.int64))

    def _localize(self, column: pa.Array) -> Instants:
        """Put the zone on civil times."""
        civil = instants(column)
        if self._zone is None:
            return civil._replace(is_read=np.zeros_like(civil.is_read))
        first_us, second_us = self._zone.find_shifts(civil.times_us)
        is_twice = second_us < first_us
        is_read = civil.is_read & (second_us <= first_us)
        later_us = np.zeros_like(first_us)
        match self._repeated_hour:
            case RepeatedHour.REFUSE:
                is_read &= ~is_twice
            case RepeatedHour.SECOND:
                first_us = second_us
            case RepeatedHour.ORDER:
                later_us = np.where(is_twice, first_us - second_us, 0)
            case RepeatedHour.FIRST:
                pass
        return Instants(civil.times_us - first_us, is_read, later_us)


def instants(column: pa.Array) -> Instants:
    """Give timestamps in microseconds as numbers."""
    is_read = column.is_valid().to_numpy(zero_copy_only=False)
    times_us = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return Instants(times_us, is_read, np.zeros(len(times_us), dtype=np.int64))


def parse_texts(column: pa.Array, pattern: str) -> pa.Array:
    """Parse texts by a pattern of strptime, null where they do not fit.

    Raises
    ------
    FileError
        The pattern is none.
    """
    if "%f" in pattern or "%z" in pattern:  # unknown to Arrow, or read by it otherwise
        texts = column.dictionary_encode()
        moments = [parse_one(text, pattern) for text in texts.dictionary.to_pylist()]
        return pa.array(moments, UTC_US if "%z" in pattern else NAIVE_US).take(texts.indices)
    try:
        parsed = pc.strptime(column, format=pattern, unit="us", error_is_null=True)
    except pa.ArrowInvalid as error:
        raise FileError(f"{pattern!r} is no pattern of a time: {error}") from error
    # Arrow takes 31 February for 2 March.
    is_doubtful = pc.fill_null(pc.less_equal(pc.day(parsed), 3), False)
    texts = pc.if_else(is_doubtful, column, pa.scalar(None, pa.string())).dictionary_encode()
    wrong = [text for text in texts.dictionary.to_pylist() if parse_one(text, pattern) is None]
    return pc.if_else(pc.is_in(column, pa.array(wrong, pa.string())), pa.scalar(None, NAIVE_US), parsed)


def parse_one(text: str | None, pattern: str) -> datetime | None:
    """Parse one text, None where it does not fit."""
    try:
        return None if text is None else datetime.strptime(text, pattern)  # noqa: DTZ007  # the zone is put on later
    except ValueError:
        return None


def cast_where(column: pa.Array, pattern: str, kind: pa.DataType) -> pa.Array:
    """Cast the texts that look right, and give null for all others, those of no day of the calendar among them."""
    is_like = pc.match_substring_regex(column, pattern)
    chosen = pc.if_else(is_like, column, pa.scalar(None, pa.string()))
    nanoseconds = pa.timestamp("ns", tz=kind.tz)
    try:
        return chosen.cast(nanoseconds).cast(kind, safe=False)
    except pa.ArrowInvalid:
        return pa.array([cast_one(text, kind) for text in chosen.to_pylist()], kind)


def cast_one(text: str | None, kind: pa.DataType) -> object:
    """Cast one text, None where it names no instant."""
    try:
        return pa.scalar(text, pa.string()).cast(pa.timestamp("ns", tz=kind.tz)).cast(kind, safe=False).as_py()
    except pa.ArrowInvalid:
        return None


def read_numbers(column: pa.Array) -> pa.Array:
    """Read texts as numbers, null where they are none."""
    try:
        return column.cast(pa.float64())
    except pa.ArrowInvalid:
        is_like = pc.match_substring_regex(column, r"^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
        return pc.if_else(is_like, column, pa.scalar(None, pa.string())).cast(pa.float64())
