"""`vigie retention`: how long values are kept, and what would go or goes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy.settings import services_given_or_embedded
from store import retention_class as classes_of
from store.connect import connect
from store.retention import Ending, run
from store.retention_class import RetentionClass

retention = typer.Typer(help="How long values are kept, and what goes.", invoke_without_command=True)
Days = Annotated[int | None, typer.Option(min=1, help="days; not given: for ever")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(retention, name="retention")


@retention.callback()
def end(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would go")] = False,
) -> None:
    """End what has outlived its class, as `vigie analyse` does once a day."""
    if context.invoked_subcommand is not None:
        return
    with (
        services_given_or_embedded() as services,
        connect(services.database_url, program="retention", statement_timeout_s=3600, autocommit=True) as connection,
    ):
        endings = run(connection, datetime.now(UTC), is_dry=dry_run)
    show(endings, "would go" if dry_run else "gone")


def show(endings: Sequence[Ending], verb: str) -> None:
    """Print a line for each class, level and period."""
    for ending in endings:
        fate = f"stays: {ending.held}" if ending.held else verb
        period = f"{ending.begins_at:%Y-%m-%d} to {ending.ends_at:%Y-%m-%d}"
        typer.echo(f"{ending.level:<6} {ending.retention_class:<16} {period} {ending.n_rows:>12} rows  {fate}")
    if not endings:
        typer.echo("nothing has outlived its class")


@retention.command()
def classes() -> None:
    """List the classes with their ages and number of series."""
    with (
        services_given_or_embedded() as services,
        connect(services.database_url, program="retention") as connection,
    ):
        for one, n_series in classes_of.list_classes(connection):
            ages = ", ".join(
                f"{level} {'for ever' if days is None else f'{days} days'}"
                for level, days in (("raw", one.raw_days), ("hours", one.hour_days), ("days", one.day_days))
            )
            typer.echo(f"{one.name}: {ages}; {n_series} series")


@retention.command(name="set")
def set_ages(name: str, raw_days: Days = None, hour_days: Days = None, day_days: Days = None) -> None:
    """Make a class or change its ages."""
    with (
        services_given_or_embedded() as services,
        connect(services.database_url, program="retention") as connection,
    ):
        classes_of.set_class(connection, RetentionClass(name, raw_days, hour_days, day_days))
    typer.echo(f"{name} is set")


@retention.command()
def assign(
    name: str,
    quantity: Annotated[str | None, typer.Option(help="only series of this quantity")] = None,
    territory: Annotated[str | None, typer.Option(help="only series of this territory and those below it")] = None,
) -> None:
    """Put series into a class; values that its ages have passed go at the next run."""
    with (
        services_given_or_embedded() as services,
        connect(services.database_url, program="retention") as connection,
    ):
        n_series = classes_of.assign_class(connection, name, quantity=quantity, territory=territory)
    typer.echo(f"{n_series} series are now in {name}")
