"""Text formats, column by column: instants as RFC 3339 in UTC, numbers as short as they can be read back exactly."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.bulk.block import Floats, Ints, Times

DAY_S = 86_400
CLOCK = np.array([f"T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(DAY_S)], dtype="S9")
N_TRIED = 8192  # values that tell whether most of a column come again


def write_instants(times_us: Times, before: str = "", after: str = "") -> Any:
    """Write ascending instants as `2026-03-01T00:00:00Z`, with six decimals where there is a part of a second.

    What several rows share is written once. `before` and `after` are put around each.
    """
    is_new = np.diff(times_us, prepend=times_us[:1] - 1) != 0
    texts = write_each_instant(times_us[is_new], before, after)
    return texts if is_new.all() else pc.take(texts, pa.array(np.cumsum(is_new) - 1))


def write_each_instant(times_us: Times, before: str, after: str) -> Any:
    """Write instants one by one."""
    seconds, parts_us = np.divmod(times_us, 1_000_000)
    if not parts_us.any():
        return fixed_texts(before.encode(), dates_of(seconds), CLOCK[seconds % DAY_S], b"Z" + after.encode())
    texts = fixed_texts(before.encode(), dates_of(seconds), CLOCK[seconds % DAY_S])
    decimals = pc.utf8_lpad(pc.cast(pa.array(parts_us), pa.string()), 6, "0")
    ends = pc.if_else(pa.array(parts_us == 0), "Z", pc.binary_join_element_wise(".", decimals, "Z", ""))
    return pc.binary_join_element_wise(texts, ends, after, "")


def dates_of(seconds: Times) -> np.ndarray[Any, Any]:
    """Write the days of ascending instants as `2026-03-01`; few days stand in a slice, so each is written once."""
    days = seconds // DAY_S
    is_new = np.diff(days, prepend=days[:1] - 1) != 0
    written = np.datetime_as_string(days[is_new].astype("datetime64[D]")).astype("S10")
    texts: np.ndarray[Any, Any] = written[np.cumsum(is_new) - 1]
    return texts


def fixed_texts(*parts: np.ndarray[Any, Any] | bytes) -> Any:
    """Put columns of fixed lengths and fixed texts behind one another: the memory of a column of texts as it is."""
    columns = [(f"part_{index}", np.asarray(part)) for index, part in enumerate(parts) if len(part) or part != b""]
    rows = np.empty(max(column.size for _, column in columns if column.ndim), dtype=[(n, c.dtype) for n, c in columns])
    for name, column in columns:
        rows[name] = column
    width = rows.dtype.itemsize
    ends = np.arange(0, width * (len(rows) + 1), width, dtype=np.int32)
    return pa.StringArray.from_buffers(len(rows), pa.py_buffer(ends), pa.py_buffer(rows))


def write_ids(ids: Ints) -> Any:
    """Write whole numbers of which there are few, each once."""
    found = pa.array(ids).dictionary_encode()
    return pc.take(pc.cast(found.dictionary, pa.string()), found.indices)


def write_floats(values: Floats) -> Any:
    """Write numbers as short as they can be read back; where most come again, as of sensors with few digits, once each.

    By their bits, in which zeros of both signs differ.
    """
    tried = values[:N_TRIED]
    if 2 * pc.count_distinct(pa.array(tried.view(np.int64))).as_py() > len(tried):
        return pc.cast(pa.array(values), pa.string())
    found = pa.array(values.view(np.int64)).dictionary_encode()
    return pc.take(pc.cast(found.dictionary.view(pa.float64()), pa.string()), found.indices)


def write_numbers(values: Floats, decimal: str = ".") -> Any:
    """Write numbers; empty texts where there is none."""
    texts = write_floats(values)
    if decimal != ".":
        texts = pc.replace_substring(texts, ".", decimal)
    finite = np.isfinite(values)
    return texts if finite.all() else pc.if_else(pa.array(finite), texts, "")


def write_lines(*parts: Any, end: str = "\n") -> bytes:
    """Join columns and fixed texts line by line, each with its end, into one piece of text."""
    return text_of(pc.binary_join_element_wise(*parts, end, ""))


def text_of(lines: Any) -> bytes:
    """Give all texts of a column behind one another: they lie so in its memory already."""
    column = lines.combine_chunks() if isinstance(lines, pa.ChunkedArray) else lines
    if not len(column):
        return b""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32, count=len(column) + 1, offset=column.offset * 4)
    return bytes(memoryview(column.buffers()[2])[int(offsets[0]) : int(offsets[-1])])
