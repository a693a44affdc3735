"""`/ngsi-ld/v1/jsonldContexts`: contexts that are kept here, so that none is ever fetched."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.ngsi.access import NgsiReader, NgsiRoute, NgsiWriter
from api.ngsi.context import CONTEXTS_PATH
from api.ngsi.contexts import add_context, describe_contexts, drop_context, serve_context
from api.ngsi.media import JSON, LD_JSON, read_flag, read_parameters

# Its paths hold whole addresses, which OpenAPI cannot describe: docs/reference/ngsi-ld.md.
router = APIRouter(prefix=CONTEXTS_PATH.rstrip("/"), tags=["ngsi-ld"], include_in_schema=False, route_class=NgsiRoute)


@router.get("")
@router.get("/")
async def list_all(request: Request, reader: NgsiReader) -> Response:
    """List contexts."""
    parameters = read_parameters(request, {"details", "kind"})
    details = read_flag(parameters, "details")
    found = await describe_contexts(request, reader, parameters.get("kind"), details=details)
    return Response(msgspec.json.encode(found), media_type=JSON)


@router.get("/{name:path}")
async def serve(request: Request, reader: NgsiReader, name: str) -> Response:
    """Give a context."""
    details = read_flag(read_parameters(request, {"details"}), "details")
    found = await serve_context(request, reader, name, details=details)
    return Response(msgspec.json.encode(found), media_type=JSON if details else LD_JSON)


@router.post("")
@router.post("/")
async def add(request: Request, editor: NgsiWriter) -> Response:
    """Keep a context."""
    read_parameters(request, ())
    name = await add_context(request, editor)
    return Response(status_code=201, headers={"Location": CONTEXTS_PATH + name})


@router.delete("/{name:path}")
async def drop(request: Request, editor: NgsiWriter, name: str) -> Response:
    """Delete a context."""
    reload = read_flag(read_parameters(request, {"reload"}), "reload")
    await drop_context(editor, name, reload=reload)
    return Response(status_code=204)
