"""`vigie source`: other brokers beside the platform's own."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from deploy.errors import SettingError
from deploy.settings import services_given_or_embedded
from sensors.json_text import UNREADABLE_JSON
from store.connect import connect
from store.sources import (
    RuleEntry,
    SourceEntry,
    read_account,
    read_sources,
    read_states,
    remove_source,
    write_source,
)

source = typer.Typer(help="Other brokers beside the platform's own.", no_args_is_help=True)
WINDOW_N = 1000
SHOWN_N = 40


class RuleDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as a file has it."""

    format: str
    topic_filter: str = ""
    territory: str | None = None
    device_prefix: str = ""
    mapping: dict[str, Any] | None = None  # checked as a rule of a JSON mapping


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(source, name="source")


@source.callback()
def group() -> None:
    """Other brokers beside the platform's own."""


@source.command()
def add(  # noqa: PLR0913  # the options of the command
    name: Annotated[str, typer.Argument(help="lower case letters, digits and -")],
    url: Annotated[
        str, typer.Argument(help="mqtt://host:port, or mqtts:// for TLS; without user and password; http: for posts")
    ],
    rule: Annotated[list[str] | None, typer.Option(help="FORMAT or FORMAT:TOPIC_FILTER; may be repeated")] = None,
    rules: Annotated[Path | None, typer.Option(help="JSON file with a list of rules, JSON mappings among them")] = None,
    territory: Annotated[str | None, typer.Option(help="slug of the only territory it may speak for")] = None,
    mqtt: Annotated[str, typer.Option(help="5 or 3.1.1")] = "5",
    user: Annotated[str | None, typer.Option(help="user name at the broker")] = None,
    password_env: Annotated[str | None, typer.Option(help="environment variable that holds the password")] = None,
    password_file: Annotated[Path | None, typer.Option(help="file whose first line is the password")] = None,
    client_id: Annotated[str | None, typer.Option(help="where the broker dictates one")] = None,
) -> None:
    """Enter a source, or give one of this name another description; running workers take it up in seconds."""
    from ingest.foreign import make_source

    entry = SourceEntry(
        name,
        url,
        tuple(read_rules(rule or [], rules)),
        territory,
        mqtt,
        user,
        password_place(password_env, password_file),
        client_id,
    )
    if "@" in url:
        raise SettingError("the URL must hold neither user nor password: use --user and --password-env or -file")
    if not entry.rules:
        raise SettingError("give at least one --rule, or --rules FILE")
    make_source(entry)
    with services_given_or_embedded() as services, connect(services.database_url, program="source") as connection:
        try:
            write_source(connection, entry)
        except (LookupError, ValueError) as error:
            raise SettingError(str(error)) from error
    hint = f"try it: vigie source test {name}" if entry.has_broker else f"post to /v1/messages?source={name}&topic=..."
    typer.echo(f"source {name} entered with {len(entry.rules)} rules; {hint}")


@source.command(name="list")
def show() -> None:
    """List sources: address, rules, how their sessions fare, and what they brought in 24 hours."""
    with services_given_or_embedded() as services, connect(services.database_url, program="source") as connection:
        for entry in read_sources(connection):
            secret = f", password from {entry.password_from}" if entry.password_from else ""
            way = f"{entry.url}  MQTT {entry.mqtt_version}" if entry.has_broker else "posted over HTTP"
            typer.echo(f"{entry.name}  {way}  {entry.territory or 'any territory'}{secret}")
            for written in entry.rules:
                prefix = f", prefix {written.device_prefix}" if written.device_prefix else ""
                typer.echo(f"  rule     {written.topic_filter or 'its topics'} -> {written.format}{prefix}")
            for state in read_states(connection, entry.name):
                standing = "connected" if state.is_connected else f"not connected ({state.error})"
                typer.echo(f"  session  {state.session}: {standing} since {state.changed_at:%Y-%m-%d %H:%M:%SZ}")
            account = read_account(connection, entry.name)
            counts = ", ".join(f"{n} {word[2:]}" for word, n in account._asdict().items())
            typer.echo(f"  24 h     {counts} values")


@source.command()
def remove(name: str) -> None:
    """Forget a source; what it brought stays."""
    with services_given_or_embedded() as services, connect(services.database_url, program="source") as connection:
        if not remove_source(connection, name):
            raise SettingError(f"there is no source {name}")
    typer.echo(f"source {name} removed")


@source.command(name="test")
def listen(
    name: str, seconds: Annotated[float, typer.Option(min=1, max=3600, help="how long to listen [s]")] = 10.0
) -> None:
    """Connect and listen for a while; say what would be stored, what refused and why. Changes nothing."""
    from ingest.foreign import make_broker, make_source
    from ingest.trial import by_count, try_source

    with services_given_or_embedded() as services:
        with connect(services.database_url, program="source") as connection:
            entry = next((entry for entry in read_sources(connection) if entry.name == name), None)
        if entry is None:
            raise SettingError(f"there is no source {name}")
        if not entry.has_broker:
            raise SettingError(f"source {name} has no broker to listen to: its messages are posted")
        broker = make_broker(entry, name, WINDOW_N)
        report = try_source(services.database_url, make_source(entry), broker, seconds)
    typer.echo(f"{report.n_messages} messages in {seconds:g} s, {report.n_without_values} of them without values")
    if report.error:
        typer.echo(f"trouble: {report.error}")
    for series, n_values in report.stored.most_common(SHOWN_N):
        place = "/".join(filter(None, (series.territory, series.device, series.channel, series.quantity)))
        typer.echo(f"would store   {n_values:6d}  {place} [{series.unit}]")
    for refused, n_values in list(by_count(report.refused))[:SHOWN_N]:
        typer.echo(f"would refuse  {n_values:6d}  {refused.reason}: {refused.detail} ({refused.topic})")


def read_rules(written: list[str], path: Path | None) -> list[RuleEntry]:
    """Give the rules of the command line, then those of the file. Raises SettingError."""
    entries = []
    for text in written:
        format_name, _, topic_filter = text.partition(":")
        entries.append(RuleEntry(format_name, topic_filter))
    if path is None:
        return entries
    try:
        documents = msgspec.json.decode(path.read_bytes(), type=list[RuleDocument])
    except (OSError, *UNREADABLE_JSON) as error:
        raise SettingError(f"{path} holds no list of rules: {error}") from error
    for rule in documents:
        mapping = None if rule.mapping is None else msgspec.json.encode(rule.mapping).decode()
        entries.append(RuleEntry(rule.format, rule.topic_filter, rule.territory, rule.device_prefix, mapping))
    return entries


def password_place(variable: str | None, path: Path | None) -> str | None:
    """Say where the password is, as the store keeps it. Raises SettingError."""
    if variable and path:
        raise SettingError("give --password-env or --password-file, not both")
    if variable:
        return f"env:{variable}"
    return f"file:{path.resolve()}" if path else None
