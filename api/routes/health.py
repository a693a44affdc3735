"""`/v1/health`: whether the API can do its work. Needs no key."""

import asyncio
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from psycopg import OperationalError
from psycopg.errors import UndefinedTable
from pydantic import BaseModel

from api.paging import json_response
from store.errors import OutdatedSchemaError
from store.listing import list_territories
from store.reader import Pool, limited

router = APIRouter(prefix="/v1", tags=["platform"])
PATIENCE_S = 3.0


class Health(BaseModel):
    """Whether the API can do its work, and what is wrong."""

    status: Literal["ok", "down"]
    version: str
    causes: list[str]


@router.get("/health", response_model=Health, responses={503: {"model": Health}})
async def health(request: Request) -> Response:
    """Say `ok`, or what is wrong with status 503."""
    causes = await find_causes(request.app.state.pool)
    body = {"status": "down" if causes else "ok", "version": vigie_version(), "causes": causes}
    response = json_response(body)
    response.status_code = 503 if causes else 200
    return response


async def find_causes(pool: Pool) -> list[str]:
    """Try to read as any request would."""
    try:
        async with asyncio.timeout(PATIENCE_S), limited(pool, ()) as connection:
            await list_territories(connection, after=0, n=1)
            return []
    except (UndefinedTable, OutdatedSchemaError):
        return ["the database is not migrated: run `vigie migrate`"]
    except (OperationalError, TimeoutError):
        return ["the database does not answer"]


def vigie_version() -> str:
    """Give the version that is installed."""
    try:
        return version("vigie")
    except PackageNotFoundError:
        return "not installed"
