"""`vigie grafana`: dashboards, data sources and organisations of a Grafana server, as the code says."""

import os
from pathlib import Path
from typing import Annotated

import typer

from deploy.errors import SettingError
from deploy.settings import database
from store.connect import connect
from store.readers import create_reader, list_territories

grafana = typer.Typer(help="Dashboards and data sources of a Grafana server.", no_args_is_help=True)
Territories = Annotated[list[str] | None, typer.Option("--territory", help="slug, may be repeated; else every one")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(grafana, name="grafana")


@grafana.command()
def push(territory: Territories = None) -> None:
    """Make or renew organisations, data sources, folders and dashboards; safe to run again."""
    n_changes = walk(territory, apply=True)
    typer.echo("nothing to do" if n_changes == 0 else f"{n_changes} changes made")


@grafana.command()
def diff(territory: Territories = None) -> None:
    """Say what `push` would do, and do nothing. Ends with code 1 where there is a difference."""
    if walk(territory, apply=False):
        raise typer.Exit(1)
    typer.echo("no difference")


@grafana.command()
def export(folder: Path) -> None:
    """Write provisioning files and dashboards to FOLDER, for a Grafana that is fed by files."""
    from deploy.grafana.export import export as write_files
    from deploy.grafana.target import page_url

    for path in write_files(folder, page_url(os.environ)):
        typer.echo(str(path))


@grafana.command()
def reader(territory: str, role: str, password_file: Path) -> None:
    """Make the database role of a data source that is fed by files, with the password in PASSWORD_FILE."""
    try:
        password = password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"the password file {password_file} cannot be read: {error.strerror}") from error
    if not password:
        raise SettingError(f"the password file {password_file} is empty")
    with database() as url, connect(url, program="grafana") as connection:
        create_reader(connection, role, password, territory)
    typer.echo(f"{role} reads {territory}")


def walk(territories: list[str] | None, *, apply: bool) -> int:
    """Print each change and give their number."""
    # Grafana's libraries take a while to load, and no other command needs them.
    from deploy.grafana.push import settle
    from deploy.grafana.target import read_target

    with database() as url:
        target = read_target(os.environ, url)
        with connect(url, program="grafana") as connection:
            n_changes = 0
            for change in settle(target, connection, territories or list_territories(connection), apply=apply):
                typer.echo(str(change))
                n_changes += 1
    return n_changes
