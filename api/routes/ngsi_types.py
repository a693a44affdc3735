"""`/ngsi-ld/v1/types` and `/attributes`: what kinds of entities there are."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.ngsi.access import NgsiReader, NgsiRoute
from api.ngsi.discovery import describe_attribute, describe_attributes, describe_type, describe_types
from api.ngsi.media import read_flag, read_form, read_parameters

# Its bodies hang on contexts, which OpenAPI cannot describe: docs/reference/ngsi-ld.md.
router = APIRouter(prefix="/ngsi-ld/v1", tags=["ngsi-ld"], include_in_schema=False, route_class=NgsiRoute)


@router.get("/types")
@router.get("/types/")
async def list_types(request: Request, reader: NgsiReader) -> Response:
    """List the types of entities."""
    details = read_flag(read_parameters(request, {"details", "local"}), "details")
    form = await read_form(request, reader)
    return form.answer(await describe_types(reader, form.context, details=details))


@router.get("/types/{name:path}")
async def read_type(request: Request, reader: NgsiReader, name: str) -> Response:
    """Describe one type with its attributes."""
    read_parameters(request, {"local"})
    form = await read_form(request, reader)
    return form.answer(await describe_type(reader, form.context, name))


@router.get("/attributes")
@router.get("/attributes/")
async def list_attributes(request: Request, reader: NgsiReader) -> Response:
    """List the attributes of entities."""
    details = read_flag(read_parameters(request, {"details", "local"}), "details")
    form = await read_form(request, reader)
    return form.answer(await describe_attributes(reader, form.context, details=details))


@router.get("/attributes/{name:path}")
async def read_attribute(request: Request, reader: NgsiReader, name: str) -> Response:
    """Describe one attribute with the types that have it."""
    read_parameters(request, {"local"})
    form = await read_form(request, reader)
    return form.answer(await describe_attribute(reader, form.context, name))
