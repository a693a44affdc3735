"""`vigie local`: the embedded TimescaleDB and Mosquitto of this checkout."""

import os
import time
from typing import Annotated

import typer

from deploy.local import alarm, postgres, services
from deploy.local.errors import LocalError
from deploy.local.place import place_of
from deploy.local.state import WantedPorts, read_state
from deploy.local.status import describe_status
from deploy.local.tree import SERVICES

local = typer.Typer(help="TimescaleDB and Mosquitto on this machine, without containers.", no_args_is_help=True)
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Insist on this port (default: any free one).")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(local, name="local")


@local.command()
def start(postgres_port: Port = None, mqtt_port: Port = None) -> None:
    """Start the services; the first time fetches them. They run until `vigie local stop`."""
    started = time.monotonic()
    services.ensure_started(ports=WantedPorts(postgres_port, mqtt_port))
    embedded = require_embedded(services.find_services())
    print(f"TimescaleDB at port {embedded.postgres_port}, Mosquitto at port {embedded.mqtt_port}")
    print(f"ready in {time.monotonic() - started:.1f} s")


@local.command()
def stop() -> None:
    """Stop the services; what they hold is kept."""
    print("stopped" if services.stop() else "the services were not running")


@local.command()
def status() -> None:
    """Say what runs and whether the broker's queues are in danger (exit code 1 if not all is well)."""
    running = services.find_services()
    if running is None:
        print("the services are not running: `vigie local start`")
        raise typer.Exit(1)
    for line in describe_status(require_embedded(running)):
        print(line)
    alarms = alarm.broker_alarms(running)
    for one in alarms:
        print(f"ALARM {one.kind}: {one.message}")
    if alarms:
        raise typer.Exit(1)


@local.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the database vigie; arguments are handed on."""
    embedded = require_embedded(services.find_services())
    state = read_state(embedded.place)
    assert state is not None  # running services have state
    program = embedded.place.cache / SERVICES.folder_name / postgres.PROGRAMS / "psql"
    environment = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(embedded.postgres_port),
        "PGUSER": "vigie",
        "PGPASSWORD": state.database_password,
        "PGDATABASE": "vigie",
    }
    os.execve(program, ["psql", *context.args], {**os.environ, **environment})


@local.command()
def logs(lines: Annotated[int, typer.Option("--lines", "-n", min=0)] = 20) -> None:
    """Show the end of both logs and follow them until Ctrl-C."""
    place = place_of()
    files = [str(path) for path in (place.postgres_log, place.broker_log) if path.exists()]
    if not files:
        raise LocalError("there are no logs yet: `vigie local start`")
    os.execvp("tail", ["tail", "-n", str(lines), "-F", *files])


@local.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop the services and delete all they hold, passwords included."""
    place = place_of()
    if not yes:
        typer.confirm(f"Delete all measurements and messages under {place.data}?", abort=True)
    services.reset()
    print("deleted")


def require_embedded(running: services.Services | None) -> services.Embedded:
    """Give the running servers or end the command in one sentence."""
    if running is None or running.embedded is None:
        raise LocalError("the services are not running: `vigie local start`")
    return running.embedded
