"""`/metrics`: the counters of this process for Prometheus. Needs a key that may read, as a `bearer_token`."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.errors import PROBLEMS
from api.health import Watch
from api.metrics import Metrics
from api.security import require_key
from store.backup_runs import BackupStanding
from store.keys import Key

router = APIRouter(tags=["platform"])
TEXT: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    200: {"description": "counters", "content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}},
}


@router.get("/metrics", responses=TEXT, response_class=Response)
async def metrics(request: Request, key: Annotated[Key, Depends(require_key)]) -> Response:
    """Give requests by route and status, their times, open streams, exports, what was refused, how backups stand."""
    counters: Metrics = request.app.state.metrics
    watch: Watch = request.app.state.watch
    if backups := (await watch.look()).backups:
        counters.show(dict(levels_of(backups)))
    return Response(counters.write(), media_type=CONTENT_TYPE_LATEST)


def levels_of(backups: BackupStanding) -> Iterator[tuple[tuple[str, str], float]]:
    """Give the instants (Unix seconds, 0: never) of the last that went well, and whether one fails since."""
    instants = {
        ("vigie_backup_written_timestamp_seconds", "When the last backup was written"): backups.backed_up_at,
        ("vigie_backup_restored_timestamp_seconds", "When one last came back whole on trial"): backups.drilled_at,
        ("vigie_backup_restored_made_timestamp_seconds", "The moment that this one holds"): backups.made_at,
    }
    for name, at in instants.items():
        yield name, at.timestamp() if at else 0.0
    yield ("vigie_backup_failing", "1: a backup or a drill failed since"), float(backups.failing_since is not None)
