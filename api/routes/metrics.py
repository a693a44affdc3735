"""`/metrics`: the counters of this process for Prometheus. Needs a key that may read, as a `bearer_token`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.errors import PROBLEMS
from api.metrics import Metrics
from api.security import require_key
from store.keys import Key

router = APIRouter(tags=["platform"])
TEXT: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    200: {"description": "counters", "content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}},
}


@router.get("/metrics", responses=TEXT, response_class=Response)
async def metrics(request: Request, key: Annotated[Key, Depends(require_key)]) -> Response:
    """Give requests by route and status, their times, open streams, exports, and what was refused."""
    counters: Metrics = request.app.state.metrics
    return Response(counters.write(), media_type=CONTENT_TYPE_LATEST)
