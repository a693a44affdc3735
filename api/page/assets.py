"""Serves the built page at `/` and its files at `/static/...`, compressed where the browser takes it."""

import gzip
import html
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from api.page.tiles import Tiles
from api.page.worker import name_build

STATIC = Path(__file__).parent / "static"
TILES_PLACE = '<meta name="vigie-tiles" content="'
CREDIT_PLACE = '<meta name="vigie-tiles-credit" content="'
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


@dataclass(frozen=True, slots=True)
class Front:
    """What is served at the root: the page, its service worker, and the headers of both and of all files."""

    page: StaticFile
    worker: StaticFile | None
    headers: dict[str, str]


def mount(app: FastAPI) -> None:
    """Serve the page as it is built now, over the map tiles of `app.state.tiles`; without a build, `/` says with status
    503 how to make one."""
    file_by_name = read_files(STATIC)
    index, worker = file_by_name.pop("index.html", None), file_by_name.pop("worker.js", None)
    app.state.tiles = Tiles()

    @lru_cache(maxsize=1)
    def front_with(tiles: Tiles) -> Front | None:
        return make_front(index, worker, file_by_name, tiles) if index else None

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        front = front_with(request.app.state.tiles)
        if front is None:
            return HTMLResponse(NOT_BUILT, 503, page_headers(Tiles()))
        return respond(request, front.page, front.headers)

    @app.get("/worker.js", include_in_schema=False)
    async def service_worker(request: Request) -> Response:
        front = front_with(request.app.state.tiles)
        return respond(request, front.worker, front.headers) if front and front.worker else Response(status_code=404)

    @app.get("/static/{name}", include_in_schema=False)
    async def static(request: Request, name: str) -> Response:
        file, headers = file_by_name.get(name), page_headers(request.app.state.tiles)
        return respond(request, file, headers) if file else Response(status_code=404, headers=headers)


def make_front(
    index: StaticFile, worker: StaticFile | None, file_by_name: Mapping[str, StaticFile], tiles: Tiles
) -> Front:
    """Write into page and worker what depends on how the API was started."""
    headers, page = page_headers(tiles), with_tiles(index, tiles)
    if worker is None:
        return Front(page, None, headers)
    bodies = {f"/static/{name}": file.body for name, file in file_by_name.items()}
    body = name_build(worker.body, page.body, bodies, headers)
    return Front(page, with_body(worker, body), headers)


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


def page_headers(tiles: Tiles) -> dict[str, str]:
    """Harden the page: nothing but its own files, and images that it made, or of the tiles' host where there is one."""
    images = f"img-src 'self' data: blob: {tiles.host}".rstrip()
    policy = f"default-src 'self'; {images}; object-src 'none'; base-uri 'none'; form-action 'self'"
    return {
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    }


def with_tiles(index: StaticFile, tiles: Tiles) -> StaticFile:
    """Write the tiles' address and whom to name for them into the page."""
    body = index.body
    for place, text in ((TILES_PLACE, tiles.url), (CREDIT_PLACE, tiles.credit)):
        body = body.replace(place.encode(), (place + html.escape(text)).encode())
    return with_body(index, body)


def with_body(file: StaticFile, body: bytes) -> StaticFile:
    """Give the file with other content."""
    return StaticFile(body, gzip.compress(body, mtime=0), file.media_type, file.cache_control)


def respond(request: Request, file: StaticFile, headers: dict[str, str]) -> Response:
    """Send a file, compressed where the browser says it can read that."""
    is_compressed = "gzip" in request.headers.get("accept-encoding", "")
    own = {"Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
    if is_compressed:
        own["Content-Encoding"] = "gzip"
    body = file.compressed if is_compressed else file.body
    return Response(body, headers={**headers, **own}, media_type=file.media_type)
