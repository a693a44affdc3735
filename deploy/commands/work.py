"""`vigie work`: work orders opened, assigned, planned, closed; calendars of them, and webhooks that tell others."""

import getpass
from typing import Annotated, Any, cast

import typer

from deploy.by_hand import actor, opened_store
from deploy.commands.device import read_instant
from deploy.errors import SettingError
from sensors.work_order import CONDITIONS, STATES, VERDICTS, Condition, Outcome, Part, Verdict
from store.calendar_feeds import create_feed, read_feeds, revoke_feed
from store.reader import Row
from store.webhooks import create_webhook, read_attempts, read_webhooks, revoke_webhook
from store.work_order_lists import read_orders
from store.work_orders import Asked, NewOrder, OrderChange, change_order, close_order, open_order

work = typer.Typer(help="Work orders, calendars of them, webhooks.", no_args_is_help=True)
calendar = typer.Typer(help="Addresses from which calendars read work orders.", no_args_is_help=True)
webhook = typer.Typer(help="Where changes of work orders are sent.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="of `vigie work list`")]
Who = Annotated[str | None, typer.Option(help="who says it; by default the user of this machine")]
Territory = Annotated[str, typer.Argument(help="slug of the territory")]


def add_to(app: typer.Typer) -> None:
    """Add the groups to the command."""
    work.add_typer(calendar, name="calendar")
    work.add_typer(webhook, name="webhook")
    app.add_typer(work, name="work")


def asked(who: str | None) -> Asked:
    """Say who asks: whoever has the database."""
    return Asked(actor(), who or getpass.getuser())


def one_of(word: str | None, words: tuple[str, ...], what: str) -> str | None:
    """Give a word that is one of these. Raises SettingError."""
    if word is not None and word not in words:
        raise SettingError(f"{what} is one of {', '.join(words)}, not {word!r}")
    return word


def line(row: Row) -> str:
    """Write an order as one line, fields separated by tabs."""
    planned = "-" if row["planned_at"] is None else row["planned_at"].isoformat(timespec="minutes")
    what = row["title"] or row["sentence_fr"]
    fields = (row["work_order_id"], row["territory"], row["state"], row["severity"], row["technician"] or "-", planned)
    return "\t".join([*map(str, fields), row["verdict"] or "-", what])


@work.command("list")
def list_(
    territory: Annotated[str | None, typer.Option(help="slug of a territory")] = None,
    state: Annotated[
        str, typer.Option(help="a state, `waiting` (default: all that are not done), or `all`")
    ] = "waiting",
    technician: Annotated[str | None, typer.Option(help="a person or team")] = None,
    n: Annotated[int, typer.Option("--most", min=1, max=10_000, help="at most so many")] = 100,
) -> None:
    """List work orders, the newest first, one a line, fields separated by tabs."""
    one_of(state, (*STATES, "waiting", "all"), "--state")
    filters = {"territory": territory, "state": state, "technician": technician, "asset_id": None, "incident_id": None}
    with opened_store("work") as connection:
        for row in read_orders(connection, filters, n):
            typer.echo(line(row))


@work.command("open")
def open_(  # one for each option
    title: Annotated[str, typer.Argument(help="what is to be done; may be empty with an incident or finding")] = "",
    incident: Annotated[int | None, typer.Option(help="number of an incident")] = None,
    finding: Annotated[int | None, typer.Option(help="number of a finding")] = None,
    territory: Annotated[str | None, typer.Option(help="slug, where it is about neither")] = None,
    note: Annotated[str, typer.Option(help="what else there is to know")] = "",
    who: Who = None,
) -> None:
    """Open a work order."""
    if incident is None and finding is None and not (title.strip() and territory):
        raise SettingError("name --incident or --finding, or give a title and --territory")
    new = NewOrder(incident, finding, territory=territory, title=title.strip(), note=note.strip())
    with opened_store("work") as connection:
        typer.echo(line(open_order(connection, new, asked(who))))


@work.command()
def assign(
    number: Number, technician: Annotated[str, typer.Argument(help="a person or team")], who: Who = None
) -> None:
    """Say who is to do it."""
    change(number, {"technician": technician}, who)


@work.command()
def plan(number: Number, at: Annotated[str, typer.Argument(help="an instant, with offset")], who: Who = None) -> None:
    """Say when it is to be done."""
    try:
        planned_at = read_instant(at)
    except ValueError as error:
        raise SettingError(str(error)) from error
    change(number, {"planned_at": planned_at}, who)


@work.command()
def start(number: Number, who: Who = None) -> None:
    """Say that somebody works on it."""
    with opened_store("work") as connection:
        typer.echo(line(change_order(connection, number, OrderChange({}, "start"), asked(who))))


@work.command()
def cancel(number: Number, who: Who = None) -> None:
    """Say that it will not be done."""
    with opened_store("work") as connection:
        typer.echo(line(change_order(connection, number, OrderChange({}, "cancel"), asked(who))))


def change(number: int, fields: dict[str, Any], who: str | None) -> None:
    """Change fields and show the order."""
    with opened_store("work") as connection:
        typer.echo(line(change_order(connection, number, OrderChange(fields), asked(who))))


@work.command()
def close(  # noqa: PLR0913  each argument is an option of the command line
    number: Number,
    verdict: Annotated[str, typer.Argument(help="confirmed, false_alarm, known, or other_cause")],
    condition: Annotated[str | None, typer.Option(help="how it was found: working or failed")] = None,
    failed_at: Annotated[str | None, typer.Option("--at", help="since when it had failed, with offset")] = None,
    cause: Annotated[str, typer.Option(help="what it was")] = "",
    part: Annotated[list[str] | None, typer.Option(help="a part that was used; may be repeated")] = None,
    minutes: Annotated[int | None, typer.Option(min=0, help="time spent [min]")] = None,
    cost: Annotated[float | None, typer.Option(min=0, help="all that it cost [EUR]")] = None,
    result: Annotated[str, typer.Option(help="what was found and done")] = "",
    who: Who = None,
) -> None:
    """Close a work order; its findings get the verdict. Once more corrects what was said."""
    try:
        outcome = Outcome(
            cast(Verdict, one_of(verdict, VERDICTS, "a verdict")),
            cast(Condition | None, one_of(condition, CONDITIONS, "--condition")),
            read_instant(failed_at),
            cause.strip(),
            tuple(Part(name) for name in part or ()),
            minutes,
            cost,
            result.strip(),
        )
    except ValueError as error:
        raise SettingError(str(error)) from error
    with opened_store("work") as connection:
        typer.echo(line(close_order(connection, number, outcome, asked(who))))


@calendar.command("add")
def add_calendar(
    territory: Territory, technician: Annotated[str | None, typer.Option(help="a person or team; else all")] = None
) -> None:
    """Make an address for a calendar and show it, once: put it behind that of the server. It is a secret."""
    with opened_store("work") as connection:
        number, token = create_feed(connection, territory, technician, actor())
    typer.echo(f"{number}\t/v1/calendars/{token}.ics")


@calendar.command("list")
def list_calendars() -> None:
    """List the addresses in use, without what they are."""
    with opened_store("work") as connection:
        for row in read_feeds(connection):
            typer.echo(f"{row['feed_id']}\t{row['territory']}\t{row['technician'] or '-'}\t{row['created_by']}")


@calendar.command("revoke")
def revoke_calendar(number: Annotated[int, typer.Argument(help="of `vigie work calendar list`")]) -> None:
    """Let an address lead nowhere from now on."""
    with opened_store("work") as connection:
        revoke_feed(connection, number, actor())


@webhook.command("add")
def add_webhook(territory: Territory, url: Annotated[str, typer.Argument(help="https:// or http://")]) -> None:
    """Have changes sent to an address, and show the secret of their signature, once."""
    with opened_store("work") as connection:
        number, secret = create_webhook(connection, territory, url, actor())
    typer.echo(f"{number}\t{secret}")


@webhook.command("list")
def list_webhooks() -> None:
    """List the webhooks in use, with what waits and what was given up."""
    with opened_store("work") as connection:
        for row in read_webhooks(connection):
            counts = f"{row['n_waiting']} waiting, {row['n_given_up']} given up"
            typer.echo(f"{row['webhook_id']}\t{row['territory']}\t{row['url']}\t{counts}")


@webhook.command("log")
def log_of_webhook(
    number: Annotated[int, typer.Argument(help="of `vigie work webhook list`")],
    n: Annotated[int, typer.Option("--most", min=1, max=10_000)] = 50,
) -> None:
    """Show the newest attempts: when, which change, and what came of it."""
    with opened_store("work") as connection:
        for row in read_attempts(connection, number, n):
            order = f"work order {row['work_order_id']} version {row['version']}"
            told = row["status"] if row["status"] is not None else row["error"]
            at = row["at"].isoformat(timespec="seconds")
            typer.echo(f"{at}\t{order}\tattempt {row['attempt']}\t{told}")


@webhook.command("revoke")
def revoke(number: Annotated[int, typer.Argument(help="of `vigie work webhook list`")]) -> None:
    """Send nothing there from now on."""
    with opened_store("work") as connection:
        revoke_webhook(connection, number, actor())
