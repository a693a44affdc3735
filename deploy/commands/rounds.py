"""`vigie rounds`: rounds to drive, and rounds done, from vehicles' tracks or as people declare them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deploy.logs import only_warnings
from deploy.rounds import TrackOptions, account, find_in_tracks, import_declared, write_found
from deploy.rounds_batteries import batteries
from deploy.rounds_plan import plan
from deploy.settings import read_pairs, services_given_or_embedded
from sensors.telematics.lifts import LiftRule
from sensors.telematics.rounds import RoundRule
from store.connect import connect
from store.rounds import Connection

rounds = typer.Typer(help="Collection rounds.", no_args_is_help=True)


class Told(StrEnum):
    """Who tells about the rounds."""

    TELEMATICS = "telematics"
    DECLARED = "declared"


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(rounds, name="rounds")
    rounds.command("plan")(plan)
    rounds.command("batteries")(batteries)


@rounds.command("import")
def import_(  # noqa: PLR0913  # each argument is an option of the command line
    file: Annotated[Path, typer.Argument(help="CSV or GPX, described in docs/how-to/rounds.md")],
    territory: Annotated[str, typer.Option(help="slug of the territory")],
    source: Annotated[Told, typer.Option(help="who tells")] = Told.TELEMATICS,
    column: Annotated[list[str] | None, typer.Option(help="FIELD=COLUMN: which column holds a field")] = None,
    vehicle: Annotated[str | None, typer.Option(help="whose track the file is")] = None,
    stream: Annotated[list[str] | None, typer.Option(help="VEHICLE=STREAM: what a vehicle collects")] = None,
    radius_m: Annotated[float, typer.Option(min=1, max=200, help="how near a stay is at a container")] = 20.0,
    least_stay_s: Annotated[float, typer.Option(min=0, help="from which stay on it was emptied")] = 20.0,
    lift_event: Annotated[list[str] | None, typer.Option(help="event of the file that is a lift")] = None,
    least_lifts: Annotated[int, typer.Option(min=1, help="from how many lifts on it is a round")] = 2,
    preview: Annotated[bool, typer.Option("--preview", help="say what is found, and write nothing")] = False,
) -> None:
    """Turn vehicles' tracks into lifts and rounds, or enter declared rounds; what is there already is left as it is."""
    rule = LiftRule(radius_m, least_stay_s, lift_events=frozenset(lift_event or ()))
    options = TrackOptions(
        read_pairs(column, "--column"),
        vehicle,
        read_pairs(stream, "--stream"),
        rule,
        RoundRule(least_lifts=least_lifts),
    )
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="rounds") as connection,
    ):
        if source is Told.DECLARED:
            has_refused = tell_declared(connection, territory, file, options, preview=preview)
        else:
            has_refused = tell_tracks(connection, territory, file, options, preview=preview)
    if has_refused:
        raise typer.Exit(1)


def tell_tracks(connection: Connection, territory: str, file: Path, options: TrackOptions, *, preview: bool) -> bool:
    """Import tracks and say what they tell; true where a line was refused."""
    found = find_in_tracks(connection, territory, file, options)
    for text in account(found):
        typer.echo(text)
    if preview:
        typer.echo(f"{len(found.lifts)} lifts, {len(found.rounds)} rounds; nothing was written")
        return bool(found.tracks.refused)
    n_lifts, n_rounds = write_found(connection, territory, found, options.lift_rule)
    known = f"{len(found.lifts) - n_lifts} lifts and {len(found.rounds) - n_rounds} rounds were there already"
    typer.echo(f"{n_lifts} lifts and {n_rounds} rounds added; {known}")
    return bool(found.tracks.refused)


def tell_declared(connection: Connection, territory: str, file: Path, options: TrackOptions, *, preview: bool) -> bool:
    """Import declared rounds; true where a line was refused."""
    n_rounds, n_new, refused = import_declared(connection, territory, file, options.columns, preview=preview)
    for line, reason in refused:
        typer.echo(f"  refused line {line}: {reason}")
    if preview:
        typer.echo(f"{n_rounds} rounds; nothing was written")
    else:
        typer.echo(f"{n_new} rounds added; {n_rounds - n_new} were there already")
    return bool(refused)
