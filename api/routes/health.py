"""`/v1/health`: whether the platform works, for everybody; `/v1/health/programs`: what is wrong, for engineers."""

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.health import Report, Watch
from api.paging import json_response
from api.security import require_key
from store.keys import Key
from store.program_health import PROGRAMS, Program

router = APIRouter(prefix="/v1", tags=["platform"])

Status = Literal["ok", "degraded"]


class Health(BaseModel):
    """Whether the platform works. What is wrong is told to those who can mend it."""

    status: Status


class HealthCause(BaseModel):
    """Why a program is not well."""

    cause: str = Field(examples=["absent", "hours_open", "disk"])
    sentence_fr: str
    sentence_en: str


class ProgramHealth(BaseModel):
    """How a program fares."""

    program: Program
    status: Status
    causes: list[HealthCause]


class PlatformHealth(BaseModel):
    """How all programs fare, and the version that answers."""

    status: Status
    version: str
    programs: list[ProgramHealth]


@router.get("/health", response_model=Health, responses={503: {"model": Health}})
async def health(request: Request) -> Response:
    """Say `ok` or `degraded`; with status 503 where this API cannot answer now."""
    report = await look(request)
    response = json_response({"status": status_of(report.causes)})
    response.status_code = 200 if report.can_answer else 503
    return response


@router.get("/health/programs", response_model=PlatformHealth, responses=PROBLEMS)
async def programs(request: Request, key: Annotated[Key, Depends(require_key)]) -> Response:
    """Say of database, broker, ingest, analyse and API what is not well; wants the role engineer."""
    report = await look(request)
    return json_response({"status": status_of(report.causes), "version": vigie_version(), "programs": describe(report)})


async def look(request: Request) -> Report:
    """Look, or remember."""
    watch: Watch = request.app.state.watch
    return await watch.look()


def status_of(causes: object) -> Status:
    """Put causes into one word."""
    return "degraded" if causes else "ok"


def describe(report: Report) -> list[dict[str, object]]:
    """Sort causes by program."""
    by_program = {
        program: [
            {"cause": found.cause, "sentence_fr": found.sentence_fr, "sentence_en": found.sentence_en}
            for found in report.causes
            if found.program == program
        ]
        for program in PROGRAMS
    }
    return [
        {"program": program, "status": status_of(causes), "causes": causes} for program, causes in by_program.items()
    ]


def vigie_version() -> str:
    """Give the version that is installed."""
    try:
        return version("vigie")
    except PackageNotFoundError:
        return "not installed"
