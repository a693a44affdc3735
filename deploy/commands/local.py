"""`vigie local`: the embedded TimescaleDB and Mosquitto of this checkout."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Annotated

import typer

from deploy.local import broker, postgres, services, state
from deploy.local.errors import LocalError
from deploy.local.place import place_of
from deploy.local.tree import SERVICES, ensure_tree
from deploy.settings import CHECKOUT

local = typer.Typer(help="The embedded TimescaleDB and Mosquitto of this checkout.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(local, name="local")


@local.command()
def start() -> None:
    """Start both services and keep them running until `vigie local stop`."""
    began = time.monotonic()
    services.start(CHECKOUT)
    typer.echo(f"started in {time.monotonic() - began:.1f} s")
    status()


@local.command()
def stop() -> None:
    """Stop both services."""
    services.stop(CHECKOUT)
    typer.echo("stopped")


@local.command()
def status() -> None:
    """Say what runs, where, and how much room it takes. Ends with code 1 when something does not run."""
    place = place_of(CHECKOUT)
    tree = ensure_tree(SERVICES, place.cache)
    remembered = state.read_or_make(place)
    has_database, broker_id = postgres.is_running(tree, place), broker.process_id(place)
    typer.echo(f"TimescaleDB  {'running' if has_database else 'stopped'}  127.0.0.1:{remembered.database_port}")
    typer.echo(f"Mosquitto    {'running' if broker_id else 'stopped'}  127.0.0.1:{remembered.broker_port}")
    typer.echo(f"data         {place.data}  {size_mb(place.data):.0f} MB")
    if not has_database or broker_id is None:
        raise typer.Exit(1)


@local.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on this checkout's database; further arguments go to psql."""
    place = place_of(CHECKOUT)
    tree = ensure_tree(SERVICES, place.cache)
    if not postgres.is_running(tree, place):
        raise LocalError("the embedded database is stopped: `vigie local start`")
    program = str(tree / postgres.BINARIES / "psql")
    os.execv(program, [program, state.read_or_make(place).database_url, *context.args])


@local.command()
def logs(lines: Annotated[int, typer.Option(help="how many lines of each")] = 40) -> None:
    """Show the last lines of both logs."""
    place = place_of(CHECKOUT)
    for log in (place.data / "postgres.log", place.data / "mosquitto/mosquitto.log"):
        typer.echo(f"== {log}")
        if log.exists():
            subprocess.run(["tail", "-n", str(lines), str(log)], check=False)


@local.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Stop both services and delete their data."""
    if not yes:
        typer.confirm("Delete all measurements and settings of the embedded services?", abort=True)
    services.stop(CHECKOUT)
    place = place_of(CHECKOUT)
    shutil.rmtree(place.data)
    typer.echo("deleted")


def size_mb(folder: Path) -> float:
    """Sum the sizes of the files below a folder, in MB; what vanishes meanwhile does not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total / 1e6
