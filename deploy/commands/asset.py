"""`vigie asset`: what is looked after, and its import from files."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.assets import account, plan_file
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import read_pairs, services_given_or_embedded
from sensors.asset_file.wish import Wish
from store.asset_import import write_plan
from store.connect import connect

asset = typer.Typer(help="Assets: what is looked after.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(asset, name="asset")


@asset.callback()
def group() -> None:
    """Assets: what is looked after."""


@asset.command("import")
def import_(  # noqa: PLR0913  # each argument is an option of the command line
    file: Annotated[Path, typer.Argument(help="CSV, GeoJSON or GeoPackage, described in docs/how-to/assets.md")],
    territory: Annotated[str | None, typer.Option(help="slug that holds for all lines")] = None,
    type_name: Annotated[str | None, typer.Option("--type", help="type of all assets of the file")] = None,
    column: Annotated[list[str] | None, typer.Option(help="FIELD=COLUMN: which column holds a field")] = None,
    constant: Annotated[list[str] | None, typer.Option("--set", help="FIELD=TEXT: the same for all lines")] = None,
    crs: Annotated[str | None, typer.Option(help="of x and y, such as EPSG:2154 (Lambert-93)")] = None,
    layer: Annotated[str | None, typer.Option(help="of a GeoPackage that has several")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="say what would change, and write nothing")] = False,
    moved_m: Annotated[float, typer.Option(min=0, help="from which distance a move is counted, in metres")] = 1.0,
    skip_refused: Annotated[bool, typer.Option("--skip-refused", help="write the other lines all the same")] = False,
) -> None:
    """Register the assets of a file and say what changes; what the file does not say of an asset stays as it is.

    Where a line is refused nothing is written, unless --skip-refused.
    """
    fixed = {"territory": territory, "type": type_name}
    wish = Wish(
        read_pairs(column, "--column"),
        read_pairs(constant, "--set") | {name: text for name, text in fixed.items() if text},
        read_epsg(crs),
    )
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="asset") as connection,
    ):
        found = plan_file(connection, file, wish, layer)
        for text in account(found, moved_m):
            typer.echo(text)
        refused = found.plan.refused
        if refused and not (preview or skip_refused):
            raise SettingError(f"{file}, line {refused[0].line}: {refused[0].reason}; nothing was registered")
        if not preview:
            write_plan(connection, found.plan)
    if preview:
        typer.echo("nothing was written")
    if refused:
        raise typer.Exit(1)


def read_epsg(text: str | None) -> int | None:
    """Read `EPSG:2154` or `2154`. Raises SettingError."""
    if text is None:
        return None
    number = text.upper().removeprefix("EPSG:")
    if not number.isdecimal() or len(number) > 9:
        raise SettingError(f"--crs must be such as EPSG:2154, not {text!r}")
    return int(number)
