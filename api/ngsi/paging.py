"""Writes a page of entities with the links to the pages beside it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from api.ngsi.asking import Query
from api.ngsi.media import GEO_JSON, Form
from api.ngsi.reading import Page
from api.ngsi.rendering import write_entity, write_feature


def answer_page(request: Request, form: Form, query: Query, page: Page) -> Response:
    """Write a page out."""
    headers = count_header(page.n_all)
    if form.media_type == GEO_JSON:
        features = [write_feature(one, query.style, query.geometry_property) for one in page.entities]
        body: Any = {"type": "FeatureCollection", "features": features}
    else:
        body = [write_entity(one, query.style) for one in page.entities]
    return with_links(form.answer(body, headers=headers), request, query, has_more=page.has_more)


def count_header(n_all: int | None) -> dict[str, str]:
    """Give the header that says how many there are, where that was asked for."""
    return {} if n_all is None else {"NGSILD-Results-Count": str(n_all)}


def with_links(response: Response, request: Request, query: Query, *, has_more: bool) -> Response:
    """Add where the pages before and behind are; what was posted is posted again there."""
    parameters = dict(request.query_params)
    links = [response.headers["link"]] if "link" in response.headers else []
    if query.offset and query.limit:
        links.append(page_link(request, parameters, max(query.offset - query.limit, 0), query.limit, "prev"))
    if has_more and query.limit:
        links.append(page_link(request, parameters, query.offset + query.limit, query.limit, "next"))
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


def page_link(request: Request, parameters: Mapping[str, str], offset: int, limit: int, rel: str) -> str:
    """Give the link to a page."""
    text = urlencode({**parameters, "offset": offset, "limit": limit})
    return f'<{request.url.path}?{text}>; rel="{rel}"'
