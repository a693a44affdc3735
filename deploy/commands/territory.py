"""`vigie territory` and `vigie asset`: who is served, and what is looked after."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
import typer

from deploy.assets import read_assets
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import services_given_or_embedded
from store.connect import connect
from store.readers import list_territories
from store.registry import TerritoryEntry, register

territory = typer.Typer(help="Territories: communes, intercommunalities, regions.", no_args_is_help=True)
asset = typer.Typer(help="Assets: what is looked after.", no_args_is_help=True)


class Kind(StrEnum):
    """What a territory is."""

    REGION = "region"
    INTERCOMMUNALITY = "intercommunality"
    COMMUNE = "commune"
    OTHER = "other"


def add_to(app: typer.Typer) -> None:
    """Add the groups to the command."""
    app.add_typer(territory, name="territory")
    app.add_typer(asset, name="asset")


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


@asset.command("import")
def import_(file: Annotated[Path, typer.Argument(help="CSV, described in docs/how-to/quarantine.md")]) -> None:
    """Register all assets of a file, or none; one that is there already takes the new description."""
    entries = read_assets(file)
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="asset") as connection,
    ):
        if unknown := {entry.territory for entry in entries} - set(list_territories(connection)):
            raise SettingError(f"there is no territory {', '.join(sorted(unknown))}; nothing was registered")
        register(connection, assets=entries)
    typer.echo(f"{len(entries)} assets registered")


def check_time_zone(name: str) -> None:
    """Raise SettingError where no time zone has this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingError(f"no time zone {name!r}; name one such as Europe/Paris") from error
