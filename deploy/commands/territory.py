"""`vigie territory`: who is served."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
import typer

from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.moving.exporting import export_territory
from deploy.moving.importing import import_territory
from deploy.settings import services_given_or_embedded
from store.connect import connect
from store.readers import list_territories
from store.registry import TerritoryEntry, register

territory = typer.Typer(help="Territories: communes, intercommunalities, regions.", no_args_is_help=True)


class Kind(StrEnum):
    """What a territory is."""

    REGION = "region"
    INTERCOMMUNALITY = "intercommunality"
    COMMUNE = "commune"
    OTHER = "other"


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(territory, name="territory")


@territory.command("add")
def add(
    slug: Annotated[str, typer.Argument(help="lower case letters, digits and -; topics and addresses name it so")],
    name: Annotated[str, typer.Argument(help="what people call it")],
    kind: Annotated[Kind, typer.Option(help="what it is")] = Kind.COMMUNE,
    parent: Annotated[str | None, typer.Option(help="slug of the territory above it")] = None,
    time_zone: Annotated[str, typer.Option(help="its civil time")] = "Europe/Paris",
) -> None:
    """Register a territory, or give the one of this slug another description."""
    check_time_zone(time_zone)
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="territory") as connection,
    ):
        if parent is not None and (parent == slug or parent not in list_territories(connection)):
            raise SettingError(f"there is no territory {parent!r} that could be above {slug!r}")
        try:
            register(connection, [TerritoryEntry(slug, name, kind.value, parent, time_zone)])
        except psycopg.errors.CheckViolation as error:
            raise SettingError(f"a slug is 1 to 63 lower case letters, digits and -, not {slug!r}") from error


@territory.command("list")
def list_() -> None:
    """List the slugs of the territories, one a line."""
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="territory") as connection,
    ):
        for slug in list_territories(connection):
            typer.echo(slug)


@territory.command("export")
def export(
    slug: Annotated[str, typer.Argument(help="of the territory; those below it go too")],
    folder: Annotated[Path, typer.Argument(help="to be made; it appears when all is in it")],
) -> None:
    """Write all data of a territory and those below it to open files, of one instant, without secrets."""
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="export", statement_timeout_s=0, autocommit=True) as connection,
    ):
        manifest = export_territory(connection, slug, folder, tell_progress)
    n_rows = sum(entry.n_rows for entry in manifest.files)
    typer.echo(f"{n_rows} rows of {', '.join(manifest.slugs)} in {folder}")


@territory.command("import")
def import_territory_(
    folder: Annotated[Path, typer.Argument(help="what `vigie territory export` made")],
    parent: Annotated[str | None, typer.Option(help="slug of the territory here to hang it under")] = None,
) -> None:
    """Write an exported territory into this database, all of it or nothing; refused where it is here already."""
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="import", statement_timeout_s=0, autocommit=True) as connection,
    ):
        arrival = import_territory(connection, folder, parent, tell_progress)
    for name in arrival.known_sources:
        typer.echo(f"source {name} exists here and was left as it is")
    typer.echo(f"{', '.join(arrival.manifest.slugs)} imported; make keys, readers and passwords of sources anew")


def tell_progress(table: str, n_rows: int) -> None:
    """Say how many rows of a table are done, on standard error."""
    typer.echo(f"{table}: {n_rows}", err=True)


def check_time_zone(name: str) -> None:
    """Raise SettingError where no time zone has this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingError(f"no time zone {name!r}; name one such as Europe/Paris") from error
