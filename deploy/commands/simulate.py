"""`vigie simulate`: a town whose sensors publish over MQTT, with labelled faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.errors import SettingError
from deploy.settings import services_given_or_embedded
from deploy.simulation import Cast, Output, draw_run, simulate_towns, summary
from deploy.town import register_town
from simulators.format_mix import FormatError
from simulators.period import PeriodError, Wish, choose_period, read_duration
from simulators.publisher import PublisherError
from simulators.town import Town, TownError

ABOUT = """Simulate a town that publishes over MQTT: rhythm, weather, faults with their signs, and look-alikes.

Without options a town of about 760 devices is registered in the platform's database and sends live to its broker:
those of VIGIE_DATABASE_URL and VIGIE_MQTT_URL, else this checkout's own. Ctrl-C ends it; files then tell how far
they are true. The same seed and the same first day give the same town again; a run whose --truth file is there
already goes on with that town where the earlier run ended.

Examples: `vigie simulate --backfill 60d --truth truth.json` sends two months and goes on live;
`vigie simulate --from 2025-01-01 --to 2025-02-01 --speed 3600` runs through a January in twelve minutes;
`vigie simulate --lamps 20000 --seed 7 --for 10m` is ten minutes of a city.
"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=ABOUT)(simulate)


def simulate(  # noqa: PLR0913  each argument is an option of the command line
    seed: Annotated[int, typer.Option(help="which town, 0 to 4,294,967,295")] = 1,
    territory: Annotated[
        str, typer.Option(help="slug of the territory; further towns get -2, -3 ...")
    ] = "val-de-tille",
    towns: Annotated[int, typer.Option(min=1, max=50, help="how many towns at once, seeds counting up")] = 1,
    scale: Annotated[float, typer.Option(help="times 400 lamps, 150 bays, 120 containers ..., 0.1 to 50")] = 1.0,
    lamps: Annotated[int | None, typer.Option(help="number of street lights alone, 12 to 20,000")] = None,
    backfill: Annotated[str | None, typer.Option(help="send the past first, in packed messages: 60d, 12h")] = None,
    from_day: Annotated[str | None, typer.Option("--from", help="the same from a UTC date on: 2025-01-01")] = None,
    to_day: Annotated[str | None, typer.Option("--to", help="with --from: end at this date, nothing live")] = None,
    history: Annotated[str, typer.Option(help="how long before the past meters report alone, hourly")] = "400d",
    speed: Annotated[float, typer.Option(min=1, help="send the past one by one, so many times faster")] = 1.0,
    live_for: Annotated[str | None, typer.Option("--for", help="end after so much live time: 10m, 2h")] = None,
    formats: Annotated[str, typer.Option(help="native, or real: ChirpStack, SenML, Sparkplug B, native")] = "native",
    truth: Annotated[Path | None, typer.Option(help="write what was drawn (faults, savings), for evaluation")] = None,
    reference: Annotated[Path | None, typer.Option(help="write what the town's people know, as JSON")] = None,
    mqtt_url: Annotated[str | None, typer.Option(help="mqtt://user:password@host:port; registers nothing")] = None,
) -> None:
    with said_plainly():
        period = choose_period(Wish(backfill, from_day, to_day, live_for, speed), datetime.now(UTC))
        cast = Cast(seed, territory, towns, scale, lamps, read_duration(history))
        output = Output(truth, reference)
        drawn, period = draw_run(cast, period, output, has_past=bool(backfill or from_day))
        with broker_of(mqtt_url, drawn) as url:
            tally = simulate_towns(drawn, url, period, output, formats)
    typer.echo(summary(tally))


@contextmanager
def broker_of(mqtt_url: str | None, towns: list[Town]) -> Iterator[str]:
    """Give the broker to publish to, and register the towns where we know the database."""
    if mqtt_url is not None:
        yield mqtt_url
        return
    with services_given_or_embedded() as services:
        for town in towns:
            register_town(services.database_url, town)
        yield services.mqtt_url


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what a person got wrong, or what a broker refused, into a sentence."""
    try:
        yield
    except (TownError, PeriodError, FormatError, PublisherError) as error:
        raise SettingError(str(error)) from error
