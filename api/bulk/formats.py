"""The formats of bulk answers, by their extension: what begins a file, what a block becomes, what ends it."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from api.bulk.block import Block, Place, Subject
from api.bulk.style import NAMES, Style
from api.bulk.text import write_instants, write_lines, write_numbers
from sensors.spreadsheet import harmless


class Writer(Protocol):
    """Makes a file out of blocks, one piece after the other."""

    def begin(self) -> bytes: ...
    def write(self, block: Block) -> bytes: ...
    def end(self) -> bytes: ...


class Csv:
    """RFC 4180 in UTF-8 with a header; in French style `;` and a decimal comma."""

    def __init__(self, subject: Subject, style: Style) -> None:
        self._style = style
        self._separator, self._decimal = (";", ",") if style.is_french else (",", ".")
        self._names = Names(subject) if style.has_names else None

    def begin(self) -> bytes:
        names = NAMES if self._names else ()
        return (self._separator.join(("series_id", *names, "observed_at", "value")) + "\r\n").encode()

    def write(self, block: Block) -> bytes:
        separator = self._separator
        parts: list[Any] = [pc.cast(pa.array(block.series_ids), pa.string()), separator]
        if self._names:
            for name in NAMES:
                parts += [self._names.quoted(name, block, separator), separator]
        parts += [write_instants(block.times_us), separator, write_numbers(block.values, self._decimal), "\r"]
        return write_lines(*parts)

    def end(self) -> bytes:
        return b""


class JsonLines:
    """One JSON object a line."""

    def __init__(self, subject: Subject, style: Style) -> None:
        self._names = Names(subject) if style.has_names else None

    def begin(self) -> bytes:
        return b""

    def write(self, block: Block) -> bytes:
        parts: list[Any] = ['{"series_id":', pc.cast(pa.array(block.series_ids), pa.string())]
        if self._names:
            for name in NAMES:
                parts += [f',"{name}":', self._names.json(name, block)]
        return write_lines(
            *parts, ',"observed_at":"', write_instants(block.times_us), '","value":', or_null(block), "}"
        )

    def end(self) -> bytes:
        return b""


class GeoJson:
    """One FeatureCollection (RFC 7946): a measurement is a point where its asset stood; null where that is unknown."""

    def __init__(self, subject: Subject, style: Style) -> None:
        self._properties = {row["series_id"]: json_properties(row) for row in subject.series}
        self._places = subject.places
        self._is_first = True

    def begin(self) -> bytes:
        return b'{"type":"FeatureCollection","features":[\n'

    def write(self, block: Block) -> bytes:
        order = np.argsort(block.series_ids, kind="stable")
        ids, times = block.series_ids[order], block.times_us[order]
        heads = np.empty(len(ids), dtype=object)
        for first, last in runs_of(ids):
            series_id = int(ids[first])
            for begin, end, place in self._stays(series_id, times[first:last]):
                heads[first + begin : first + end] = self._head(series_id, place)
        heads_in_order = np.empty(len(ids), dtype=object)
        heads_in_order[order] = heads
        text = write_lines(
            ",",
            pa.array(heads_in_order, pa.string()),
            write_instants(block.times_us),
            '","value":',
            or_null(block),
            "}}",
        )
        if self._is_first and text:
            self._is_first = False
            return text[1:]
        return text

    def end(self) -> bytes:
        return b"]}\n"

    def _stays(self, series_id: int, times: Any) -> Iterator[tuple[int, int, Place | None]]:
        """Cut the ascending instants of a series at the begins and ends of its places."""
        done = 0
        for place in self._places.get(series_id, ()):
            begin, end = np.searchsorted(times, [place.from_us, place.to_us])
            begin = max(int(begin), done)
            if begin > done:
                yield done, begin, None
            if end > begin:
                yield begin, int(end), place
            done = max(int(end), begin)
        yield done, len(times), None

    def _head(self, series_id: int, place: Place | None) -> str:
        geometry = "null"
        if place and place.longitude is not None and place.latitude is not None:
            geometry = f'{{"type":"Point","coordinates":[{place.longitude!r},{place.latitude!r}]}}'
        asset_id = place.asset_id if place else "null"
        return (
            f'{{"type":"Feature","geometry":{geometry},"properties":{{{self._properties[series_id]},'
            f'"asset_id":{asset_id},"observed_at":"'
        )


class Table:
    """A table with a time zone, names as dictionaries, and what the series are; `open_file` says in which format."""

    def __init__(self, open_file: Callable[[Any, pa.Schema], Any], subject: Subject, style: Style) -> None:
        self._open_file = open_file
        self._names = Names(subject) if style.has_names else None
        self._drain = Drain()
        self._sink = pa.PythonFile(self._drain, mode="w")
        fields = [pa.field("series_id", pa.int32(), False)]
        if self._names:
            fields += [pa.field(name, pa.dictionary(pa.int32(), pa.string())) for name in NAMES]
        fields += [
            pa.field("observed_at", pa.timestamp("us", "UTC"), False),
            pa.field("value", pa.float64(), False),
        ]
        self._schema = pa.schema(fields, metadata={"vigie.series": json.dumps(list(map(dict, subject.series)))})
        self._writer: Any = None

    def begin(self) -> bytes:
        self._writer = self._open_file(self._sink, self._schema)
        return self._drain.take()

    def write(self, block: Block) -> bytes:
        columns: list[Any] = [pa.array(block.series_ids)]
        if self._names:
            columns += [self._names.dictionary(name, block) for name in NAMES]
        columns += [pa.array(block.times_us).view(pa.timestamp("us", "UTC")), pa.array(block.values)]
        self._writer.write_batch(pa.record_batch(columns, schema=self._schema))
        return self._drain.take()

    def end(self) -> bytes:
        self._writer.close()
        return self._drain.take()


def open_parquet(sink: Any, schema: pa.Schema) -> Any:
    """Begin a Parquet file, one row group a block, compressed with Zstandard."""
    return pq.ParquetWriter(sink, schema, compression="zstd", compression_level=1, write_statistics=True)


def open_arrow(sink: Any, schema: pa.Schema) -> Any:
    """Begin a file of Arrow IPC, also known as Feather: it can be mapped into memory, so it is not compressed."""
    return pa.ipc.new_file(sink, schema)


class Names:
    """What series are called, brought to the rows of a block by their place in the list of series."""

    def __init__(self, subject: Subject) -> None:
        self._ids = np.array([row["series_id"] for row in subject.series], dtype=np.int32)
        self._texts = {name: [row[name] for row in subject.series] for name in NAMES}
        self._made: dict[tuple[str, str], Any] = {}

    def dictionary(self, name: str, block: Block) -> Any:
        """Give a column that names each text once."""
        found = self._make(name, "dictionary", lambda: pa.array(self._texts[name]).dictionary_encode())
        places = pc.take(found.indices, pa.array(self._places(block)))
        return pa.DictionaryArray.from_arrays(places, found.dictionary)

    def json(self, name: str, block: Block) -> Any:
        """Give the texts as JSON writes them."""
        made = self._make(name, "json", lambda: pa.array([dump(text) for text in self._texts[name]], pa.string()))
        return pc.take(made, pa.array(self._places(block)))

    def quoted(self, name: str, block: Block, separator: str) -> Any:
        """Give the texts as a CSV file writes them."""
        made = self._make(
            name, "csv", lambda: pa.array([quote(text, separator) for text in self._texts[name]], pa.string())
        )
        return pc.take(made, pa.array(self._places(block)))

    def _places(self, block: Block) -> Any:
        return np.searchsorted(self._ids, block.series_ids)

    def _make(self, name: str, kind: str, make: Any) -> Any:
        if (name, kind) not in self._made:
            self._made[name, kind] = make()
        return self._made[name, kind]


class Drain:
    """A file that gives away what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: what is written is there."""

    def close(self) -> None:
        """Do nothing: what is written stays until it is taken."""

    def take(self) -> bytes:
        """Give what was written since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def runs_of(ids: Any) -> Iterator[tuple[int, int]]:
    """Give where each run of equal numbers begins and ends."""
    edges = [0, *(np.flatnonzero(np.diff(ids)) + 1).tolist(), len(ids)]
    yield from pairwise(edges)


def or_null(block: Block) -> Any:
    """Write values for JSON, which knows neither infinity nor what is no number."""
    finite = np.isfinite(block.values)
    texts = pc.cast(pa.array(block.values), pa.string())
    return texts if finite.all() else pc.if_else(pa.array(finite), texts, "null")


def json_properties(row: Mapping[str, Any]) -> str:
    """Write what is told of a series as members of an object."""
    return ",".join(f"{dump(name)}:{dump(row[name])}" for name in ("series_id", *NAMES))


def dump(value: object) -> str:
    """Write JSON as short as it goes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def quote(text: str | None, separator: str) -> str:
    """Write a text for CSV; what a spreadsheet would take for a formula gets an apostrophe before it."""
    if text is None:
        return ""
    safe = harmless(text)
    return '"' + safe.replace('"', '""') + '"' if any(mark in safe for mark in (separator, '"', "\n", "\r")) else safe


WRITERS: Mapping[str, Any] = MappingProxyType(
    {
        "csv": Csv,
        "jsonl": JsonLines,
        "geojson": GeoJson,
        "parquet": partial(Table, open_parquet),
        "arrow": partial(Table, open_arrow),
    }
)
