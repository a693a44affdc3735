"""`vigie load`: files of years straight into the store."""

import csv
import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import read_pairs, services_given_or_embedded
from ingest.backfill.civil import RepeatedHour
from sensors.rejection import Reason
from store.connect import connect, translated_errors
from store.intake import Connection
from store.loads import read_lines

if TYPE_CHECKING:
    from ingest.backfill.load import Report
    from ingest.backfill.reader import Reading

ABOUT = """Load FILES (CSV, Parquet, Arrow) straight into the store, by the same rules as messages.

With --preset, files of Enedis, GRDF and Météo-France are read as they are published. Else columns named time,
territory, device, channel, quantity, unit and value are known by their header, and so are those named after a quantity
(temperature, north/temperature [°C]) where there is no column value. Each file ends with an account of its values. A
load that was cut off goes on where it was; a file that was loaded already changes nothing.

Ends with code 1 where a value was refused.
"""
N_SHOWN = 3  # lines of each reason


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="load", help=ABOUT)(load)


def load(  # noqa: PLR0913  # each argument is an option of the command line
    files: Annotated[list[Path], typer.Argument(help="CSV (plain or gzipped), Parquet, Arrow IPC; some presets: XLSX")],
    territory: Annotated[str | None, typer.Option(help="slug that holds for all lines")] = None,
    column: Annotated[list[str] | None, typer.Option(help="FIELD=COLUMN: which column holds a field")] = None,
    constant: Annotated[list[str] | None, typer.Option("--set", help="FIELD=TEXT: the same for all lines")] = None,
    quantity: Annotated[
        list[str] | None,
        typer.Option(help="COLUMN=QUANTITY: a column of values, such as 'T nord=north/temperature [°C]'"),
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help="of times without offset; the territory's")] = None,
    time_format: Annotated[str, typer.Option(help="iso, unix, unix_ms or a pattern such as '%d/%m/%Y %H:%M'")] = "iso",
    repeated_hour: Annotated[
        RepeatedHour, typer.Option(help="which of two equal times is meant when clocks are set back")
    ] = RepeatedHour.ORDER,
    separator: Annotated[str | None, typer.Option(help="of a CSV's cells; found in the header")] = None,
    encoding: Annotated[str, typer.Option(help="of a CSV")] = "utf-8",
    decimal_comma: Annotated[bool, typer.Option("--decimal-comma", help="numbers are written 1,5")] = False,
    register: Annotated[bool, typer.Option("--register", help="register devices that nobody knows")] = False,
    preset: Annotated[
        str | None,
        typer.Option(help="enedis-load-curve, enedis-daily, grdf-daily, meteo-france-daily or meteo-france-hourly"),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="with --preset: this device only (PRM, PCE, station)")] = None,
    stamps: Annotated[str, typer.Option(help="of a load curve: times are the begin or the end of steps")] = "auto",
    again: Annotated[bool, typer.Option("--again", help="compare a file that was loaded once more")] = False,
    report: Annotated[Path | None, typer.Option(help="CSV to write refused lines to")] = None,
) -> None:
    from ingest.backfill.reader import Reading  # other commands need not wait for Arrow

    require_plain(preset, [*(column or ()), *(quantity or ())], only or (), stamps)
    constants = read_pairs(constant, "--set") | ({"territory": territory} if territory else {})
    reading = Reading(
        read_pairs(column, "--column"),
        constants,
        read_pairs(quantity, "--quantity"),
        time_zone,
        time_format,
        repeated_hour,
        separator,
        encoding,
        decimal_comma,
        preset,
        tuple(sorted(only or ())),
        stamps,
    )
    register_as = f"load by {getpass.getuser()}" if register else None
    with only_warnings(), services_given_or_embedded() as services:
        url = services.database_url
        with translated_errors(url), connect(url, program="load", statement_timeout_s=600.0) as connection:
            reports = [load_one(connection, file, reading, register_as, again=again) for file in files]
            if report is not None:
                write_lines(connection, report, reports)
    if any(each.refused for each in reports):
        raise typer.Exit(1)


def require_plain(preset: str | None, columns: Sequence[str], only: Sequence[str], stamps: str) -> None:
    """Refuse options that do not go together. Raises SettingError."""
    if preset is not None and columns:
        raise SettingError("--preset knows the columns: leave out --column and --quantity")
    if preset is None and (only or stamps != "auto"):
        raise SettingError("--only and --stamps go with --preset")
    if stamps not in ("auto", "begin", "end"):
        raise SettingError(f"--stamps is auto, begin or end, not {stamps!r}")


def load_one(
    connection: Connection, file: Path, reading: "Reading", register_as: str | None, *, again: bool
) -> "Report":
    """Load one file with a bar, and print its account."""
    from ingest.backfill.load import load_file

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(file.name, total=1.0)

        def show_share(share: float) -> None:
            progress.update(task, completed=share)

        found = load_file(connection, file, reading, register_as=register_as, again=again, on_progress=show_share)
        progress.update(task, completed=1.0)
    show(connection, found)
    return found


def show(connection: Connection, found: "Report") -> None:
    """Print what became of a file's values."""
    load = found.load
    if found.was_finished:
        print(f"{load.file} was loaded already, on {load.finished_at:%Y-%m-%d}: nothing changed; --again compares it")
    print(f"{load.file}: {load.n_lines:,} lines, {load.n_values:,} values")
    print(f"  stored     {load.n_stored:>12,}" + (f", {load.n_revised:,} in place of others" if load.n_revised else ""))
    print(f"  duplicate  {load.n_duplicate:>12,}")
    print(f"  refused    {sum(found.refused.values()):>12,}")
    lines = read_lines(connection, load.load_id, N_SHOWN)
    for reason, n_values in found.refused.items():
        print(f"  {n_values:,} x {reason}: {Reason(reason).sentence('en')}")
        for line in lines:
            if line.reason == reason:
                print(f"    line {line.line}: {line.detail}")
    for note in found.notes:
        print(f"  {note}")
    if load.n_repeated:
        print(f"  {load.n_repeated:,} values of the hour that clocks show twice, taken in the order of the file")


def write_lines(connection: Connection, path: Path, reports: Sequence["Report"]) -> None:
    """Write the refused lines that are kept, at most 1,000 of each reason. Raises SettingError."""
    try:
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(("file", "line", "reason", "detail"))
            for found in reports:
                for line in read_lines(connection, found.load.load_id):
                    writer.writerow((found.load.file, line.line, line.reason, line.detail))
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error.strerror or error}") from error
