"""Text formats, column by column: instants as RFC 3339 in UTC, numbers as short as they can be read back exactly."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.bulk.block import Floats, Times

DAY_US = 86_400_000_000
CLOCK = np.array([f"T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(86_400)], dtype="S9")


def write_instants(times_us: Times) -> Any:
    """Write instants as `2026-03-01T00:00:00Z`, with six decimals where there is a part of a second."""
    seconds, parts_us = np.divmod(times_us, 1_000_000)
    texts = pc.cast(pa.array(join(dates_of(seconds), CLOCK[seconds % 86_400])), pa.string())
    if not parts_us.any():
        return pc.binary_join_element_wise(texts, "Z", "")
    decimals = pc.utf8_lpad(pc.cast(pa.array(parts_us), pa.string()), 6, "0")
    ends = pc.if_else(pa.array(parts_us == 0), "Z", pc.binary_join_element_wise(".", decimals, "Z", ""))
    return pc.binary_join_element_wise(texts, ends, "")


def dates_of(seconds: Times) -> np.ndarray[Any, Any]:
    """Write the days of instants as `2026-03-01`; few days stand in a slice, so each is written once."""
    days, place = np.unique(seconds // 86_400, return_inverse=True)
    written: np.ndarray[Any, Any] = np.datetime_as_string(days.astype("datetime64[D]")).astype("S10")
    return written[place]


def join(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Put texts of fixed lengths behind one another."""
    both = np.empty(len(left), dtype=[("left", left.dtype), ("right", right.dtype)])
    both["left"], both["right"] = left, right
    return both.view(f"S{left.itemsize + right.itemsize}")


def write_numbers(values: Floats, decimal: str = ".") -> Any:
    """Write numbers; empty texts where there is none."""
    texts = pc.cast(pa.array(values), pa.string())
    if decimal != ".":
        texts = pc.replace_substring(texts, ".", decimal)
    return texts if np.isfinite(values).all() else pc.if_else(pa.array(np.isfinite(values)), texts, "")


def write_lines(*parts: Any) -> bytes:
    """Join columns and fixed texts line by line, each with its end, into one piece of text."""
    lines = pc.binary_join_element_wise(*parts, "\n", "")
    return text_of(lines)


def text_of(lines: Any) -> bytes:
    """Give all texts of a column behind one another: they lie so in its memory already."""
    column = lines.combine_chunks() if isinstance(lines, pa.ChunkedArray) else lines
    if not len(column):
        return b""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32, count=len(column) + 1, offset=column.offset * 4)
    return bytes(memoryview(column.buffers()[2])[int(offsets[0]) : int(offsets[-1])])
