"""`/signaler/{territory}`: the form on which anybody reports a fault, for people and without a key."""

from math import isfinite
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.citizen.page import HEADERS, write_form, write_instant, write_nowhere, write_state
from api.citizen.texts import choose_language
from api.errors import ProblemError
from api.posting import read_body
from api.routes.citizen_reports import ANYBODY, require_desk, take, wait_of
from sensors.citizen import KINDS, Kind
from sensors.language import Language
from store.citizen_reports import CitizenReport, Desk, find_state

router = APIRouter(include_in_schema=False)

Slug = Annotated[str, Path(pattern="^[a-z0-9-]{1,63}$")]
Asked = Annotated[str | None, Query(alias="lang", max_length=10)]
FIELDS = ("kind", "asset", "place", "latitude", "longitude", "note")
MOST_BYTES = 20_000
LONGEST_NOTE, LONGEST_PLACE, LONGEST_ASSET = 500, 200, 100


@router.get("/signaler/{territory}")
async def form(
    request: Request,
    territory: Slug,
    lang: Asked = None,
    ref: Annotated[str | None, Query(max_length=20)] = None,
    asset: Annotated[str, Query(max_length=LONGEST_ASSET)] = "",
) -> Response:
    """Show the form, or how far a report is; `asset` fills in a number, so that a code on a lamp can lead here."""
    language = choose_language(lang, request.headers.get("accept-language", ""))
    desk = await open_desk_of(request, territory)
    if desk is None:
        return answer(write_nowhere(language), 404)
    if ref is None:
        return answer(write_form(desk.name, language, {"asset": asset}))
    row = await find_state(request.app.state.pool, territory, ref)
    local_time = "" if row is None else write_instant(row["reported_at"], language)
    return answer(write_state(desk.name, language, row, local_time), 404 if row is None else 200)


@router.post("/signaler/{territory}")
async def send(request: Request, territory: Slug, lang: Asked = None) -> Response:
    """Take what was filled in and lead to its page; what is wrong is said on the form, where all stays filled in."""
    language = choose_language(lang, request.headers.get("accept-language", ""))
    desk = await open_desk_of(request, territory)
    if desk is None:
        return answer(write_nowhere(language), 404)
    filled = read_fields(await read_body(request, MOST_BYTES))
    if faults := find_faults(filled):
        return answer(write_form(desk.name, language, filled, faults), 422)
    if wait_of(request, territory):
        return answer(write_form(desk.name, language, filled, ["fault_often"]), 429)
    row = await take(request, territory, read_report(filled, language), ANYBODY)
    return RedirectResponse(f"/signaler/{territory}?ref={row['reference']}&lang={language}", 303, HEADERS)


async def open_desk_of(request: Request, territory: str) -> Desk | None:
    """Give the desk of a territory that takes reports from anybody, if it does."""
    try:
        return await require_desk(request, territory)
    except ProblemError:
        return None


def read_fields(body: bytes) -> dict[str, str]:
    """Read the fields of a form; what is no form has none."""
    try:
        found = parse_qs(body.decode(), max_num_fields=50)
    except ValueError:
        found = {}
    return {name: found[name][0].replace("\x00", "").replace("\r\n", "\n").strip() for name in FIELDS if name in found}


def find_faults(filled: dict[str, str]) -> list[str]:
    """Name what is wrong with a form, in its order."""
    faults = [] if filled.get("kind") in KINDS else ["fault_kind"]
    texts = [filled.get(name, "") for name in ("latitude", "longitude")]
    if any(texts) and None in (read_degrees(texts[0], 90), read_degrees(texts[1], 180)):
        faults.append("fault_position")
    elif not (any(texts) or filled.get("asset") or filled.get("place")):
        faults.append("fault_where")
    if len(filled.get("note", "")) > LONGEST_NOTE:
        faults.append("fault_note")
    return faults


def read_degrees(text: str, most: float) -> float | None:
    """Read degrees, also with a decimal comma; None where they cannot be."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if isfinite(found) and abs(found) <= most else None


def read_report(filled: dict[str, str], language: Language) -> CitizenReport:
    """Read a form without faults."""
    kind: Kind = next(kind for kind in KINDS if kind == filled["kind"])
    return CitizenReport(
        kind,
        filled.get("asset", "")[:LONGEST_ASSET],
        read_degrees(filled.get("longitude", ""), 180),
        read_degrees(filled.get("latitude", ""), 90),
        filled.get("place", "")[:LONGEST_PLACE],
        filled.get("note", ""),
        language,
    )


def answer(page: str, status: int = 200) -> Response:
    """Send a page."""
    return HTMLResponse(page, status, HEADERS)
