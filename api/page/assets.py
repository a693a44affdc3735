"""Serves the built page at `/` and its files at `/static/...`, compressed where the browser takes it."""

import gzip
import html
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

STATIC = Path(__file__).parent / "static"
TILES_PLACE = '<meta name="vigie-tiles" content="'
NOT_BUILT = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Vigie</title>
<p>La page n’est pas encore construite : lancez <code>python -m deploy.page</code>, puis redémarrez.</p>
<p lang="en">The page is not built yet: run <code>python -m deploy.page</code>, then start again.</p></html>"""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of the page with its compressed twin, and how long a browser may keep it."""

    body: bytes
    compressed: bytes
    media_type: str
    cache_control: str


def mount(app: FastAPI, tiles_url: str = "") -> None:
    """Serve the page as it is built now; without a build, `/` says with status 503 how to make one.

    `tiles_url` is the address of map tiles with `{z}`, `{x}`, `{y}`; empty for a plain ground.
    """
    file_by_name = read_files(STATIC)
    index = file_by_name.pop("index.html", None)
    headers = page_headers(tiles_url)

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        if index is None:
            return HTMLResponse(NOT_BUILT, 503, headers)
        return respond(request, with_tiles(index, tiles_url), headers)

    @app.get("/static/{name}", include_in_schema=False)
    async def static(request: Request, name: str) -> Response:
        file = file_by_name.get(name)
        return respond(request, file, headers) if file else Response(status_code=404, headers=headers)


def read_files(folder: Path) -> dict[str, StaticFile]:
    """Read all files of the built page; none where it is not built."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.name: read_file(path) for path in paths if path.is_file() and not path.name.startswith(".")}


def read_file(path: Path) -> StaticFile:
    """Read one file; a name that carries the hash of its content may be kept for ever."""
    body = path.read_bytes()
    cache_control = "public, max-age=31536000, immutable" if "-" in path.stem else "no-cache"
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(body, gzip.compress(body, mtime=0), media_type, cache_control)


def page_headers(tiles_url: str) -> dict[str, str]:
    """Harden the page: nothing but its own files, and images that it made, or of the tiles' host if there is one."""
    host = urlsplit(tiles_url)
    images = "img-src 'self' data: blob:" + (f" {host.scheme}://{host.netloc}" if host.netloc else "")
    policy = f"default-src 'self'; {images}; object-src 'none'; base-uri 'none'; form-action 'self'"
    return {
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    }


def with_tiles(index: StaticFile, tiles_url: str) -> StaticFile:
    """Write the tiles' address into the page."""
    if not tiles_url:
        return index
    filled = TILES_PLACE + html.escape(tiles_url)
    body = index.body.replace(TILES_PLACE.encode(), filled.encode())
    return StaticFile(body, gzip.compress(body, mtime=0), index.media_type, index.cache_control)


def respond(request: Request, file: StaticFile, headers: dict[str, str]) -> Response:
    """Send a file, compressed where the browser says it can read that."""
    is_compressed = "gzip" in request.headers.get("accept-encoding", "")
    own = {"Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
    if is_compressed:
        own["Content-Encoding"] = "gzip"
    body = file.compressed if is_compressed else file.body
    return Response(body, headers={**headers, **own}, media_type=file.media_type)
