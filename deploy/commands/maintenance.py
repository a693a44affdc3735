"""`vigie maintenance`: what to repair first."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from deploy.logs import only_warnings
from deploy.settings import database
from store.connect import connect
from store.maintenance import read_maintenance

maintenance = typer.Typer(help="What to repair first, ranked by expected loss.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(maintenance, name="maintenance")


@maintenance.command("list")
def list_(
    territory: Annotated[str | None, typer.Option(help="slug of a territory")] = None,
    asset_type: Annotated[str | None, typer.Option("--type", help="type of asset, such as pump")] = None,
    every: Annotated[bool, typer.Option("--all", help="also assets of which neither findings nor lives tell")] = False,
    n: Annotated[int, typer.Option("--most", min=1, max=10_000, help="at most so many")] = 50,
    english: Annotated[bool, typer.Option("--en", help="in English")] = False,
) -> None:
    """List assets with what is to be lost within 30 days, the most first, one a line, fields separated by tabs."""
    filters = {"territory": territory, "type": asset_type, "basis": None if every else ["signals", "life"]}
    with only_warnings(), database() as url, connect(url, program="maintenance") as connection:
        for row in read_maintenance(connection, filters, n):
            typer.echo(line_of(row, english=english))


def line_of(row: Mapping[str, Any], *, english: bool) -> str:
    """Write an asset: place, expected loss, probabilities, days left, health, what it rests on, why."""
    loss = "-" if row["expected_loss_eur"] is None else f"{row['expected_loss_eur']:.0f} EUR"
    chances = "/".join(share(row[name]) for name in ("within_7", "within_30", "within_90"))
    left = (
        "-"
        if row["left_d"] is None
        else f"{row['left_d']:.0f} d ({days(row['left_low_d'])} to {days(row['left_high_d'])})"
    )
    place = (row["territory"], row["slug"], row["asset_type"])
    basis = f"{row['basis']}, {row['calibration']}"
    return "\t".join(
        (*place, loss, chances, left, share(row["health"]), basis, row["reason_en" if english else "reason_fr"])
    )


def share(value: float | None) -> str:
    """Write a share."""
    return "-" if value is None else f"{value:.0%}"


def days(value: float | None) -> str:
    """Write days."""
    return "-" if value is None else f"{value:.0f}"
