"""`vigie citizen`: where anybody may report faults of the street."""

from typing import Annotated

import typer

from deploy.by_hand import actor
from deploy.errors import SettingError
from deploy.settings import database
from store.citizen_reports import close_desk, list_desks, open_desk
from store.connect import connect
from store.technician import NotThereError

citizen = typer.Typer(help="Reports of faults by anybody, by territory.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(citizen, name="citizen")


@citizen.command(name="open")
def open_(
    territory: str,
    within_m: Annotated[
        float, typer.Option(min=1, max=1000, help="how far the asset meant may stand from the place told [m]")
    ] = 50.0,
) -> None:
    """Take reports from anybody for a territory and those below it; once more changes the radius."""
    if not 1 <= within_m <= 1000:  # typer lets what is no number pass
        raise SettingError("--within-m: give metres from 1 to 1000")
    with database() as url, connect(url, program="citizen") as connection:
        try:
            open_desk(connection, territory, within_m, actor())
        except NotThereError as error:
            raise SettingError(str(error)) from error
    typer.echo(f"{territory} takes reports at /signaler/{territory}")


@citizen.command()
def close(territory: str) -> None:
    """Take no more reports without a key; those that came stay."""
    with database() as url, connect(url, program="citizen") as connection:
        try:
            close_desk(connection, territory, actor())
        except NotThereError as error:
            raise SettingError(str(error)) from error
    typer.echo(f"{territory} takes no more reports")


@citizen.command(name="list")
def list_() -> None:
    """List territories that take reports."""
    with database() as url, connect(url, program="citizen") as connection:
        for slug, within_m, opened_at, opened_by in list_desks(connection):
            typer.echo(f"{slug}  within {within_m:g} m  since {opened_at:%Y-%m-%d} by {opened_by}")
