"""`vigie key`: keys of the API."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from deploy.by_hand import actor, opened_store
from deploy.errors import SettingError
from store.keys import ROLES, SCOPES, NewKey, Role, add_key, end_key, read_keys
from store.reader import Row

key = typer.Typer(help="Keys of the API.", no_args_is_help=True)
ROLE_WORDS = ", ".join(ROLES)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(key, name="key")


@key.command("create", hidden=True)
@key.command()
def add(  # noqa: PLR0913  each argument is an option of the command line
    name: Annotated[str, typer.Argument(help="who will use it; a program or a post, rather than a person")],
    territory: Annotated[list[str], typer.Option(help="slug; the key sees its whole subtree; may be repeated")],
    role: Annotated[str | None, typer.Option(help=f"{ROLE_WORDS}: each may what those before it may")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help=f"what it is for: {', '.join(SCOPES)}; may be repeated; default: its role's"),
    ] = None,
    until: Annotated[str | None, typer.Option(help="last day on which it is valid (UTC), such as 2027-12-31")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="how long it is valid, in place of --until")] = None,
    per_day: Annotated[
        int | None, typer.Option(min=0, help="requests of a day; 0: no limit; default: what the API is set to")
    ] = None,
) -> None:
    """Make a key and show it, once: only its hash is kept. Valid for ever without --until and --days."""
    new = NewKey(name, territory, read_role(role, scope), scope, read_end(until, days), per_day)
    with opened_store("key") as connection:
        typer.echo(add_key(connection, new, actor())[1])


@key.command("list")
def list_(ended: Annotated[bool, typer.Option("--all", help="those that are no longer valid too")] = False) -> None:
    """List keys and accounts, one a line, fields separated by tabs."""
    with opened_store("key") as connection:
        for row in read_keys(connection, ended=ended):
            typer.echo("\t".join(describe(row)))


@key.command()
def end(number: Annotated[int, typer.Argument(help="of `vigie key list`")]) -> None:
    """End a key or account: within some seconds it is refused everywhere."""
    with opened_store("key") as connection:
        typer.echo(f"ended: key {number} ({end_key(connection, number, actor())})")


def read_role(role: str | None, scopes: list[str] | None) -> Role:
    """Give the role that is meant; without one the least that the scopes ask for. Raises SettingError."""
    if role is None:
        return (
            "administrator"
            if scopes and "admin" in scopes
            else "engineer"
            if scopes and "write" in scopes
            else "reader"
        )
    found = next((one for one in ROLES if one == role), None)
    if found is None:
        raise SettingError(f"a role is one of {ROLE_WORDS}, not {role!r}")
    return found


def read_end(until: str | None, days: int | None) -> datetime | None:
    """Give when a key ends. Raises SettingError."""
    if until is None:
        return datetime.now(UTC) + timedelta(days=days) if days else None
    if days is not None:
        raise SettingError("--until, --days: give one of the two")
    try:
        end = datetime.combine(date.fromisoformat(until) + timedelta(days=1), time.min, UTC)
    except (ValueError, OverflowError) as error:
        raise SettingError(f"--until is a day such as 2027-12-31, not {until!r}") from error
    if end <= datetime.now(UTC):
        raise SettingError(f"--until {until} has passed")
    return end


def describe(row: Row) -> tuple[str, ...]:
    """Write a key in a line."""
    state = "ended" if row["revoked_at"] else f"until {row['expires_at']:%Y-%m-%d}" if row["expires_at"] else "for ever"
    kind = "account" if row["issuer"] else "key"
    per_day = "-" if row["requests_per_day"] is None else f"{row['requests_per_day']} a day"
    used = f"used {row['used_on']}" if row["used_on"] else "unused"
    places = ",".join(row["territories"])
    return str(row["key_id"]), kind, row["name"], places, row["role"], ",".join(row["scopes"]), state, per_day, used
