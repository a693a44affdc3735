"""`vigie rounds plan`: which containers are collected tomorrow, by which vehicle, in which order."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import services_given_or_embedded
from store.connect import connect

if TYPE_CHECKING:
    from analytics.rounds.day_plan import DayPlan

DAY = "%Y-%m-%d"


def plan(  # each argument is an option of the command line
    territory: Annotated[str, typer.Option(help="its slug")],
    fleet: Annotated[Path, typer.Option(help="JSON: depots, vehicles, assumptions; see docs/how-to/plan-rounds.md")],
    day: Annotated[datetime | None, typer.Option("--date", formats=[DAY], help="default: tomorrow")] = None,
    out: Annotated[Path | None, typer.Option(help="folder for GeoJSON, GPX and sheets, made if absent")] = None,
    distances: Annotated[
        str | None, typer.Option(help="FILE.csv, FILE.npz, osrm+http://..., valhalla+http://...; else estimated")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="for each waste stream; default: a fixed number of steps", min=0.1)
    ] = None,
) -> None:
    """Plan the rounds of a day for each waste stream, keep them for the API, and write them to a folder."""
    from analytics.rounds.fleet import read_fleet  # other commands need not wait for the models
    from analytics.rounds.job import Means, Order, plan_rounds
    from analytics.rounds.measuring import measure_by
    from analytics.rounds.problem import Effort
    from analytics.rounds.solver import solve

    known = read_fleet(fleet)
    means = Means(known, measure_by(distances, known.assumptions), solve)
    now = datetime.now(UTC)
    if day is not None and day.date() < now.date() - timedelta(days=1):
        raise SettingError(f"{day.date()} is over: rounds are planned for a day to come")
    order = Order(territory, None if day is None else day.date(), now, Effort(seconds))
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="rounds", autocommit=True) as connection,
    ):
        plans = plan_rounds(connection, order, means)
    for one in plans:
        tell(one)
        if out is not None:
            write(one, out)


def tell(plan: "DayPlan") -> None:
    """Say what was planned."""
    unknown = sum(left.reason in ("no_position", "level_not_known") for left in plan.left_out)
    typer.echo(
        f"{plan.day} {plan.waste_stream or '-'}: {len(plan.rounds)} rounds, {plan.n_stops} containers,"
        f" {plan.distance_km:.1f} km ({plan.distances}); {len(plan.left_out)} left out, of {unknown} of these too"
        f" little is known; {plan.solver}"
    )


def write(plan: "DayPlan", folder: Path) -> None:
    """Write a plan's files, named by day and stream."""
    from analytics.rounds.export import geojson, gpx
    from analytics.rounds.sheet import write_sheet

    folder.mkdir(parents=True, exist_ok=True)
    name = f"{plan.day}-{file_name(plan.waste_stream)}" if plan.waste_stream else str(plan.day)
    (folder / f"{name}.geojson").write_text(json.dumps(geojson(plan), ensure_ascii=False), encoding="utf-8")
    (folder / f"{name}.gpx").write_text(gpx(plan), encoding="utf-8")
    for language in ("fr", "en"):
        (folder / f"{name}.{language}.html").write_text(write_sheet(plan, language), encoding="utf-8")


def file_name(text: str) -> str:
    """Give a text as part of a file's name."""
    return "".join(letter if letter.isalnum() else "-" for letter in text)
