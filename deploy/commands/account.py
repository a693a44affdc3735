"""`vigie account`: people who log in with a name and a password, and people named in the database."""

import getpass
import sys
from typing import Annotated

import typer

from deploy.by_hand import actor, opened_store
from deploy.commands.key import ROLE_WORDS, describe, read_end, read_role
from deploy.errors import SettingError
from store.keys import NewKey
from store.local_accounts import add_account, change_password, end_account, read_accounts
from store.personal import erase_person

account = typer.Typer(help="People who log in, and people named in the database.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="as it is typed to log in; case does not count")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(account, name="account")


@account.callback()
def group() -> None:
    """People who log in, and people named in the database."""


@account.command()
def add(
    name: Name,
    territory: Annotated[list[str], typer.Option(help="slug; the account sees its whole subtree; may be repeated")],
    role: Annotated[str, typer.Option(help=f"{ROLE_WORDS}: each may what those before it may")] = "reader",
    until: Annotated[str | None, typer.Option(help="last day on which it is valid (UTC), such as 2027-12-31")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="how long it is valid, in place of --until")] = None,
    per_day: Annotated[
        int | None, typer.Option(min=0, help="requests of a day; 0: no limit; default: what the API is set to")
    ] = None,
) -> None:
    """Make an account that logs in with a password: asked twice, or the first line of what is piped in."""
    new = NewKey(name, territory, read_role(role, None), None, read_end(until, days), per_day)
    password = read_password()
    with opened_store("account") as connection:
        typer.echo(f"added: account {add_account(connection, new, password, actor())} ({name.strip()})")


@account.command()
def passwd(name: Name) -> None:
    """Give an account another password, asked as by `add`; its sessions end."""
    password = read_password()
    with opened_store("account") as connection:
        change_password(connection, name, password, actor())
    typer.echo(f"changed: the password of {name}; it is logged out everywhere")


@account.command("list")
def list_(ended: Annotated[bool, typer.Option("--all", help="those that are no longer valid too")] = False) -> None:
    """List accounts, one a line, fields as by `vigie key list`."""
    with opened_store("account") as connection:
        for row in read_accounts(connection, ended=ended):
            typer.echo("\t".join(describe(row)))


@account.command()
def end(name: Name) -> None:
    """End an account, for good: within some seconds it is logged out everywhere."""
    with opened_store("account") as connection:
        typer.echo(f"ended: account {end_account(connection, name, actor())} ({name})")


@account.command()
def erase(
    name: Annotated[str, typer.Argument(help="as it is written in work orders, verdicts, keys")],
    yes: Annotated[bool, typer.Option("--yes", help="erase; without it, say only where the name stands")] = False,
) -> None:
    """Replace a name everywhere by a pseudonym, for good, and end the keys and accounts of that name."""
    with opened_store("account") as connection:
        erasure = erase_person(connection, name, actor(), preview=not yes)
    for column, n_rows in erasure.n_by_column.items():
        typer.echo(f"{column}\t{n_rows}")
    total = sum(erasure.n_by_column.values())
    typer.echo(f"{'erased from' if yes else 'would be erased from'} {total} rows; stands for it: {erasure.pseudonym}")


def read_password() -> str:
    """Read a password that nobody sees, neither on the screen nor in a list of programs. Raises SettingError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("password: ")
    if getpass.getpass("once more: ") != first:
        raise SettingError("the two passwords are not the same: nothing was changed")
    return first
