"""`vigie audit`: who did what, when, through which route or command, to what."""

import json
from typing import Annotated

import typer

from deploy.commands.device import read_instant
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import database
from store.audit import Choice, read_lines
from store.connect import connect


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(
    territory: Annotated[str | None, typer.Option(help="slug; lines of this territory only")] = None,
    actor: Annotated[str | None, typer.Option("--who", help="a part of the key's, account's or user's name")] = None,
    action: Annotated[str | None, typer.Option(help="such as export, give_verdict, add_key")] = None,
    begins_at: Annotated[str | None, typer.Option("--from", help="first instant, with offset")] = None,
    ends_at: Annotated[str | None, typer.Option("--to", help="end, excluded, with offset")] = None,
    n: Annotated[int, typer.Option("--most", min=1, max=1_000_000, help="at most so many")] = 100,
) -> None:
    """Show lines of the audit log, the latest first, one a line, fields separated by tabs."""
    try:
        choice = Choice(territory, actor, action, read_instant(begins_at), read_instant(ends_at))
    except ValueError as error:
        raise SettingError(str(error)) from error
    with only_warnings(), database() as url, connect(url, program="audit", autocommit=True) as connection:
        for row in read_lines(connection, choice, n):
            at = row["at"].isoformat(timespec="seconds")
            fields = (row["audit_id"], at, row["actor"], row["action"], row["through"] or "-", row["territory"] or "-")
            detail = json.dumps(row["detail"], ensure_ascii=False, default=str)
            typer.echo("\t".join([*map(str, fields), row["subject"], detail]))
