"""`vigie kpi`: what a KPI would have been with other parameters, and what is not kept told when asked."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Column, Table

from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import services_given_or_embedded
from store.connect import connect
from store.inputs import Connection, Window
from store.registry import find_asset
from store.territory import find_territory

kpi = typer.Typer(help="KPIs: with other parameters, or of a single asset's day.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(kpi, name="kpi")


@kpi.callback()
def group() -> None:
    """KPIs: with other parameters, or of a single asset's day."""


@kpi.command("day")
def day_of_asset(
    territory: Annotated[str, typer.Option(help="slug of the territory")],
    asset: Annotated[str, typer.Option(help="slug of the asset")],
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="civil day; nights begin on it at noon")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Tell a single asset's figures of one day: of lamps, bays and containers only months are kept."""
    from analytics.asset_day import tell_asset_day  # other commands need not wait for NumPy

    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="kpi") as connection,
    ):
        place, asset_id = find_territory(connection, territory), find_asset(connection, territory, asset)
        if place is None or asset_id is None:
            raise SettingError(f"there is no asset {asset!r} in a territory {territory!r}")
        told = list(tell_asset_day(connection, place, asset_id, day.date()))
    if not told:
        raise SettingError(f"{asset} has no figure of {day:%Y-%m-%d}")
    if as_json:
        for one in told:
            print(json.dumps(asdict(one), default=str))
        return
    table = Table(Column("KPI", no_wrap=True), "from", "value", "low", "high", "unit", "completeness", "withheld")
    for one in told:
        figure = one.figure
        numbers = ("" if each is None else f"{each:g}" for each in (figure.value, figure.low, figure.high))
        known = "" if figure.completeness is None else f"{figure.completeness:.0%}"
        table.add_row(figure.kpi, f"{one.begins_at:%Y-%m-%dT%H:%MZ}", *numbers, figure.unit, known, figure.withheld)
    Console().print(table)


@kpi.command("what-if")
def what_if(
    territory: Annotated[str, typer.Option(help="slug of the territory")],
    month: Annotated[datetime, typer.Option(formats=["%Y-%m"], help="month whose fill levels are run again")],
    full_at: Annotated[list[float], typer.Option(help="threshold in %, may be given several times", min=1, max=120)],
    least_share: Annotated[
        float, typer.Option(help="drive from this share of a sector's containers on; 0: from one", min=0, max=1)
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Run a month's collection again: emptied from another fill level on, how many rounds, lifts, overflows?"""
    from analytics.collection.inputs import (
        read_collection,
        rerun_at,
        tracks_of,
    )  # other commands need not wait for NumPy

    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="kpi") as connection,
    ):
        inputs = read_collection(connection, window_of(connection, territory, month.date()))
    if not inputs.slots or not inputs.levels:
        raise SettingError(f"{territory} has no collection plan or no fill levels in {month:%Y-%m}")
    runs = rerun_at(inputs, tracks_of(inputs), full_at, least_share)
    if as_json:
        for run in runs:
            print(json.dumps(asdict(run)))
        return
    table = Table("threshold %", "rounds", "of planned", "lifts", "of planned", "not known", "overflow min")
    for run in runs:
        counts = (run.n_rounds, run.n_planned_rounds, run.n_lifts, run.n_planned_lifts, run.n_unseen)
        table.add_row(f"{run.full_at_percent:g}", *map(str, counts), f"{run.overflow_min:g}")
    Console().print(table)


def window_of(connection: Connection, slug: str, first: date) -> Window:
    """Give the month of a territory.

    Raises
    ------
    SettingError
        There is no such territory.
    """
    found = find_territory(connection, slug)
    if found is None:
        raise SettingError(f"there is no territory {slug!r}")
    zone = ZoneInfo(found.time_zone)
    following = (first + timedelta(days=31)).replace(day=1)
    begins_at, ends_at = (datetime(day.year, day.month, 1, tzinfo=zone).astimezone(UTC) for day in (first, following))
    return Window(found.territory_id, ("waste_container",), begins_at, ends_at)
