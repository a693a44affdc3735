"""`vigie project`: what a project returns, as entered or under other assumptions."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from deploy.errors import SettingError
from deploy.settings import services_given_or_embedded
from store.connect import connect
from store.inputs import Connection, Window
from store.project import FoundProject, find_projects

project = typer.Typer(help="What projects cost, save and return.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="slug of the project")]
Territory = Annotated[str | None, typer.Option(help="slug of its territory, where several have such a project")]
Until = Annotated[str | None, typer.Option(help="last month looked at, YYYY-MM; by default the last that has ended")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object")]
READ_AS = ("points", "share")


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(project, name="project")


@project.callback()
def group() -> None:
    """What projects cost, save and return."""


@project.command("list")
def list_(territory: Territory = None) -> None:
    """List projects, one a line, fields separated by tabs."""
    with services_given_or_embedded() as services, connect(services.database_url, program="project") as connection:
        for found in find_projects(connection, territory):
            line = (found.territory, found.project, found.domain, found.started_on.isoformat(), found.name)
            typer.echo("\t".join(line))


@project.command("return")
def return_(slug: Slug, territory: Territory = None, until: Until = None, as_json: AsJson = False) -> None:
    """Tell what a project returns, as it was entered."""
    show(outcomes(slug, territory, until, {"as entered": {}}), as_json)


@project.command("what-if")
def what_if(  # noqa: PLR0913  # each argument is an option of the command line
    slug: Slug,
    territory: Territory = None,
    until: Until = None,
    discount_rate: Annotated[float | None, typer.Option(help="per year, 0.04 for 4 %")] = None,
    price_growth: Annotated[float | None, typer.Option(help="of what is saved, per year")] = None,
    horizon_years: Annotated[int | None, typer.Option(help="years of the net present value")] = None,
    upkeep_eur: Annotated[float | None, typer.Option(help="what running it costs a year")] = None,
    share: Annotated[float | None, typer.Option(help="of the eligible investment, 0 to 1")] = None,
    ceiling_eur: Annotated[float | None, typer.Option(help="most that the region gives")] = None,
    bonus: Annotated[float | None, typer.Option(help="for environmental ambition, 0 to 1")] = None,
    bonus_read_as: Annotated[str | None, typer.Option(help="points (added) or share (multiplied)")] = None,
    ambitious: Annotated[bool | None, typer.Option("--ambitious/--not-ambitious", help="whether it applies")] = None,
    least_own_share: Annotated[float | None, typer.Option(help="that the holder brings, 0 to 1")] = None,
    years_to_finish: Annotated[int | None, typer.Option(help="after which invoices come too late")] = None,
    other_subsidies_eur: Annotated[float | None, typer.Option(help="that others give")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what a project would return under other assumptions, beside what it returns as entered."""
    if bonus_read_as is not None and bonus_read_as not in READ_AS:
        raise SettingError(f"--bonus-read-as must be points or share, not {bonus_read_as!r}")
    changes = {
        "discount_rate": discount_rate,
        "price_growth": price_growth,
        "horizon_years": horizon_years,
        "upkeep_eur": upkeep_eur,
        "share": share,
        "ceiling_eur": ceiling_eur,
        "bonus": bonus,
        "bonus_read_as": bonus_read_as,
        "is_ambitious": ambitious,
        "least_own_share": least_own_share,
        "years_to_finish": years_to_finish,
        "other_subsidies_eur": other_subsidies_eur,
    }
    show(outcomes(slug, territory, until, {"as entered": {}, "what if": changes}), as_json)


def outcomes(
    slug: str, territory: str | None, until: str | None, changes_by_name: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Mapping[str, Any]]:
    """Tell one project's numbers, once for each set of changes."""
    from analytics.kpi.project_return import read_returns  # other commands need not wait for the models
    from analytics.project.outcome import proof_of, return_of
    from analytics.project.what_if import OutOfRangeError, change

    with services_given_or_embedded() as services, connect(services.database_url, program="project") as connection:
        found = find_one(connection, slug, territory)
        inputs = read_returns(connection, Window(found.territory_id, (), *month_of(until, found.time_zone)))
    entry = next((one for one in inputs.projects if one.slug == slug), None)
    if entry is None:
        raise SettingError(f"{slug} had not begun by the end of {inputs.months[-1]:%Y-%m}")
    today = datetime.now(UTC).date()
    try:
        changed = {name: change(entry, changes, today) for name, changes in changes_by_name.items()}
    except OutOfRangeError as error:
        raise SettingError(str(error)) from error
    return {name: proof_of(return_of(one, inputs.figures, inputs.months)) for name, one in changed.items()}


def find_one(connection: Connection, slug: str, territory: str | None) -> FoundProject:
    """Find the project of this slug, in a territory where several have one."""
    found = find_projects(connection, territory, slug)
    if not found:
        raise SettingError(f"there is no project {slug!r}: see `vigie project list`")
    if len(found) > 1:
        named = ", ".join(one.territory for one in found)
        raise SettingError(f"several territories have a project {slug!r} ({named}): name one with --territory")
    return found[0]


def month_of(until: str | None, time_zone: str) -> tuple[datetime, datetime]:
    """Give begin and end of a month in civil time, by default of the last one that has ended."""
    zone = ZoneInfo(time_zone)
    if until is None:
        end = datetime.now(zone).date().replace(day=1)
        first = date(end.year - (end.month == 1), (end.month - 2) % 12 + 1, 1)
    else:
        try:
            first = datetime.strptime(until, "%Y-%m").date()  # noqa: DTZ007  # a month of civil time
        except ValueError as error:
            raise SettingError(f"--until must be a month such as 2026-10, not {until!r}") from error
        end = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    return datetime.combine(first, time(), zone), datetime.combine(end, time(), zone)


def show(told: Mapping[str, Mapping[str, Any]], as_json: bool) -> None:
    """Write numbers side by side, a line each, or all as JSON."""
    if as_json:
        print(json.dumps({name.replace(" ", "_"): numbers for name, numbers in told.items()}, ensure_ascii=False))
        return
    typer.echo("\t".join(("", *told)))
    for name in next(iter(told.values())):
        typer.echo("\t".join((name, *(words(numbers[name]) for numbers in told.values()))))


def words(value: Any) -> str:
    """Write a number, a value with its bounds, or why there is none."""
    if isinstance(value, Mapping):
        if "withheld" in value:
            return f"not known: {value['withheld']}"
        high = "open" if value["high"] is None else words(value["high"])
        return f"{words(value['value'])} ({words(value['low'])} to {high})"
    if isinstance(value, tuple | list) and len(value) == 3 and all(isinstance(one, float) for one in value):
        return words({"low": value[0], "value": value[1], "high": value[2]})
    if isinstance(value, float):
        return f"{value:,.2f}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
