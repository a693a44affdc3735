"""`vigie device`: devices that wait, how they are accepted, ignored, imported and moved."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from deploy.devices import read_devices
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import services_given_or_embedded
from ingest.replay import replay
from store import admission
from store.admission import Acceptance, Connection
from store.connect import connect
from store.quarantine import Choice, Counts

device = typer.Typer(help="Devices: those that wait, and where they are placed.", no_args_is_help=True)
rule = typer.Typer(help="Rules that accept devices by themselves.", no_args_is_help=True)
Territory = Annotated[str, typer.Argument(help="slug of the territory")]
ExternalId = Annotated[str, typer.Argument(help="the device's id, as it sends it")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    device.add_typer(rule, name="rule")
    app.add_typer(device, name="device")


@contextmanager
def store() -> Iterator[Connection]:
    """Open the store; what a person gave wrongly ends in one sentence."""
    with (
        only_warnings(),
        services_given_or_embedded() as services,
        connect(services.database_url, program="device") as connection,
    ):
        try:
            yield connection
        except psycopg.errors.NotNullViolation as error:
            raise SettingError("a territory or an asset named there is not registered; nothing was changed") from error
        except (LookupError, ValueError) as error:
            raise SettingError(str(error)) from error


@device.command("list")
def list_(
    pending: Annotated[bool, typer.Option("--pending", help="only those that wait for acceptance")] = False,
    territory: Annotated[str | None, typer.Option(help="slug of a territory")] = None,
) -> None:
    """List devices, one a line, fields separated by tabs; of those that wait also what is kept of them."""
    with store() as connection:
        for found in admission.list_pending(connection, territory):
            kept = f"{found.n_messages} messages kept"
            since = found.first_heard_at.isoformat(timespec="seconds")
            typer.echo(f"pending\t{found.territory}\t{found.external_id}\t{found.model or '-'}\t{since}\t{kept}")
        for known in [] if pending else admission.list_registered(connection, territory):
            typer.echo(f"{known.state}\t{known.territory}\t{known.external_id}\t{known.model or '-'}\t{known.name}")


@device.command()
def accept(  # noqa: PLR0913  # one for each option
    territory: Territory,
    external_id: ExternalId,
    name: Annotated[str | None, typer.Option(help="what people call it")] = None,
    model: Annotated[str | None, typer.Option(help="its model")] = None,
    interval_s: Annotated[int | None, typer.Option(min=1, help="how often it sends, in seconds")] = None,
    asset: Annotated[str | None, typer.Option(help="slug of the asset it tells about")] = None,
    channel: Annotated[str, typer.Option(help="the channel placed there; '*' is all")] = "*",
) -> None:
    """Accept a device that waits, and replay what is kept of it."""
    with store() as connection:
        acceptance = Acceptance(name, model, interval_s, asset, channel)
        if not admission.accept_device(connection, territory, external_id, acceptance, getpass.getuser()):
            raise SettingError(f"no device {external_id!r} waits in {territory!r}; see `vigie device list --pending`")
        connection.commit()
        typer.echo(sentence(replay(connection, Choice(device=external_id, reason="unknown_device"))))


@device.command()
def ignore(territory: Territory, external_id: ExternalId) -> None:
    """Let a device wait no more; its messages stay refused and kept, and it can still be accepted."""
    with store() as connection:
        if not admission.ignore_device(connection, territory, external_id):
            raise SettingError(f"no device {external_id!r} waits in {territory!r}; see `vigie device list --pending`")


@device.command("import")
def import_(file: Annotated[Path, typer.Argument(help="CSV, described in docs/how-to/quarantine.md")]) -> None:
    """Register all devices of a file, or none; those that wait are accepted and what is kept of them is replayed."""
    entries = read_devices(file)
    with store() as connection:
        n_waiting = admission.import_devices(connection, entries, f"import by {getpass.getuser()}")
        connection.commit()
        typer.echo(f"{len(entries)} devices registered, {n_waiting} of them had been waiting")
        typer.echo(sentence(replay(connection, Choice(reason="unknown_device"))))


@device.command()
def move(
    territory: Territory,
    external_id: ExternalId,
    asset: Annotated[str, typer.Argument(help="slug of the asset it tells about from now on")],
    channel: Annotated[str, typer.Option(help="the channel that is moved; '*' is all others")] = "*",
    at: Annotated[str | None, typer.Option(help="instant with offset, such as 2026-03-01T08:00:00+01:00; now")] = None,
) -> None:
    """Move a device to another asset; what it measured before stays with the asset it was on."""
    with store() as connection:
        admission.move_device(connection, territory, external_id, asset, channel=channel, at=read_instant(at))
        typer.echo(f"{external_id} tells about {asset} from {at or 'now'} on")


@rule.command()
def add(
    territory: Territory,
    prefix: Annotated[str, typer.Option(help="what the device's id begins with")] = "",
    profile: Annotated[str | None, typer.Option(help="model or device profile, as the network names it")] = None,
) -> None:
    """Accept devices of a territory, and of those below it, by prefix, profile or both; waiting ones at once."""
    with store() as connection:
        number, n = admission.add_rule(connection, territory, prefix, profile, getpass.getuser())
        connection.commit()
        typer.echo(f"rule {number}: {n} waiting devices accepted")
        typer.echo(sentence(replay(connection, Choice(reason="unknown_device"))))


@rule.command("list")
def list_rules() -> None:
    """List the rules, one a line, fields separated by tabs."""
    with store() as connection:
        for found in admission.list_rules(connection):
            typer.echo(f"{found.rule_id}\t{found.territory}\t{found.prefix or '-'}\t{found.profile or '-'}")


@rule.command()
def remove(number: Annotated[int, typer.Argument(help="of `vigie device rule list`")]) -> None:
    """Remove a rule; the devices it accepted stay accepted."""
    with store() as connection:
        if not admission.remove_rule(connection, number):
            raise SettingError(f"no rule {number}; see `vigie device rule list`")


def read_instant(text: str | None) -> datetime | None:
    """Read an instant with its offset. Raises ValueError with a sentence."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"--at must be an instant such as 2026-03-01T08:00:00+01:00, not {text!r}") from error
    if instant.tzinfo is None:
        raise ValueError(f"--at needs an offset, such as {text}+01:00")
    return instant


def sentence(counts: Counts) -> str:
    """Say what a replay did."""
    left = f"; {counts.n_unchanged} left as they were" if counts.n_unchanged else ""
    return (
        f"{counts.n_messages} messages replayed: {counts.n_stored} values stored, {counts.n_duplicate} duplicate, "
        f"{counts.n_rejected} still refused{left}"
    )
