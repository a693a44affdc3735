"""`vigie evaluate`: how well the methods do on data that others published."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.errors import SettingError

DAY = "%Y-%m-%d"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="evaluate")(evaluate)


def evaluate(  # each argument is an option of the command line
    name: Annotated[str, typer.Argument(metavar="SET", help="which study; a wrong name lists them")],
    data: Annotated[Path, typer.Option(help="folder of the set, or the one above it")],
    test_from: Annotated[datetime | None, typer.Option(formats=[DAY], help="first day of the test part")] = None,
    test_to: Annotated[datetime | None, typer.Option(formats=[DAY], help="day after its last")] = None,
    seconds: Annotated[float | None, typer.Option(help="for each instance, where a solver may go on")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Measure a method on a published data set, beside a cheap reference computed in the same run."""
    from analytics.evaluate import Asked, NoDataError, evaluations  # other commands need not wait for the models

    known = evaluations()
    if name not in known:
        raise SettingError(f"there is no study {name!r}; there are {', '.join(known)}")
    if not data.is_dir():
        raise SettingError(f"{data} is no folder")
    console = Console()
    try:
        for row in known[name].run(Asked(data, day_of(test_from), day_of(test_to), seconds)):
            if as_json:
                print(row.line(), flush=True)
            else:
                console.print(row.sentence(), highlight=False)
    except NoDataError as error:
        raise SettingError(str(error)) from error


def day_of(moment: datetime | None) -> date | None:
    """Give the day that was asked for."""
    return None if moment is None else moment.date()
