"""`vigie broker`: who may do what at the broker."""

import os
import shutil
import signal
from pathlib import Path
from typing import Annotated

import typer

from deploy.broker_rights import INGEST, is_writable, put, write_rights
from deploy.settings import database
from store.broker_rights import list_senders
from store.connect import connect

broker = typer.Typer(help="Who may do what at the broker.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(broker, name="broker")


@broker.callback()
def group() -> None:
    """Who may do what at the broker."""


@broker.command()
def acl(
    out: Annotated[Path | None, typer.Option(help="file to write; to the output where not given")] = None,
    owner: Annotated[str | None, typer.Option(help="system user of the broker, who must be able to read it")] = None,
    platform_user: Annotated[list[str] | None, typer.Option(help="user with all rights; may be repeated")] = None,
    reload_pid: Annotated[Path | None, typer.Option(help="pid file of the broker that is to read a new list")] = None,
) -> None:
    """Write Mosquitto's acl_file from the registry: each gateway publishes for its own devices, nobody else's."""
    with database() as url, connect(url, program="broker") as connection:
        senders = list_senders(connection)
    text = write_rights(senders, tuple(platform_user or (INGEST,)))
    if out is None:
        typer.echo(text, nl=False)
        return
    is_new = put(text, out)
    if is_new and owner:
        shutil.chown(out, owner)
    left_out = sum(not is_writable(sender) for sender in senders)
    omitted = f", {left_out} left out: their names cannot stand in a topic" if left_out else ""
    typer.echo(f"{len(senders) - left_out} gateways {'written to' if is_new else 'as before in'} {out}{omitted}")
    if is_new and reload_pid:
        os.kill(int(reload_pid.read_text(encoding="ascii")), signal.SIGHUP)
        typer.echo("the broker reads it now")
