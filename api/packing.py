"""JSON answers worth it are sent compressed (RFC 9110, 8.4) to whoever says that he can read that."""

import asyncio
import re
import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Scope

LEAST_BYTES = 2_048  # below it a packet or two are saved, and the work is not
INLINE_BYTES = 32_768  # what is larger is compressed in a thread, beside the other requests
LEVEL = 1  # assets of a town: a tenth of the bytes, in a third of the time of the usual level
GZIP_WBITS = 31
# What holds a secret is never compressed: its length could tell of it beside text that somebody else chose (BREACH).
SECRET = frozenset({"/v1/session"})
QUALITY_NONE = re.compile(r";\s*q=0(\.0{0,3})?\s*(;|$)")


def is_packable(scope: Scope, body: bytes) -> bool:
    """Whether an answer is large enough to be compressed, and holds nothing secret."""
    return len(body) >= LEAST_BYTES and scope["path"] not in SECRET


def accepts_gzip(scope: Scope) -> bool:
    """Whether the client can read gzip: named, or by `*`, and not with `q=0`."""
    quality_by_coding = {}
    for part in ",".join(Headers(scope=scope).getlist("accept-encoding")).lower().split(","):
        coding, _, parameters = part.strip().partition(";")
        quality_by_coding[coding.strip()] = QUALITY_NONE.search(f";{parameters}") is None
    return quality_by_coding.get("gzip", quality_by_coding.get("*", False))


async def pack(body: bytes, headers: MutableHeaders) -> bytes:
    """Compress a body and say so in the headers."""
    packed = await asyncio.to_thread(compress, body) if len(body) > INLINE_BYTES else compress(body)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(packed))
    return packed


def compress(body: bytes) -> bytes:
    """Give the body as gzip (RFC 1952), without name and time."""
    return zlib.compress(body, LEVEL, GZIP_WBITS)
