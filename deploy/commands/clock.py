"""`vigie device clock`: clocks that are wrong, and the rules that correct their times."""

import getpass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from analytics.clock.rules import move_under, take_back
from deploy.commands.device import ExternalId, Territory, device, read_instant, sentence, store
from deploy.errors import SettingError
from ingest.replay import replay
from store import clocks
from store.admission import Connection
from store.clocks import ListedClock, NewRule
from store.quarantine import Choice

clock = typer.Typer(help="Clocks that are wrong, and the rules that correct their times.", no_args_is_help=True)
device.add_typer(clock, name="clock")
Number = Annotated[int, typer.Argument(help="of `vigie device clock list`")]
WIDEST = timedelta(hours=14)  # offset of any zone


def add_to(app: typer.Typer) -> None:
    """Nothing to add: the group is one of `vigie device`."""


@clock.command("list")
def list_(territory: Annotated[str | None, typer.Option(help="slug of a territory")] = None) -> None:
    """List clocks that are not in order and every rule, one a line, fields separated by tabs."""
    with store() as connection:
        for found in clocks.list_clocks(connection, territory):
            typer.echo("\t".join((found.territory, found.external_id, *tell_clock(found), *tell_rule(found))))


@clock.command()
def accept(number: Number) -> None:
    """Let a proposed rule hold: what came already is put right, what was refused for its time is replayed."""
    with store() as connection:
        decided = clocks.decide_rule(connection, number, "active", getpass.getuser())
        n_moved = move_under(connection, decided.device_id, decided.rule, decided.since, datetime.now(UTC))
        connection.commit()
        typer.echo(f"rule {number} holds: {n_moved} values put right")
        replay_refused(connection, decided.external_id)


@clock.command()
def decline(number: Number) -> None:
    """Decline a rule, also one that holds: what it corrected is put back, and it is not made again."""
    with store() as connection:
        decided = clocks.decide_rule(connection, number, "declined", getpass.getuser())
        n_moved = take_back(connection, decided.device_id)
        connection.commit()
        typer.echo(f"rule {number} is declined: {n_moved} values put back to the device's own time")


@clock.command("set")
def set_(
    territory: Territory,
    external_id: ExternalId,
    shift_s: Annotated[float | None, typer.Option(help="seconds to add to the device's time")] = None,
    time_zone: Annotated[str | None, typer.Option(help="the device writes this zone's time as if it were UTC")] = None,
    at: Annotated[str | None, typer.Option("--from", help="by the device's clock, with offset; now")] = None,
) -> None:
    """Say how a device's clock is wrong, from an instant of its own time on; values from then on are put right."""
    check_way(shift_s, time_zone)
    with store() as connection:
        begins_at = read_instant(at) or datetime.now(UTC)
        since = begins_at - WIDEST if shift_s is None else begins_at + timedelta(seconds=shift_s)
        device_id = clocks.find_device(connection, territory, external_id)
        person = getpass.getuser()
        clocks.drop_proposals(connection, device_id)
        clocks.end_running_rules(connection, device_id, begins_at, person)
        rule = clocks.insert_rule(
            connection, NewRule(device_id, begins_at, since, shift_s, time_zone, "active", person)
        )
        take_back(connection, device_id)
        n_moved = move_under(connection, device_id, rule, since, datetime.now(UTC))
        connection.commit()
        typer.echo(f"rule {rule.rule_id} holds: {n_moved} values put right")
        replay_refused(connection, external_id)


@clock.command()
def end(
    number: Number,
    at: Annotated[str | None, typer.Option(help="by the device's clock, with offset; now")] = None,
) -> None:
    """Let a rule end: what comes with a later time is stored as sent. It goes on holding for times before."""
    with store() as connection:
        device_id = clocks.end_rule(connection, number, read_instant(at) or datetime.now(UTC), getpass.getuser())
        take_back(connection, device_id)


def check_way(shift_s: float | None, time_zone: str | None) -> None:
    """See that one way to be wrong is given, and can be. Raises SettingError."""
    if (shift_s is None) == (time_zone is None) or shift_s == 0:
        raise SettingError("give either --shift-s, not 0, or --time-zone")
    try:
        ZoneInfo(time_zone or "UTC")
    except (LookupError, ValueError) as error:
        raise SettingError(f"{time_zone!r} is no time zone; one is Europe/Paris") from error


def replay_refused(connection: Connection, external_id: str) -> None:
    """Replay what was refused for its time, and say what came of it."""
    for reason in ("time_in_future", "time_invalid"):
        typer.echo(sentence(replay(connection, Choice(device=external_id, reason=reason))))


def tell_clock(found: ListedClock) -> tuple[str, str]:
    """Say what is wrong with a clock, and since when."""
    offset = "" if found.offset_s is None else f" {found.offset_s:+.0f} s"
    drift = "" if found.drift_s_per_day is None else f" {found.drift_s_per_day:+.1f} s/d"
    since = found.since.isoformat(timespec="seconds") if found.since else "-"
    return f"{found.verdict or 'unknown'}{offset}{drift}", since


def tell_rule(found: ListedClock) -> tuple[str, ...]:
    """Say what a rule does, from when to when of the device's own time."""
    if found.rule_id is None:
        return ("-",)
    way = f"{found.shift_s:+.0f} s" if found.shift_s is not None else f"{found.time_zone} as UTC"
    begin = found.begins_at.isoformat(timespec="seconds") if found.begins_at else "-"
    end_ = found.ends_at.isoformat(timespec="seconds") if found.ends_at else "-"
    return f"rule {found.rule_id}", str(found.state), way, begin, end_, f"by {found.made_by}"
