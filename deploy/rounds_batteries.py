"""`vigie rounds batteries`: which batteries to change soon, put together as walks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import services_given_or_embedded
from store.connect import connect


def batteries(
    territory: Annotated[str, typer.Option(help="its slug")],
    within_days: Annotated[int, typer.Option(min=1, max=730, help="empty within so many days")] = 60,
    file: Annotated[Path | None, typer.Option("--csv", help="write the walks to this file too")] = None,
) -> None:
    """Put the batteries that are empty soon together as walks, by street and neighbourhood."""
    from analytics.rounds.batteries import plan_battery_rounds, write_csv  # other commands need not wait for these
    from analytics.rounds.solver_builtin import solve

    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="rounds", autocommit=True) as connection,
    ):
        try:
            within = timedelta(days=within_days)
            found = plan_battery_rounds(connection, territory, datetime.now(UTC), within, solve)
        except LookupError as error:
            raise SettingError(str(error)) from error
    for number, walk in enumerate(found.walks, 1):
        first = min(stop.empty_at for stop in walk.stops).date()
        where = walk.stops[0].place.street or walk.stops[0].place.name
        typer.echo(
            f"walk {number}: {len(walk.stops)} batteries, {sum(walk.ways_m) / 1000:.1f} km, from {where}; first empty"
            f" on {first}"
        )
    if found.unplaced:
        typer.echo(f"{len(found.unplaced)} more have no place: {', '.join(one.place.asset for one in found.unplaced)}")
    if not found.walks and not found.unplaced:
        typer.echo(f"no battery is empty within {within_days} days")
    if file is not None:
        file.write_text(write_csv(found), encoding="utf-8")
