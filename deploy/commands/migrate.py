"""`vigie migrate`: bring the database to this version's schema."""

import typer

from deploy.settings import services_given_or_embedded
from store.migrate import migrate as migrate_database


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(migrate)


def migrate() -> None:
    """Apply what is missing to the database; safe to run again, and two at once."""
    with services_given_or_embedded() as services:
        applied = migrate_database(services.database_url)
    for name in applied:
        typer.echo(f"applied {name}")
    if not applied:
        typer.echo("nothing to do")
