"""`vigie ingest`, `vigie analyse`, `vigie api`: the programs, with settings from the environment."""

import os
import socket
from typing import Annotated

import typer

from deploy.logs import configure_logs, only_warnings
from deploy.settings import database
from sensors.posting import Desk


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ingest)
    app.command()(analyse)
    app.command()(api)


def ingest(
    source: Annotated[
        list[str] | None, typer.Option(help="read this source only, `own` for the own broker; may be repeated")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="how many processes share the work on this host")] = 1,
) -> None:
    """Take messages from the own broker (VIGIE_MQTT_URL) and all sources, store them, then acknowledge them."""
    from deploy.crew import run_crew
    from ingest.program import main
    from ingest.settings import read_settings

    configure_logs()
    settings = read_settings(sources=tuple(source or ()))
    if workers == 1:
        main(settings)
        return
    arguments = ["ingest", *(word for name in settings.sources for word in ("--source", name))]
    raise typer.Exit(run_crew(workers, arguments, "VIGIE_INGEST_METRICS_PORT", settings.metrics_port))


def analyse(
    once: Annotated[bool, typer.Option("--once", help="do what waits, in this process, and end")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="how many processes share the jobs on this host")] = 1,
    status: Annotated[bool, typer.Option("--status", help="say how far the jobs of all hosts are, and end")] = False,
) -> None:
    """Keep rollups, findings and KPIs current, with all other workers at the same database (VIGIE_DATABASE_URL)."""
    from analytics.program import main, settings_from
    from deploy.crew import run_crew
    from deploy.progress import show_progress

    if status:
        with only_warnings(), database() as url:
            show_progress(url)
        return
    configure_logs()
    settings = settings_from(os.environ)
    if once or workers == 1:
        main(settings, once=once)
    else:
        code = run_crew(workers, ["analyse"], "VIGIE_ANALYSE_METRICS_PORT", settings.metrics_port)
        raise typer.Exit(code)


def api(
    workers: Annotated[int, typer.Option(min=1, max=64, help="how many processes share the port on this host")] = 1,
) -> None:
    """Serve the API and the page (VIGIE_DATABASE_URL, VIGIE_API_HOST, _PORT and others: docs/reference/settings.md)."""
    from api.program import main, require_free, settings_from
    from deploy.crew import run_crew

    configure_logs()
    settings = settings_from(os.environ)
    if workers > 1:
        require_free(settings.host, settings.port)
        raise typer.Exit(run_crew(workers, ["api"], "VIGIE_API_SEAT", 1))
    seat = f"-{settings.seat}" if settings.seat else ""

    def open_desk() -> Desk:
        from ingest.desk import PostDesk

        # The name tells apart the programs that write at once, and stays the same from start to start.
        return PostDesk(settings.database_url, f"vigie-http-{socket.gethostname()}-{settings.port}{seat}")

    main(settings, open_desk)
