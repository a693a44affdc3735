"""`/ngsi-ld/v1/entities`: what is, as entities of the Smart Data Models, and what clients write beside it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.ngsi.access import NgsiReader, NgsiRoute, NgsiWriter
from api.ngsi.asking import (
    JOINS,
    MANY,
    ONE,
    Query,
    read_attributes,
    read_choice,
    read_options,
    read_query,
    read_style,
    refuse_joins,
)
from api.ngsi.editing import (
    append_attributes,
    change_attribute,
    create_entity,
    drop_attribute,
    drop_entity,
    merge_entity,
    replace_attribute,
    replace_entity,
    update_attributes,
)
from api.ngsi.media import GEO_JSON, read_form, read_names, read_parameters
from api.ngsi.paging import answer_page
from api.ngsi.reading import read_one, read_page, shown_attributes
from api.ngsi.rendering import write_entity, write_feature
from api.ngsi.selection import read_types

# Its bodies hang on contexts, which OpenAPI cannot describe: docs/reference/ngsi-ld.md.
router = APIRouter(prefix="/ngsi-ld/v1/entities", tags=["ngsi-ld"], include_in_schema=False, route_class=NgsiRoute)


@router.get("")
@router.get("/")
async def query_entities(request: Request, reader: NgsiReader) -> Response:
    """Give a page of entities by type, id, attributes, condition and place."""
    parameters = read_parameters(request, MANY | JOINS)
    refuse_joins(parameters)
    form = await read_form(request, reader, geo=True)
    query = read_query(parameters, form)
    return answer_page(request, form, query, await read_page(reader, query))


@router.get("/{urn:path}")
async def read_entity(request: Request, reader: NgsiReader, urn: str) -> Response:
    """Give one entity."""
    urn = urn.rstrip("/")
    parameters = read_parameters(request, ONE | JOINS)
    refuse_joins(parameters)
    form = await read_form(request, reader, geo=True)
    attributes = read_attributes(read_names(parameters.get("attrs")), form.context)
    groups = read_types(parameters["type"], form.context) if "type" in parameters else None
    choice = read_choice(groups, [urn], None, temporal=False)
    style = read_style(parameters, form, attributes)
    entity = await read_one(reader, urn, Query(choice, style, attributes, options=read_options(parameters)))
    shown_attributes(form.context, entity, attributes)
    if form.media_type == GEO_JSON:
        name = form.context.expand(parameters.get("geometryProperty", "location"))
        return form.answer(write_feature(entity, style, name))
    return form.answer(write_entity(entity, style))


@router.post("")
@router.post("/")
async def create(request: Request, editor: NgsiWriter) -> Response:
    """Make an entity."""
    return await create_entity(request, editor)


@router.post("/{urn:path}/attrs")
@router.post("/{urn:path}/attrs/")
async def append(request: Request, editor: NgsiWriter, urn: str) -> Response:
    """Give an entity more attributes."""
    return await append_attributes(request, editor, urn)


@router.patch("/{urn:path}/attrs")
@router.patch("/{urn:path}/attrs/")
async def update(request: Request, editor: NgsiWriter, urn: str) -> Response:
    """Give attributes that an entity has anew."""
    return await update_attributes(request, editor, urn)


@router.patch("/{urn:path}/attrs/{name:path}")
async def change(request: Request, editor: NgsiWriter, urn: str, name: str) -> Response:
    """Change members of one attribute."""
    return await change_attribute(request, editor, urn, name)


@router.put("/{urn:path}/attrs/{name:path}")
async def replace_one(request: Request, editor: NgsiWriter, urn: str, name: str) -> Response:
    """Give one attribute anew."""
    return await replace_attribute(request, editor, urn, name)


@router.delete("/{urn:path}/attrs/{name:path}")
async def drop_one(request: Request, editor: NgsiWriter, urn: str, name: str) -> Response:
    """Delete one attribute, or one instance of it."""
    return await drop_attribute(request, editor, urn, name)


@router.put("/{urn:path}")
async def replace(request: Request, editor: NgsiWriter, urn: str) -> Response:
    """Give an entity all its attributes anew."""
    return await replace_entity(request, editor, urn)


@router.patch("/{urn:path}")
async def merge(request: Request, editor: NgsiWriter, urn: str) -> Response:
    """Merge what the body says into an entity."""
    return await merge_entity(request, editor, urn)


@router.delete("/{urn:path}")
async def drop(request: Request, editor: NgsiWriter, urn: str) -> Response:
    """Delete an entity; what was is kept for temporal questions."""
    return await drop_entity(request, editor, urn)
