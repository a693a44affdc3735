"""`/ngsi-ld/v1/temporal`: what was, as entities of the Smart Data Models and as clients wrote it."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.ngsi.access import NgsiReader, NgsiRoute, NgsiWriter
from api.ngsi.asking import JOINS, MANY, ONE, Query, as_parameters, read_query, refuse_joins
from api.ngsi.media import Form, context_of, read_document, read_form, read_parameters
from api.ngsi.paging import count_header, with_links
from api.ngsi.past import find_evolutions, read_evolution
from api.ngsi.past_editing import append_past, change_past_value, create_past, drop_past, drop_past_values
from api.ngsi.past_rendering import cut_short, write_evolution
from api.ngsi.refusal import bad
from api.ngsi.temporal import TEMPORAL, Past, posted_parameters, read_past
from api.routes.ngsi_operations import POSTED
from store.reader import Connection

MOST_VALUES_TOGETHER = 100_000  # of one attribute, read to be put together
# Its bodies hang on contexts, which OpenAPI cannot describe: docs/reference/ngsi-ld.md.
router = APIRouter(prefix="/ngsi-ld/v1/temporal", tags=["ngsi-ld"], include_in_schema=False, route_class=NgsiRoute)


@router.get("/entities")
@router.get("/entities/")
async def query_past(request: Request, reader: NgsiReader) -> Response:
    """Give a page of entities with the values they had in a time."""
    parameters = read_parameters(request, MANY | TEMPORAL | JOINS)
    refuse_joins(parameters)
    form = await read_form(request, reader)
    return await answer_query(request, reader, form, parameters)


async def answer_query(request: Request, reader: Connection, form: Form, parameters: Mapping[str, str]) -> Response:
    """Answer a question for the past of many entities. Raises ProblemError."""
    query = read_query(parameters, form, temporal=True)
    past = read_past(parameters, query.options, is_needed=True)
    n = request.app.state.n_temporal
    found, has_more = await find_evolutions(reader, query, past, n_read(past, n))
    page = found[query.offset : query.offset + query.limit]
    headers = count_header(len(found) if query.count else None)
    cut = None if past.shape == "aggregates" else cut_short(page, past, n)
    if cut is not None:
        headers["Content-Range"] = cut.content_range
    body = [write_evolution(one, query.style, past) for one in page]
    answer = form.answer(body, 200 if cut is None else 206, headers)
    return with_links(answer, request, query, has_more=has_more)


def n_read(past: Past, n: int) -> int:
    """Give how many values of each attribute are read: one more than are told, which shows that there are more."""
    if past.shape == "aggregates":
        return past.last_n or MOST_VALUES_TOGETHER
    return min(past.last_n, n + 1) if past.last_n is not None else n + 1


@router.get("/entities/{urn:path}")
async def read_one(request: Request, reader: NgsiReader, urn: str) -> Response:
    """Give the values that one entity had."""
    parameters = read_parameters(request, ONE | TEMPORAL | JOINS)
    refuse_joins(parameters)
    form = await read_form(request, reader)
    query: Query = read_query({**parameters, "local": "true"}, form, temporal=True)
    past = read_past(parameters, query.options, is_needed=False)
    n = request.app.state.n_temporal
    found = await read_evolution(reader, urn.rstrip("/"), query, past, n_read(past, n))
    cut = None if past.shape == "aggregates" else cut_short([found], past, n)
    headers = {} if cut is None else {"Content-Range": cut.content_range}
    return form.answer(write_evolution(found, query.style, past), 200 if cut is None else 206, headers)


@router.post("/entityOperations/query")
async def query_posted(request: Request, reader: NgsiReader) -> Response:
    """Answer a posted Query for the past."""
    parameters = read_parameters(request, POSTED)
    written = await read_document(request, reader)
    form = await read_form(request, reader)
    form = Form(form.media_type, await context_of(written, written.document, reader), form.context_in_body)
    asked = as_parameters(written.document, parameters)
    if "temporalQ" not in written.document:
        raise bad("a Query for the past has temporalQ with timerel and timeAt")
    more = posted_parameters(written.document)
    options = ",".join(filter(None, (asked.get("options"), more.pop("options", None))))
    return await answer_query(request, reader, form, {**asked, **more, **({"options": options} if options else {})})


@router.post("/entities")
@router.post("/entities/")
async def create(request: Request, editor: NgsiWriter) -> Response:
    """Write the past of an entity down."""
    return await create_past(request, editor)


@router.post("/entities/{urn:path}/attrs")
@router.post("/entities/{urn:path}/attrs/")
async def append(request: Request, editor: NgsiWriter, urn: str) -> Response:
    """Write more values of the past down."""
    return await append_past(request, editor, urn)


@router.patch("/entities/{urn:path}/attrs/{name:path}")
async def change(request: Request, editor: NgsiWriter, urn: str, name: str) -> Response:
    """Give one value of the past anew."""
    return await change_past_value(request, editor, urn, name)


@router.delete("/entities/{urn:path}/attrs/{name:path}")
async def drop_values(request: Request, editor: NgsiWriter, urn: str, name: str) -> Response:
    """Delete values of the past."""
    return await drop_past_values(request, editor, urn, name)


@router.delete("/entities/{urn:path}")
async def drop(request: Request, editor: NgsiWriter, urn: str) -> Response:
    """Delete the past of an entity."""
    return await drop_past(request, editor, urn)
