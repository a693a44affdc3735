"""`vigie backup`, `vigie restore` and `vigie drill`: the store saved, put back, and the saving proved."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from deploy.backup.drill import drill as run_drill
from deploy.backup.due import drill_newest, save_metrics
from deploy.backup.errors import DifferenceError
from deploy.backup.noting import find_store, note, noting_failure
from deploy.backup.restore import Comparison, name_of, restore_backup, with_database
from deploy.backup.write import write_backup
from deploy.logs import only_warnings
from deploy.settings import database_and_admin
from store.backup_runs import LONGEST, BackupRun

Folder = Annotated[Path, typer.Argument(help="the folder of one backup")]
AdminUrl = Annotated[
    str | None,
    typer.Option(envvar="VIGIE_ADMIN_DATABASE_URL", help="a superuser's database URL, where the server is given"),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)
    app.command("drill")(drill)


def backup(folder: Annotated[Path, typer.Argument(help="where backups are kept")], admin_url: AdminUrl = None) -> None:
    """Save one moment of the store into a new folder below FOLDER; programs go on meanwhile."""
    made_at = datetime.now(UTC)
    with database_and_admin(admin_url) as (url, admin), only_warnings():
        with noting_failure(url):
            written = write_backup(with_database(admin, name_of(url)), folder, made_at)
        note(url, BackupRun("backup", datetime.now(UTC), written.name, made_at))
    typer.echo(str(written))


def restore(
    folder: Folder,
    drill: Annotated[bool, typer.Option("--drill", help="into a scratch server, compared and thrown away")] = False,
    scratch_url: Annotated[
        str | None, typer.Option(help="superuser's URL of another server for the drill, such as one with Community")
    ] = None,
    admin_url: AdminUrl = None,
) -> None:
    """Put a backup in the place of the store, which is kept under another name; or prove that one could (--drill)."""
    now = datetime.now(UTC)
    if drill or scratch_url:
        comparisons = run_drill(folder, now, scratch_url)
        show(comparisons)
        if not all(one.is_equal for one in comparisons):
            raise DifferenceError("what was restored is not what was backed up")
        return
    with database_and_admin(admin_url) as (url, admin):
        restored = restore_backup(folder, url, admin, now)
    typer.echo(f"restored {folder}: {len(restored.comparisons)} tables and chunks as they were backed up")
    if restored.aside:
        typer.echo(f"the database from before is kept as {restored.aside}: drop it when you need it no more")
    if restored.new_roles:
        typer.echo(f"roles made, none of which can log in yet: {', '.join(restored.new_roles)}")


def drill(
    folder: Annotated[Path, typer.Argument(help="where backups are kept")],
    oldest_h: Annotated[
        float, typer.Option(min=0, envvar="VIGIE_BACKUP_OLDEST_H", help="hours that the newest may be old")
    ] = LONGEST / timedelta(hours=1),
    metrics: Annotated[
        Path | None, typer.Option(help="a file .prom for the node exporter's textfile collector")
    ] = None,
    scratch_url: Annotated[str | None, typer.Option(help="as of `vigie restore`")] = None,
) -> None:
    """Restore the newest backup of FOLDER on trial, compare it with its manifest, throw it away; for a timer.

    What came of it is noted in the store (VIGIE_DATABASE_URL, else the embedded one where it runs).
    """
    drilled = drill_newest(folder, datetime.now(UTC), timedelta(hours=oldest_h), scratch_url)
    with only_warnings():
        note(find_store(), drilled.run(datetime.now(UTC)))
    if metrics is not None:
        save_metrics(drilled, metrics)
    if drilled.fault is not None:
        raise drilled.fault
    typer.echo(f"{drilled.folder}: {drilled.n_compared} tables and chunks as they were backed up")


def show(comparisons: Sequence[Comparison]) -> None:
    """Print a line for each table and chunk."""
    typer.echo(f"{'table':<28} {'from':<10} {'backed up':>12} {'restored':>12}  checksum")
    for one in comparisons:
        begin = f"{one.group.begins_at:%Y-%m-%d}" if one.group.begins_at else ""
        wanted, found = (digest.n_rows if digest else "none" for digest in (one.wanted, one.found))
        typer.echo(
            f"{one.group.table:<28} {begin:<10} {wanted:>12} {found:>12}  {'same' if one.is_equal else 'DIFFERENT'}"
        )
