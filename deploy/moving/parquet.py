"""Long tables as Parquet, from and to the CSV that the database copies, a part at a time."""

import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

ARROW_TYPES = {
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double precision": pa.float64(),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"),
    "text": pa.string(),
}
BLOCK_BYTES = 8_000_000
PART_ROWS = 250_000


class BlockReader(io.RawIOBase):
    """A file of the blocks that an iterator gives."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self.blocks = blocks
        self.rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # any writable buffer
        """Fill the buffer as far as the present block goes."""
        while not self.rest:
            block = next(self.blocks, None)
            if block is None:
                return 0
            self.rest = memoryview(block)
        n = min(len(buffer), len(self.rest))
        buffer[:n] = self.rest[:n]
        self.rest = self.rest[n:]
        return n


def write_parquet(path: Path, blocks: Iterator[bytes], types: dict[str, str]) -> int:
    """Write CSV rows without a header, and give their number. `types` is what PostgreSQL calls each column's type."""
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in types.items()])
    source = io.BufferedReader(BlockReader(blocks), BLOCK_BYTES)
    n_rows = 0
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        if source.peek(1):
            reader = pyarrow.csv.open_csv(
                source,
                pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=list(types)),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=schema, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
                ),
            )
            for batch in reader:
                writer.write_batch(batch)
                n_rows += batch.num_rows
    return n_rows


def read_parts(path: Path) -> Iterator[bytes]:
    """Give the rows as CSV without a header, some at a time."""
    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(PART_ROWS):
            sink = io.BytesIO()
            pyarrow.csv.write_csv(batch, sink, pyarrow.csv.WriteOptions(include_header=False))
            yield sink.getvalue()
