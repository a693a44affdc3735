"""`vigie reference`: what people know: prices, plans, schedules, rounds, projects."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.reference import enter_file
from deploy.settings import services_given_or_embedded

reference = typer.Typer(help="Reference data: prices, plans, schedules, rounds, projects.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(reference, name="reference")


@reference.callback()
def group() -> None:
    """Reference data: prices, plans, schedules, rounds, projects."""


@reference.command()
def enter(file: Annotated[Path, typer.Argument(help="JSON, described in docs/reference/reference-data.md")]) -> None:
    """Enter a territory's reference data; what stands already is left as it is."""
    with services_given_or_embedded() as services:
        report = enter_file(services.database_url, file)
    changes = ", ".join(f"{n} in {table}" for table, n in report.changed.items())
    typer.echo(f"changed rows: {changes or 'none'}")
