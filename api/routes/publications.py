"""`/v1/publications`: what administrators have published as open data, and withdraw."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import PROBLEMS, WRITE_PROBLEMS, ProblemError
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.parameters import Territory
from api.security import AdminKey, Reader
from api.thread import in_thread
from sensors.data_sets import DATA_SETS
from sensors.kpi import KPI_NAMES
from sensors.publication import CONTACT, LEAST_GROUP, LINE, NAME
from store.connect import connect
from store.publications import NewPublication, TakenError, add_publication, list_publications, withdraw
from store.technician import NotThereError, actor

router = APIRouter(prefix="/v1", tags=["open data"])

Slug = Annotated[str, Path(pattern=NAME)]
Line = Annotated[str, Field(pattern=LINE)]
StepName = Literal["hour", "day", "month", "none"]
FrequencyName = Literal["daily", "weekly", "monthly", "quarterly", "annual"]
LicenceName = Literal["lov2", "odbl", "cc-by", "cc0"]
FROM = timedelta(days=31)


class PublicationChoice(BaseModel):
    """What is to be published, how fine, under which licence, how often."""

    model_config = ConfigDict(extra="forbid")

    dataset: Literal[
        "parking_occupancy", "container_fill", "lighting_energy", "kpis", "mobility_counts", "car_parks"
    ] = Field(examples=["parking_occupancy"])
    publication: Annotated[str, Field(pattern=NAME)] | None = Field(
        None, description="its name in addresses; by default that of the data set"
    )
    title_fr: Line | None = None
    title_en: Line | None = None
    licence: LicenceName = "lov2"
    frequency: FrequencyName = "monthly"
    step: StepName | None = Field(None, description="how fine, as the data set allows; by default the finest it offers")
    least_group: Annotated[int, Field(ge=LEAST_GROUP, le=1000)] = LEAST_GROUP
    contact: Annotated[str, Field(pattern=CONTACT)] | None = None
    from_: date | None = Field(None, alias="from", description="first civil day; by default a month ago")
    kpis: Annotated[list[str], Field(max_length=200)] = Field([], description="of the data set kpis: those to show")


class NewName(BaseModel):
    """Where it will be, once `vigie analyse` has published it."""

    publication_id: int
    path: str


class Publication(BaseModel):
    """A publication, also before its first release and after its withdrawal."""

    publication_id: int
    territory: str
    publication: str
    dataset: str
    title_fr: str
    title_en: str
    licence: LicenceName
    frequency: FrequencyName
    step: StepName
    least_group: int
    contact: str | None
    from_on: date
    created_at: datetime
    created_by: str
    withdrawn_at: datetime | None
    withdrawn_because: str | None
    n_releases: int
    published_at: datetime | None


class Withdrawal(BaseModel):
    """Why something is published no longer; shown to all."""

    model_config = ConfigDict(extra="forbid")

    reason: Line


@router.get("/publications", response_model=Page[Publication], responses=PROBLEMS)
async def publications(
    request: Request, reader: Reader, territory: Territory = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List what the territories of the key publish, have published and are about to publish."""
    rows = await list_publications(reader, territory, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["publication_id"])


@router.post("/territories/{territory}/publications", status_code=201, response_model=NewName, responses=WRITE_PROBLEMS)
async def publish(request: Request, key: AdminKey, territory: Slug, choice: PublicationChoice) -> Response:
    """Have something published; needs the scope `admin`. `vigie analyse` publishes it within the minute."""
    new = new_publication(territory, choice)

    def work() -> int:
        with connect(request.app.state.database_url, program="api") as connection:
            return add_publication(connection, new, actor(key), key.territory_ids)

    try:
        number = await in_thread(work)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    except TakenError as error:
        raise ProblemError(409, str(error)) from error
    answer = json_response({"publication_id": number, "path": f"/open/datasets/{territory}/{new.slug}"})
    answer.status_code = 201
    return answer


@router.post(
    "/territories/{territory}/publications/{publication}/withdraw",
    status_code=204,
    response_class=Response,
    responses=WRITE_PROBLEMS,
)
async def withdraw_publication(
    request: Request, key: AdminKey, territory: Slug, publication: Slug, choice: Withdrawal
) -> Response:
    """Publish something no longer, from now on; needs the scope `admin`. The record of its releases stays."""

    def work() -> None:
        with connect(request.app.state.database_url, program="api") as connection:
            withdraw(connection, (territory, publication), choice.reason, actor(key), key.territory_ids)

    try:
        await in_thread(work)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    return Response(status_code=204)


def new_publication(territory: str, choice: PublicationChoice) -> NewPublication:
    """Complete and check a choice. Raises ProblemError."""
    dataset = DATA_SETS[choice.dataset]
    step = choice.step or dataset.steps[0]
    if step not in dataset.steps:
        raise ProblemError(422, f"step: {dataset.name} is told by {' or '.join(dataset.steps)}")
    if unknown := [kpi for kpi in choice.kpis if kpi not in KPI_NAMES]:
        raise ProblemError(422, f"kpis: there is no KPI {unknown[0]!r}")
    return NewPublication(
        territory,
        choice.publication or dataset.name.replace("_", "-"),
        dataset.name,
        choice.title_fr or dataset.title_fr,
        choice.title_en or dataset.title_en,
        choice.licence,
        choice.frequency,
        step,
        choice.least_group,
        choice.contact,
        choice.from_ or datetime.now(UTC).date() - FROM,
        tuple(choice.kpis),
    )
