"""`vigie alert`: who is told of which incidents by which way, who is on call, what waits for the morning."""

import getpass
from datetime import date, time
from typing import Annotated, cast

import typer

from deploy.by_hand import actor, opened_store
from deploy.errors import SettingError
from sensors.alerts import alert_kinds
from sensors.language import Language
from sensors.severity import SEVERITIES, Severity
from store import alert_setup as setup
from store.alert_setup import NewChannel, NewRota, NewRule, Part
from store.alerts import acknowledge, read_alerts

alert = typer.Typer(help="Alerts: channels, rules, rotas, mutes; what was sent.", no_args_is_help=True)
channel = typer.Typer(help="Where alerts are sent.", no_args_is_help=True)
rota = typer.Typer(help="Who is on call, in turns.", no_args_is_help=True)
rule = typer.Typer(help="Who is told of what.", no_args_is_help=True)
mute = typer.Typer(help="Hours in which what does not press waits.", no_args_is_help=True)
Territory = Annotated[str, typer.Argument(help="slug of the territory; those below it are told of too")]
Name = Annotated[str, typer.Argument(help="what people call it")]
Number = Annotated[int, typer.Argument(help="of the list")]


def add_to(app: typer.Typer) -> None:
    """Add the groups to the command."""
    for part, group in (("channel", channel), ("rota", rota), ("rule", rule), ("mute", mute)):
        alert.add_typer(group, name=part)
    app.add_typer(alert, name="alert")


def severity(word: str) -> Severity:
    """Read a severity. Raises SettingError."""
    if word not in SEVERITIES:
        raise SettingError(f"a severity is one of {', '.join(SEVERITIES)}, not {word!r}")
    return word


def clock(text: str) -> time:
    """Read a time of the day. Raises SettingError."""
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"a time of the day is HH:MM, not {text!r}") from error


def shown(value: object) -> str:
    """Write a field of a list."""
    if isinstance(value, list):
        return ",".join(map(str, value)) or "-"
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return "-" if value is None else str(value)


def show_parts(part: Part) -> None:
    """List the parts of a kind, one a line, fields separated by tabs."""
    with opened_store("alert") as connection:
        for row in setup.read_parts(connection, part):
            typer.echo("\t".join(map(shown, row.values())))


def revoke(part: Part, number: int) -> None:
    """End a part."""
    with opened_store("alert") as connection:
        setup.revoke(connection, part, number, actor())


@alert.command("kinds")
def kinds() -> None:
    """List what people can be told of."""
    for kind in alert_kinds().values():
        typer.echo(f"{kind.name}\t{kind.name_fr}\t{kind.name_en}")


@alert.command("list")
def list_(
    territory: Annotated[str | None, typer.Option(help="slug of a territory")] = None,
    state: Annotated[str, typer.Option(help="`open`, `unacknowledged`, `closed` or `all`")] = "open",
    n: Annotated[int, typer.Option("--most", min=1, max=10_000, help="at most so many")] = 100,
) -> None:
    """List alerts, the newest first, one a line, fields separated by tabs."""
    if state not in ("open", "unacknowledged", "closed", "all"):
        raise SettingError(f"--state is open, unacknowledged, closed or all, not {state!r}")
    with opened_store("alert") as connection:
        for row in read_alerts(connection, {"territory": territory, "state": state}, n):
            at = row["opened_at"].isoformat(timespec="seconds")
            fields = (row["alert_id"], row["territory"], row["kind"], row["severity"], at, row["acknowledged_by"])
            typer.echo("\t".join([*map(shown, fields), row["sentence_fr"] or "-"]))


@alert.command("acknowledge")
def acknowledge_(number: Number, who: Annotated[str | None, typer.Option(help="who looks after it")] = None) -> None:
    """Say that somebody looks after an alert: nobody else is told of it."""
    with opened_store("alert") as connection:
        acknowledge(connection, number, who or getpass.getuser(), actor())


@alert.command("log")
def log(
    number: Annotated[
        int | None, typer.Argument(help="of `vigie alert channel list`; all where it is left out")
    ] = None,
    n: Annotated[int, typer.Option("--most", min=1, max=10_000)] = 50,
) -> None:
    """Show the newest attempts: when, which alert, to whom, and what came of it."""
    with opened_store("alert") as connection:
        for row in setup.read_attempts(connection, number, n):
            told = row["status"] if row["status"] is not None else row["error"]
            at = row["at"].isoformat(timespec="seconds")
            typer.echo(f"{at}\talert {row['alert_id']}\t{row['channel']}\tattempt {row['attempt']}\t{told}")


