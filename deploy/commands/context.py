"""`vigie context`: copies of public JSON-LD contexts, by which NGSI-LD entities are read; none is ever fetched."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from deploy.errors import SettingError
from deploy.settings import database
from sensors.json_text import UNREADABLE_JSON
from store.connect import connect
from store.ngsi.context import bring_context

context = typer.Typer(help="JSON-LD contexts of NGSI-LD.", no_args_is_help=True)
MOST_BYTES = 2_000_000


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(context, name="context")


@context.callback()
def about() -> None:
    """JSON-LD contexts of NGSI-LD."""


@context.command()
def add(
    territory: Annotated[str, typer.Argument(help="slug: the territory whose entities name it")],
    url: Annotated[str, typer.Argument(help="its address, as entities and Link headers name it")],
    file: Annotated[Path, typer.Argument(help="a copy of what lies there: JSON with @context in it")],
) -> None:
    """Keep the copy of a public context, or put it in the place of an older one."""
    body = read_context(file)
    with database() as address, connect(address, program="context") as connection:
        if not bring_context(connection, territory, url, body):
            raise SettingError(f"there is no territory {territory!r}: `vigie territory list` names them")
    typer.echo(f"{url} kept for {territory}")


def read_context(file: Path) -> dict[str, object]:
    """Read the file of a context. Raises SettingError."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SettingError(f"{file}: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise SettingError(f"{file} is longer than {MOST_BYTES} bytes")
    try:
        body = msgspec.json.decode(data)
    except UNREADABLE_JSON as error:
        raise SettingError(f"{file} is no JSON: {error}") from error
    if not isinstance(body, dict) or not isinstance(body.get("@context"), dict | list | str):
        raise SettingError(f"{file} holds no @context: expected an object with terms, an address or a list of those")
    return body
