"""`vigie threshold`: thresholds that verdicts and the alarm budget, or a person, have moved."""

from typing import Annotated

import typer

from deploy.by_hand import actor
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import database
from sensors.safety import SAFETY_KINDS
from sensors.types import asset_types, find_asset_type
from store.connect import connect
from store.threshold import LEAST_FACTOR, MOST_FACTOR, move_by_hand, read_thresholds

threshold = typer.Typer(help="Thresholds of alarms, as feedback or a person has moved them.", no_args_is_help=True)
Territory = Annotated[str, typer.Argument(help="slug of the territory")]
Kind = Annotated[str, typer.Argument(help="kind of finding, such as unusual_value")]
AssetType = Annotated[str, typer.Option(help="type of asset, such as street_light; empty: about no asset")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(threshold, name="threshold")


@threshold.command("list")
def list_(
    territory: Annotated[str | None, typer.Option(help="slug of a territory")] = None,
    history: Annotated[bool, typer.Option("--history", help="also moves that another took the place of")] = False,
) -> None:
    """List thresholds that were moved, the latest first, one a line, fields separated by tabs."""
    with only_warnings(), database() as url, connect(url, program="threshold") as connection:
        for row in read_thresholds(connection, territory, history=history):
            way = f"{row['factor_before']:.3g} to {row['factor']:.3g}"
            why = f"{row['reason']}{' (held)' if row['is_held'] else ''}"
            at = row["moved_at"].isoformat(timespec="seconds")
            typer.echo(
                "\t".join((row["territory"], row["kind"], row["asset_type"] or "-", way, why, at, row["moved_by"]))
            )


@threshold.command("set")
def set_(
    territory: Territory,
    kind: Kind,
    factor: Annotated[
        float, typer.Argument(min=LEAST_FACTOR, max=MOST_FACTOR, help="on the model's threshold; above 1: fewer alarms")
    ],
    asset_type: AssetType = "",
) -> None:
    """Set a threshold and hold it there: the daily rule leaves it alone."""
    check_class(kind, asset_type)
    move(territory, kind, asset_type, factor)


@threshold.command()
def release(territory: Territory, kind: Kind, asset_type: AssetType = "") -> None:
    """Give a threshold back to the daily rule; it begins where it stands."""
    move(territory, kind, asset_type, None)


def check_class(kind: str, asset_type: str) -> None:
    """Raise SettingError where no model has such a threshold, or there is no such type of asset."""
    from analytics.feedback.threshold import movable_kinds  # all models, for which other commands need not wait

    kinds = movable_kinds()
    if kind not in kinds and kind not in SAFETY_KINDS:
        raise SettingError(f"no threshold of {kind!r} can be moved, only those of {', '.join(sorted(kinds))}")
    if asset_type and find_asset_type(asset_type) is None:
        raise SettingError(f"there is no type of asset {asset_type!r}; types are {', '.join(sorted(asset_types()))}")


def move(territory: str, kind: str, asset_type: str, factor: float | None) -> None:
    """Move it and say so."""
    with only_warnings(), database() as url, connect(url, program="threshold") as connection:
        try:
            _, now = move_by_hand(connection, (territory, kind, asset_type), factor, actor())
        except (LookupError, ValueError) as error:
            raise SettingError(str(error)) from error
    about = f"of type {asset_type}" if asset_type else "of no asset (--asset-type names a type)"
    held = "" if factor is None else ", held there"
    typer.echo(f"{kind} {about}: {now:g} times the model's threshold{held}")
