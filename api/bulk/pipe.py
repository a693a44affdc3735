"""From slices to pieces of a file: the next slice is read while one is encoded in a thread; both are bounded."""

import asyncio
import zlib
from collections.abc import AsyncGenerator
from typing import Any, Protocol

import pyarrow as pa

from api.bulk.block import Subject, decode
from api.bulk.formats import WRITERS, Drain, Writer
from api.bulk.style import Compression, Style
from store.bulk import Opens, Slice, Wanted, read_slices

GZIP_LEVEL = 1  # three times as fast as the usual, files a tenth longer


async def pieces_of(opens: Opens, wanted: Wanted, subject: Subject, style: Style) -> AsyncGenerator[tuple[bytes, int]]:
    """Give the pieces of a file, each with the number of rows that went into it."""
    writer: Writer = WRITERS[style.extension](subject, style)
    pack = packer(style.compression)
    slices = read_slices(opens, wanted)
    ahead = asyncio.ensure_future(next_slice(slices))
    try:
        yield pack.pack(writer.begin()), 0
        while (found := await ahead) is not None:
            ahead = asyncio.ensure_future(next_slice(slices))
            yield await asyncio.to_thread(encode, writer, pack, found), found.n_rows
        yield pack.pack(writer.end()) + pack.end(), 0
    finally:
        ahead.cancel()
        await asyncio.gather(ahead, return_exceptions=True)  # its query has ended, its connection is given back
        await slices.aclose()


async def next_slice(slices: AsyncGenerator[Slice]) -> Slice | None:
    """Give the next slice, None at the end."""
    return await anext(slices, None)


def encode(writer: Writer, pack: "Packs", found: Slice) -> bytes:
    """Turn a slice into a piece of the file."""
    return pack.pack(writer.write(decode(found)))


class Packs(Protocol):
    """Compresses pieces, or leaves them as they are."""

    def pack(self, piece: bytes) -> bytes: ...
    def end(self) -> bytes: ...


class Plain:
    """Leaves pieces as they are."""

    def pack(self, piece: bytes) -> bytes:
        return piece

    def end(self) -> bytes:
        return b""


class Gzip:
    """RFC 1952."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(GZIP_LEVEL, wbits=31)

    def pack(self, piece: bytes) -> bytes:
        return self._packer.compress(piece)

    def end(self) -> bytes:
        return self._packer.flush()


class Zstandard:
    """RFC 8878."""

    def __init__(self) -> None:
        self._drain = Drain()
        self._stream: Any = pa.CompressedOutputStream(pa.PythonFile(self._drain, mode="w"), "zstd")

    def pack(self, piece: bytes) -> bytes:
        self._stream.write(piece)
        return self._drain.take()

    def end(self) -> bytes:
        self._stream.close()
        return self._drain.take()


def packer(compression: Compression | None) -> Packs:
    """Give what compresses a file."""
    return Gzip() if compression == "gzip" else Zstandard() if compression == "zstd" else Plain()
