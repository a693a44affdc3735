"""`/v1/measurements.csv` and its like: all measurements of a choice of series over a span, as one file."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.bulk.gate import Gate
from api.bulk.question import Asked, Found, Question, find
from api.bulk.sending import Sending
from api.bulk.style import MEDIA_TYPES, TEXTS, Compression, Extension, Style
from api.errors import PROBLEMS, describe_problem
from api.security import require_key
from store.bulk import Opens
from store.keys import Key

router = APIRouter(prefix="/v1", tags=["bulk"])

MOST_ROWS = 50_000_000
FILES: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    200: {
        "description": "the file, as it is made",
        "content": {
            media_type: {"schema": {"type": "object" if name == "geojson" else "string"}}
            for name, media_type in MEDIA_TYPES.items()
        },
    },
    429: describe_problem(429),
}
French = Annotated[bool, Query(description="CSV for French spreadsheets: `;` between fields, decimal comma")]
Named = Annotated[bool, Query(description="each row also names territory, device, channel, quantity and unit")]


@router.get("/measurements.{extension}", responses=FILES, response_class=Response)
async def bulk(
    request: Request,
    extension: Annotated[Extension, Path()],
    key: Annotated[Key, Depends(require_key)],
    asked: Asked,
    french: French = False,
    names: Named = False,
) -> Response:
    """Give all measurements of the series chosen as one file, in order of time, raw, in constant memory.

    Without `series_id` these are all series that the other parameters leave. Text is compressed where `Accept-Encoding`
    names zstd or gzip. GeoJSON carries the place of the asset of which the series told at that instant.
    """
    gate: Gate = request.app.state.gate
    style = Style(extension, french, names, choose_compression(request, extension))
    gate.require_room()
    opens = gate.opens(key.territory_ids)
    async with opens() as connection:
        found = await find(connection, asked, MOST_ROWS, needs_places=extension == "geojson")
    await gate.note(key, request.url.path, describe(asked, found))
    return Sending(pieces(gate, opens, found, style), MEDIA_TYPES[extension], headers_of(style))


def choose_compression(request: Request, extension: Extension) -> Compression | None:
    """Choose among what the client takes; Parquet is compressed already, Arrow is to be mapped."""
    accepted = request.headers.get("accept-encoding", "")
    if extension not in TEXTS:
        return None
    return "zstd" if "zstd" in accepted else "gzip" if "gzip" in accepted else None


def headers_of(style: Style) -> dict[str, str]:
    """Say how the file is called and packed."""
    packed = {"Content-Encoding": style.compression} if style.compression else {}
    name = f'attachment; filename="measurements.{style.extension}"'
    return {"Content-Disposition": name, "Vary": "Accept-Encoding", **packed}


async def pieces(gate: Gate, opens: Opens, found: Found, style: Style) -> AsyncGenerator[bytes]:
    """Give the pieces of the file; what writes it is loaded now, for it is large."""
    from api.bulk.pipe import pieces_of

    with gate.running():
        async with aclosing(pieces_of(opens, found.wanted, found.subject(), style)) as made:
            async for piece, _ in made:
                yield piece


def describe(asked: Question, found: Found) -> dict[str, object]:
    """Say for the audit log what was asked for."""
    chosen = {name: value for name, value in asked.filters.items() if value not in (None, {})}
    return {
        "filters": chosen,
        "series": list(asked.series_ids or ()),
        "n_series": len(found.series),
        "from": asked.span[0].isoformat(),
        "to": asked.span[1].isoformat(),
    }
