"""`vigie demo`: all of it, on this machine."""

from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    days: Annotated[int, typer.Option(min=1, max=400, help="days of back-fill")] = 60,
    scale: Annotated[float, typer.Option(help="size of the town, 1 is Val-de-Tille")] = 1.0,
) -> None:
    """Run services, a town, ingest, analytics, API and page; Ctrl-C ends everything."""
    from deploy.demo import Wish, run_demo  # it needs the API, which other commands need not wait for

    run_demo(Wish(days, scale))
