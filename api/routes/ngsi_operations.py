"""`/ngsi-ld/v1/entityOperations`: many entities at once, and questions that are posted."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.ngsi.access import NgsiReader, NgsiRoute, NgsiWriter
from api.ngsi.asking import as_parameters, read_query
from api.ngsi.batch import create_many, drop_many, merge_many, update_many, upsert_many
from api.ngsi.media import Form, context_of, read_document, read_form, read_parameters
from api.ngsi.paging import answer_page
from api.ngsi.reading import read_page

POSTED = frozenset({"limit", "offset", "count", "options", "format", "local", "geometryProperty"})
# Its bodies hang on contexts, which OpenAPI cannot describe: docs/reference/ngsi-ld.md.
router = APIRouter(
    prefix="/ngsi-ld/v1/entityOperations", tags=["ngsi-ld"], include_in_schema=False, route_class=NgsiRoute
)


@router.post("/create")
async def create(request: Request, editor: NgsiWriter) -> Response:
    """Make entities."""
    return await create_many(request, editor)


@router.post("/upsert")
async def upsert(request: Request, editor: NgsiWriter) -> Response:
    """Make entities, or give those anew that are there."""
    return await upsert_many(request, editor)


@router.post("/update")
async def update(request: Request, editor: NgsiWriter) -> Response:
    """Give entities more attributes."""
    return await update_many(request, editor)


@router.post("/merge")
async def merge(request: Request, editor: NgsiWriter) -> Response:
    """Merge patches into entities."""
    return await merge_many(request, editor)


@router.post("/delete")
async def delete(request: Request, editor: NgsiWriter) -> Response:
    """Delete entities."""
    return await drop_many(request, editor)


@router.post("/query")
async def query(request: Request, reader: NgsiReader) -> Response:
    """Give a page of the entities that a posted Query means."""
    parameters = read_parameters(request, POSTED)
    written = await read_document(request, reader)
    form = await read_form(request, reader, geo=True)
    form = Form(form.media_type, await context_of(written, written.document, reader), form.context_in_body)
    asked = read_query(as_parameters(written.document, parameters), form)
    return answer_page(request, form, asked, await read_page(reader, asked))
