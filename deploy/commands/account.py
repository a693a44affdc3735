"""`vigie account`: people named in the database."""

from typing import Annotated

import typer

from deploy.by_hand import actor
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import database
from store.connect import connect
from store.personal import erase_person

account = typer.Typer(help="People named in the database.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(account, name="account")


@account.callback()
def group() -> None:
    """People named in the database."""


@account.command()
def erase(
    name: Annotated[str, typer.Argument(help="as it is written in work orders, verdicts, keys")],
    yes: Annotated[bool, typer.Option("--yes", help="erase; without it, say only where the name stands")] = False,
) -> None:
    """Replace a name everywhere by a pseudonym, for good, and end the keys and accounts of that name."""
    with only_warnings(), database() as url, connect(url, program="account", autocommit=True) as connection:
        try:
            erasure = erase_person(connection, name, actor(), preview=not yes)
        except ValueError as error:
            raise SettingError(str(error)) from error
    for column, n_rows in erasure.n_by_column.items():
        typer.echo(f"{column}\t{n_rows}")
    total = sum(erasure.n_by_column.values())
    typer.echo(f"{'erased from' if yes else 'would be erased from'} {total} rows; stands for it: {erasure.pseudonym}")
