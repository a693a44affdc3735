"""`vigie codec`: people's JavaScript payload codecs, tried, added and listed."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.settings import database
from store.codecs import list_codecs, read_bindings, read_variables, set_variable
from store.connect import connect

codec = typer.Typer(help="Payload codecs in JavaScript.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="JavaScript with a function decodeUplink")]
Mapping = Annotated[Path | None, typer.Option(help="JSON: which field is which quantity in which unit")]
Many = list[str] | None


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(codec, name="codec")


@codec.command(name="test")
def try_out(
    file: File,
    payload: Annotated[str, typer.Option(help="hexadecimal")],
    port: Annotated[int, typer.Option(min=0, max=255, help="LoRaWAN port")] = 1,
    mapping: Mapping = None,
) -> None:
    """Say what would be stored of one payload; nothing is. Ends with code 1 where a value would be rejected."""
    from deploy import codecs  # the sandbox, which no other command needs

    source, table = codecs.read_source(file), codecs.read_mapping(mapping)
    trial = codecs.try_codec(source, table, codecs.read_payload(payload), port)
    for line in codecs.describe(trial):
        typer.echo(line)
    if trial.uplink is None or trial.uplink.rejected:
        raise typer.Exit(1)


@codec.command()
def add(  # noqa: PLR0913  each argument is an option of the command line
    name: Annotated[str, typer.Argument(help="lower case, digits, _ . -")],
    file: File,
    mapping: Mapping = None,
    profile: Annotated[Many, typer.Option(help="device profile, or brand/model; may be repeated")] = None,
    topic: Annotated[Many, typer.Option(help="topic filter of the network server; may be repeated")] = None,
    device: Annotated[Many, typer.Option(help="one registered device, with --territory; may be repeated")] = None,
    territory: Annotated[str | None, typer.Option(help="slug: only messages that speak for it")] = None,
) -> None:
    """Add a codec, or a new version of it, and say whose payloads it reads; workers use it within seconds."""
    from deploy import codecs

    source, table = codecs.read_source(file), codecs.read_mapping(mapping)
    codecs.require_codec(source)
    bindings = codecs.make_bindings(name, profile or [], topic or [], device or [], territory)
    with database() as url, connect(url, program="codec") as connection:
        version, is_new = codecs.enter(connection, name, source, table, bindings)
        n_bound = sum(binding.name == name for binding in read_bindings(connection))
    typer.echo(f"{name} version {version} {'added' if is_new else 'stands already'}, {n_bound} bindings")
    if n_bound == 0:
        typer.echo("it reads nothing yet: --profile, --topic or --device")


@codec.command(name="set")
def set_variables(
    variables: Annotated[list[str], typer.Argument(help="NAME=TEXT, or NAME= to take it away")],
    profile: Annotated[Many, typer.Option(help="device profile, or brand/model; may be repeated")] = None,
    device: Annotated[Many, typer.Option(help="one registered device, with --territory; may be repeated")] = None,
    territory: Annotated[str | None, typer.Option(help="slug: only messages that speak for it")] = None,
) -> None:
    """Set what codecs get as `input.variables` for devices or profiles; workers use it within seconds."""
    from deploy import codecs

    found = codecs.make_variables(variables, profile or [], device or [], territory)
    with database() as url, connect(url, program="codec") as connection, connection.transaction():
        for variable in found:
            set_variable(connection, variable)
    typer.echo(f"{len(found)} variables set")


@codec.command(name="list")
def list_all() -> None:
    """Show every version and what each codec reads."""
    with database() as url, connect(url, program="codec", autocommit=True) as connection:
        versions, bindings, variables = list_codecs(connection), read_bindings(connection), read_variables(connection)
    if not versions:
        typer.echo("there are no codecs: `vigie codec add`")
    for one in versions:
        since = one.active_since.strftime("%Y-%m-%dT%H:%M:%SZ")
        typer.echo(f"{one.name} {one.version}  since {since}  {one.size:,} B  {one.digest[:12]}")
    for binding in bindings:
        whose = f" of {binding.territory}" if binding.territory else ""
        typer.echo(f"{binding.name} reads {binding.kind} {binding.target}{whose}")
    for variable in variables:
        whose = f" of {variable.territory}" if variable.territory else ""
        typer.echo(f"{variable.kind} {variable.target}{whose}: {variable.name}={variable.value}")
