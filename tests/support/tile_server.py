"""Map tiles from a process of their own: `python -m tests.support.tile_server PORT`, each of one colour."""

import re
import struct
import sys
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PLACE = re.compile(r"/(\d+)/(\d+)/(\d+)\.png")
SIDE_PX = 256


def main() -> None:
    """Serve until told to stop."""
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Tiles).serve_forever()


class Tiles(BaseHTTPRequestHandler):
    """Answers `/z/x/y.png`."""

    def do_GET(self) -> None:
        found = PLACE.fullmatch(self.path)
        body = picture(*map(int, found.groups())) if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay silent."""


def picture(z: int, x: int, y: int) -> bytes:
    """Draw a tile in a pale colour of its own."""
    row = b"\0" + bytes((200 + x % 50, 200 + y % 50, 230 - z)) * SIDE_PX
    header = struct.pack(">IIBBBBB", SIDE_PX, SIDE_PX, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * SIDE_PX)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, content) for name, content in parts)


def chunk(name: bytes, content: bytes) -> bytes:
    """Write a part of a PNG file."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


if __name__ == "__main__":
    main()
