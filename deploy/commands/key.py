"""`vigie key`: keys of the API."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from deploy.errors import SettingError
from deploy.settings import services_given_or_embedded
from store.connect import connect
from store.keys import create_key

key = typer.Typer(help="Keys of the API.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(key, name="key")


@key.callback()
def group() -> None:
    """Keys of the API."""


@key.command()
def create(
    name: Annotated[str, typer.Argument(help="who will use it")],
    territory: Annotated[list[str], typer.Option(help="slug; the key sees its whole subtree; may be repeated")],
    scope: Annotated[
        list[str] | None, typer.Option(help="read (default), ingest (send messages), write, admin; may be repeated")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="how long it is valid; for ever without")] = None,
) -> None:
    """Make a key and show it, once: only its hash is kept."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    with (
        services_given_or_embedded() as services,
        connect(services.database_url, program="key") as connection,
    ):
        try:
            typer.echo(create_key(connection, name, territory, scope or ["read"], expires_at))
        except LookupError as error:
            raise SettingError(str(error)) from error
