"""A bare HTTP client for measurements: what it costs itself is little beside the server's part."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

LARGEST_LINE = 1 << 20


@dataclass(slots=True)
class Line:
    """A connection that is kept: one request after the other."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: str

    async def get(self, path: str) -> bytes:
        """Ask and give the body. Raises ConnectionError where the answer is no 200."""
        return b"".join([part async for part in self.parts(path)])

    async def parts(self, path: str) -> AsyncIterator[bytes]:
        """Ask and give the body as it comes."""
        self.writer.write(f"GET {path} HTTP/1.1\r\n{self.head}\r\n".encode())
        status = await self.reader.readline()
        length = await self._read_head()
        if b" 200 " not in status:
            raise ConnectionError(f"{path}: {status.decode()} {await self.reader.read(2000)!r}")
        if length is not None:
            yield await self.reader.readexactly(length)
            return
        while size := int(await self.reader.readline(), 16):
            yield await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)

    async def _read_head(self) -> int | None:
        length = None
        while (line := await self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return length


@asynccontextmanager
async def opened(address: str, key: str) -> AsyncIterator[Line]:
    """Connect, with a key."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=LARGEST_LINE)
    try:
        yield Line(reader, writer, f"Host: {place.netloc}\r\nAuthorization: Bearer {key}\r\n")
    finally:
        writer.close()
