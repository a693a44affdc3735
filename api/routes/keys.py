"""`/v1/key`: what the key of the request may do."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.paging import json_response
from api.security import known_key
from store.keys import Key, Role

router = APIRouter(prefix="/v1", tags=["who and what"], responses=PROBLEMS)


class KeyRights(BaseModel):
    """A key's name, and what it may do."""

    name: str
    role: Role
    scopes: list[str] = Field(examples=[["read", "write"]])


@router.get("/key", response_model=KeyRights)
async def rights(key: Annotated[Key, Depends(known_key)]) -> Response:
    """Say what the key of this request may do: its role, and the scopes `read`, `write`, `ingest`."""
    return json_response({"name": key.name, "role": key.role, "scopes": sorted(key.scopes)})
