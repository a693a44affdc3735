"""`vigie replay`: a CSV file sent as MQTT messages through the whole chain."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.errors import SettingError
from deploy.replay_registration import register_entries
from deploy.settings import services_given_or_embedded
from simulators.csv_rows import FileError
from simulators.mapping import built_in_names, read_mapping, renamed
from simulators.mapping_checks import MappingError
from simulators.mapping_tables import Mapping
from simulators.publisher import Publisher, PublisherError
from simulators.replay import Tally, replay
from simulators.replay_entries import Entries, entries

ABOUT = f"""Publish the rows of FILE as MQTT messages and wait until Vigie has receipted each.

The mapping says what the columns mean: a path, or one of {", ".join(built_in_names())}. Territory, assets and devices
are registered in the database of VIGIE_DATABASE_URL, and messages go to VIGIE_MQTT_URL; without both, to this
checkout's own services; with VIGIE_MQTT_URL or --mqtt-url alone nothing is registered. `vigie ingest` must run.

Ends with code 1 where a message is left without a receipt.
"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="replay", help=ABOUT)(replay_file)


def replay_file(  # each argument is an option of the command line
    file: Annotated[Path, typer.Argument(help="CSV, plain or gzipped")],
    mapping: Annotated[str, typer.Option(help="path of a mapping, or the name of one that comes with Vigie")],
    speed: Annotated[float, typer.Option(min=0, help="times real time; 0: as fast as receipts come")] = 0.0,
    territory: Annotated[str | None, typer.Option(help="slug to use instead of the mapping's")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="only the first so many rows")] = None,
    mqtt_url: Annotated[str | None, typer.Option(help="mqtt://user:password@host:port; registers nothing")] = None,
) -> None:
    with said_plainly():
        checked = read_mapping(mapping)
        checked = renamed(checked, territory) if territory else checked
        found = entries(checked, file, limit)
        with broker_for(mqtt_url, found) as url:
            tally = replay_with_progress(file, checked, url, found.n_rows, speed)
    show(tally, found)
    if tally.n_unreceipted:
        raise typer.Exit(1)


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what a person got wrong, or what a broker refused, into a sentence."""
    try:
        yield
    except (FileError, MappingError, PublisherError) as error:
        raise SettingError(str(error)) from error


@contextmanager
def broker_for(mqtt_url: str | None, found: Entries) -> Iterator[str]:
    """Give the broker to publish to, with everything registered where we know the database."""
    url = mqtt_url or (None if os.environ.get("VIGIE_DATABASE_URL") else os.environ.get("VIGIE_MQTT_URL"))
    if url:
        yield url
        return
    with services_given_or_embedded() as services:
        register_entries(services.database_url, found)
        yield services.mqtt_url


def replay_with_progress(file: Path, mapping: Mapping, url: str, n_rows: int, speed: float) -> Tally:
    """Replay the rows with a bar."""
    slug = mapping.territory.slug
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        Publisher(url, f"replay-{slug}-{os.getpid()}", slug) as publisher,
        Progress(*columns, console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task(file.name, total=n_rows)

        def report(tally: Tally) -> None:
            progress.update(
                task, completed=tally.n_rows, description=f"{file.name} ({len(publisher.outbox)} to receipt)"
            )

        return replay(file, mapping, publisher, report, speed=speed, limit=n_rows)


def show(tally: Tally, found: Entries) -> None:
    """Print the final count."""
    counts = tally.counts
    print(f"rows      {tally.n_rows:>9,} read, {tally.n_bad_rows:,} of no use")
    print(
        f"values    {tally.n_values:>9,} published; cells: {tally.n_missing:,} empty, {tally.n_unreadable:,} unreadable"
    )
    print(
        f"messages  {counts.published:>9,} published, {counts.receipted:,} receipted, "
        f"{counts.republished:,} sent again, {tally.n_unreceipted:,} without receipt"
    )
    if tally.n_unreceipted:
        print("          messages without receipt: does `vigie ingest` run, on the same broker?")
    print(f"stored    {counts.stored:>9,} values; {counts.duplicate:,} duplicates")
    print(f"refused   {sum(counts.refused.values()):>9,} values")
    for refusal in counts.refusals[:20]:
        device = refusal.topic.split("/")[2]
        print(f"  {device}: {refusal.n_values:,} x {refusal.reason}: {refusal.detail}")
    for reason, n_values in sorted(counts.refused.items()):
        print(f"  in all {n_values:,} x {reason}")
    for problem in tally.problems:
        print(f"  {problem}")
    if found.unmapped:
        print(f"not read  columns {', '.join(found.unmapped)}")
