"""`/v1/work-orders`: what technicians are asked to do, from the opening to the verdict; as a list, CSV and history."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.bulk.gate import Gate
from api.errors import PROBLEMS, WRITE_PROBLEMS, ProblemError, describe_problem
from api.paging import Cursor, Limit, Page, after_id, json_response, next_cursor, next_link, page_response
from api.parameters import Id, IdempotencyKey, LongId, Territory
from api.security import Reader, WriterKey, require_key
from api.work_order_csv import write_csv
from api.work_order_models import (
    Closing,
    IfMatch,
    OrderEdit,
    OrderWish,
    WorkOrder,
    WorkOrderChange,
    asked_by,
    version_seen,
)
from api.work_order_writing import write
from store.keys import Key
from store.reader import Row
from store.work_order_lists import find_order, list_changes, list_orders
from store.work_orders import NewOrder, OrderChange, change_order, close_order, open_order

router = APIRouter(prefix="/v1", tags=["work"])

Number = Annotated[int, Path(ge=1, lt=2**63)]
StateChoice = Literal["open", "assigned", "planned", "started", "closed", "cancelled", "waiting", "all"]
VERSION_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **WRITE_PROBLEMS,
    **{status: describe_problem(status) for status in (412, 428)},
}
CSV_TYPE = "text/csv; charset=utf-8"
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {CSV_TYPE: {"schema": {"type": "string"}}}}}
HIDDEN = ("territory_id", "uid")


@router.get("/work-orders", response_model=Page[WorkOrder], responses={**PROBLEMS, **CSV})
async def work_orders(
    request: Request,
    key: Annotated[Key, Depends(require_key)],
    reader: Reader,
    territory: Territory = None,
    state: Annotated[StateChoice, Query(description="waiting: all that are neither closed nor cancelled")] = "waiting",
    asset_id: Id = None,
    incident_id: LongId = None,
    technician: Annotated[str | None, Query(max_length=100, pattern="^[^\\x00]*$")] = None,
    format: Literal["json", "csv"] = "json",  # noqa: A002 - a parameter's name
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List work orders, the newest first, as JSON or CSV."""
    filters = {
        "territory": territory,
        "state": state,
        "asset_id": asset_id,
        "incident_id": incident_id,
        "technician": technician,
    }
    rows = await list_orders(reader, filters, after=after_id(cursor), n=limit + 1)
    if format == "json":
        return page_response(request, rows, limit, ["work_order_id"])
    gate: Gate = request.app.state.gate
    await gate.note(key, request.url.path, filters)
    more = next_link(request, next_cursor(rows, limit, ["work_order_id"]))
    headers = {"Content-Disposition": 'attachment; filename="work-orders.csv"', **more}
    return Response(write_csv(rows[:limit]), headers=headers, media_type=CSV_TYPE)


@router.get("/work-orders/{work_order_id}", response_model=WorkOrder, responses=PROBLEMS)
async def work_order(reader: Reader, work_order_id: Number) -> Response:
    """Give a work order; its ETag is wanted as If-Match by whoever changes it."""
    row = await find_order(reader, work_order_id)
    if row is None:
        raise ProblemError(404, "there is no such work order that this key may see; list /v1/work-orders")
    return answer(row)


@router.get("/work-orders/{work_order_id}/history", response_model=Page[WorkOrderChange], responses=PROBLEMS)
async def history(
    request: Request, reader: Reader, work_order_id: Number, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List every change of a work order, the first first: when, who, by which key, and what differed."""
    rows = await list_changes(reader, work_order_id, after=min(after_id(cursor), 2**31 - 1), n=limit + 1)
    return page_response(request, rows, limit, ["version"])


@router.post("/work-orders", status_code=201, response_model=WorkOrder, responses=WRITE_PROBLEMS)
async def open_(request: Request, key: WriterKey, wish: OrderWish, idempotency_key: IdempotencyKey = None) -> Response:
    """Open a work order; needs the scope `write`. For an incident or finding there is one open order at a time."""
    if wish.incident_id is None and wish.finding_id is None:
        if not wish.title.strip():
            raise ProblemError(422, "title: say what is to be done, or name an incident or a finding")
        if wish.asset_id is None and wish.territory is None:
            raise ProblemError(422, "give one of incident_id, finding_id, asset_id, territory")
    new = NewOrder(**wish.model_dump(exclude={"who"}))
    asked = asked_by(key, wish.who, None, idempotency_key)
    return answer(await write(request, lambda connection: open_order(connection, new, asked)), 201)


@router.patch("/work-orders/{work_order_id}", response_model=WorkOrder, responses=VERSION_PROBLEMS)
async def change(
    request: Request,
    key: WriterKey,
    work_order_id: Number,
    edit: OrderEdit,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Assign, plan, start, cancel or edit a work order that is not done; needs the scope `write`."""
    fields = edit.model_dump(exclude_unset=True, exclude={"who", "move"})
    for name in ("title", "note", "severity", "planned_min"):
        if name in fields and fields[name] is None:
            raise ProblemError(422, f"{name}: cannot be taken away")
    asked = asked_by(key, edit.who, version_seen(if_match), idempotency_key)
    wanted = OrderChange(fields, edit.move)
    return answer(await write(request, lambda connection: change_order(connection, work_order_id, wanted, asked)))


@router.post("/work-orders/{work_order_id}/close", response_model=WorkOrder, responses=VERSION_PROBLEMS)
async def close(
    request: Request,
    key: WriterKey,
    work_order_id: Number,
    closing: Closing,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Close a work order with a verdict, which its findings get too; once more corrects it. Needs the scope `write`."""
    asked = asked_by(key, closing.who, version_seen(if_match), idempotency_key)
    outcome = closing.outcome()
    return answer(await write(request, lambda connection: close_order(connection, work_order_id, outcome, asked)))


def answer(row: Row, status: int = 200) -> Response:
    """Give a work order with its version as ETag."""
    shown = {name: value for name, value in row.items() if name not in HIDDEN}
    response = json_response(shown, {"ETag": f'"{row["version"]}"'})
    response.status_code = status
    return response