@channel.command("add")
def add_channel(  # noqa: PLR0913  each argument is an option of the command line
    territory: Territory,
    name: Name,
    way: Annotated[str, typer.Argument(help=f"one of {', '.join(setup.WAYS)}")],
    address: Annotated[str, typer.Argument(help="mail address, or https:// address")],
    body: Annotated[str, typer.Option(help="sms: what is posted, with {text} in it")] = "",
    credential: Annotated[
        str, typer.Option(envvar="VIGIE_ALERT_CREDENTIAL", help="sms, matrix: sent as a bearer token")
    ] = "",
    language: Annotated[str, typer.Option(help="`fr` or `en`")] = "fr",
) -> None:
    """Make a channel; show its number and the secret of its signatures, once."""
    if way not in setup.WAYS:
        raise SettingError(f"a way is one of {', '.join(setup.WAYS)}, not {way!r}")
    if language not in ("fr", "en"):
        raise SettingError(f"--language is fr or en, not {language!r}")
    new = NewChannel(territory, name, way, address, body, credential, cast(Language, language))
    with opened_store("alert") as connection:
        number, secret = setup.create_channel(connection, new, actor())
    typer.echo(f"{number}\t{secret}")


@rota.command("add")
def add_rota(  # one for each field
    territory: Territory,
    name: Name,
    member: Annotated[list[int], typer.Option(help="number of a channel; once for each member, in their order")],
    first_on: Annotated[str, typer.Option("--from", help="civil day on which the first member begins")],
    at: Annotated[str, typer.Option(help="local time at which it is handed over")] = "08:00",
    days: Annotated[int, typer.Option(min=1, max=366, help="days of each turn")] = 7,
) -> None:
    """Have channels take turns."""
    try:
        first = date.fromisoformat(first_on)
    except ValueError as error:
        raise SettingError(f"--from is a day YYYY-MM-DD, not {first_on!r}") from error
    with opened_store("alert") as connection:
        typer.echo(setup.create_rota(connection, NewRota(territory, name, member, first, clock(at), days), actor()))


@rule.command("add")
def add_rule(  # one for each field
    territory: Territory,
    kind: Annotated[
        list[str] | None, typer.Option(help="of `vigie alert kinds`, several times; all by default")
    ] = None,
    least: Annotated[str, typer.Option(help="from which severity on")] = "warning",
    channel: Annotated[int | None, typer.Option(help="number of the channel that is told")] = None,
    rota: Annotated[int | None, typer.Option(help="number of the rota whose member on call is told")] = None,
    escalate_min: Annotated[
        int | None, typer.Option(min=1, max=10_080, help="minutes without an answer until the next is told")
    ] = None,
) -> None:
    """Have a channel, or who is on call, told of incidents from now on."""
    new = NewRule(territory, kind or (), severity(least), channel, rota, escalate_min)
    with opened_store("alert") as connection:
        typer.echo(setup.create_rule(connection, new, actor()))


@mute.command("add")
def add_mute(
    territory: Territory,
    begins: Annotated[str, typer.Argument(help="local time HH:MM")],
    ends: Annotated[str, typer.Argument(help="local time HH:MM, of the next day where it is earlier")],
    loud_from: Annotated[str, typer.Option(help="what is told all the same, from this severity on")] = "urgent",
) -> None:
    """Have what does not press wait for the end of these hours."""
    with opened_store("alert") as connection:
        span = clock(begins), clock(ends)
        typer.echo(setup.create_mute(connection, territory, span, severity(loud_from), actor()))


@channel.command("list")
def list_channels() -> None:
    """List the channels in use, with how many messages wait and how many were given up."""
    show_parts("channel")


@rota.command("list")
def list_rotas() -> None:
    """List the rotas in use."""
    show_parts("rota")


@rule.command("list")
def list_rules() -> None:
    """List the rules in use."""
    show_parts("rule")


@mute.command("list")
def list_mutes() -> None:
    """List the mutes in use."""
    show_parts("mute")


@channel.command("revoke")
def revoke_channel(number: Number) -> None:
    """Send nothing there from now on, what waits included."""
    revoke("channel", number)


@rota.command("revoke")
def revoke_rota(number: Number) -> None:
    """End a rota: rules that name it tell nobody."""
    revoke("rota", number)


@rule.command("revoke")
def revoke_rule(number: Number) -> None:
    """End a rule."""
    revoke("rule", number)


@mute.command("revoke")
def revoke_mute(number: Number) -> None:
    """End a mute: what waits for its end is sent within a minute."""
    revoke("mute", number)
