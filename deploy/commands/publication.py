"""`vigie publication`: what territories publish as open data, the record of it, and withdrawal."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer

from deploy.by_hand import actor
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import database
from sensors.data_sets import DATA_SETS
from sensors.kpi import KPI_NAMES
from sensors.publication import CONTACT, FREQUENCIES, LEAST_GROUP, LICENCES, LINE, NAME
from store.connect import connect
from store.inputs import Connection
from store.publications import (
    NewPublication,
    Publication,
    TakenError,
    add_publication,
    find_publication,
    list_all,
    list_record,
    withdraw,
)
from store.rollup import read_watermark
from store.technician import NotThereError

publication = typer.Typer(help="Open data: what territories publish, and the record of it.", no_args_is_help=True)
Territory = Annotated[str, typer.Argument(help="slug of the territory")]
Name = Annotated[str, typer.Argument(help="name of the publication")]
FROM = timedelta(days=31)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(publication, name="publication")


@publication.command()
def add(  # noqa: PLR0913  # the options of the command
    territory: Territory,
    dataset: Annotated[str, typer.Argument(help=", ".join(DATA_SETS))],
    name: Annotated[str | None, typer.Option(help="in its address; by default that of the data set")] = None,
    title_fr: Annotated[str | None, typer.Option(help="title in French")] = None,
    title_en: Annotated[str | None, typer.Option(help="title in English")] = None,
    licence: Annotated[str, typer.Option(help=", ".join(LICENCES))] = "lov2",
    frequency: Annotated[str, typer.Option(help=", ".join(FREQUENCIES))] = "monthly",
    step: Annotated[str | None, typer.Option(help="how fine: hour, day or month, as the data set allows")] = None,
    least: Annotated[
        int, typer.Option(min=LEAST_GROUP, help="fewest bays, containers or persons told of together")
    ] = LEAST_GROUP,
    contact: Annotated[str | None, typer.Option(help="e-mail address for questions")] = None,
    from_on: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="first day; default a month ago")
    ] = None,
    kpi: Annotated[list[str] | None, typer.Option(help="of the data set kpis: a KPI to show; may be repeated")] = None,
) -> None:
    """Say what is to be published; `vigie analyse` publishes it, or `vigie publication publish` at once."""
    slug = name or dataset.replace("_", "-")
    chosen = DATA_SETS.get(dataset)
    if chosen is None:
        raise SettingError(f"there is no data set {dataset!r}; there are {', '.join(DATA_SETS)}")
    new = NewPublication(
        territory,
        fitting(slug, NAME, "small letters, digits and -, such as parking"),
        dataset,
        fitting(title_fr or chosen.title_fr, LINE, "a title of one line"),
        fitting(title_en or chosen.title_en, LINE, "a title of one line"),
        known(licence, LICENCES, "licence"),
        known(frequency, FREQUENCIES, "frequency"),
        known(step or chosen.steps[0], dict.fromkeys(chosen.steps), "step"),
        least,
        None if contact is None else fitting(contact, CONTACT, "an e-mail address"),
        from_on.date() if from_on else first_day(),
        tuple(known(one, KPI_NAMES, "KPI") for one in kpi or ()),
    )
    with only_warnings(), database() as url, connect(url, program="publication") as connection:
        try:
            add_publication(connection, new, actor())
        except (NotThereError, TakenError) as error:
            raise SettingError(str(error)) from error
    typer.echo(f"{territory}/{slug} is to be published: {LICENCES[licence].title}, {frequency}")


@publication.command("list")
def list_(territory: Annotated[str | None, typer.Option(help="slug of a territory")] = None) -> None:
    """List publications with their latest release, one a line, fields separated by tabs."""
    with only_warnings(), database() as url, connect(url, program="publication") as connection:
        for row in list_all(connection, territory):
            typer.echo(
                "\t".join((f"{row['territory']}/{row['publication']}", row["dataset"], row["step"], state_of(row)))
            )


@publication.command()
def show(territory: Territory, name: Name) -> None:
    """Show what was published when, by whom, how much of it hidden, how complete, and the files with their SHA-256."""
    with only_warnings(), database() as url, connect(url, program="publication") as connection:
        rows = list_record(connection, territory, name)
    if not rows:
        raise SettingError(f"{territory} has never published anything by the name {name!r}")
    for row in rows:
        at = row["published_at"].isoformat(timespec="seconds")
        counts = f"{row['n_rows']} rows, {row['n_hidden']} hidden, completeness {share(row['completeness'])}"
        typer.echo(f"{row['number']}\t{at}\t{row['published_by']}\t{counts}")
        for file in row["files"]:
            typer.echo(f"\t{file['name']}\t{file['n_bytes']} bytes\tsha256 {file['sha256']}")


@publication.command()
def publish(territory: Territory, name: Name) -> None:
    """Publish what is new, now."""
    from analytics.open_data.release import Moment
    from analytics.open_data.release import publish as release  # other commands need not wait for Arrow

    with only_warnings(), database() as url, opened(url) as connection:
        chosen = required(connection, territory, name)
        computed_to = read_watermark(connection).computed_to
        told = release(connection, chosen, Moment(datetime.now(UTC), computed_to, actor()))
    counts = f"{told.n_rows} rows, {told.n_hidden} hidden, completeness {share(told.completeness)}"
    typer.echo(f"{territory}/{name}: release {told.number}, {counts}")


@publication.command("withdraw")
def withdraw_(
    territory: Territory, name: Name, because: Annotated[str, typer.Option(help="reason, one line, shown to all")]
) -> None:
    """Withdraw a publication: its files go, its address answers 410, the record of what was published stays."""
    with only_warnings(), database() as url, connect(url, program="publication") as connection:
        try:
            withdraw(connection, (territory, name), fitting(because, LINE, "a reason of one line"), actor())
        except NotThereError as error:
            raise SettingError(str(error)) from error
    typer.echo(f"{territory}/{name} is withdrawn")


def opened(url: str) -> Connection:
    """Open a connection for a release, whose first one may read a year of hours."""
    return connect(url, program="publication", statement_timeout_s=600.0, autocommit=True)


def required(connection: Connection, territory: str, name: str) -> Publication:
    """Give a publication that is not withdrawn. Raises SettingError."""
    found = find_publication(connection, territory, name)
    if found is None:
        raise SettingError(f"{territory} publishes nothing by the name {name!r}")
    return found


def known(word: str, words: Mapping[str, Any], what: str) -> str:
    """Give a word of a vocabulary. Raises SettingError."""
    if word not in words:
        raise SettingError(f"there is no {what} {word!r}; there are {', '.join(words)}")
    return word


def fitting(text: str, pattern: str, what: str) -> str:
    """Give a text that is as it should be. Raises SettingError."""
    if not re.match(pattern, text):
        raise SettingError(f"{text!r} cannot be used: give {what}")
    return text


def first_day() -> date:
    """Give the day from which is told where none is named."""
    return datetime.now(UTC).date() - FROM


def state_of(row: Mapping[str, Any]) -> str:
    """Say how far a publication is."""
    if row["withdrawn_at"]:
        return f"withdrawn {row['withdrawn_at']:%Y-%m-%d}: {row['withdrawn_because']}"
    if row["number"] is None:
        return "not published yet"
    return f"release {row['number']} of {row['published_at']:%Y-%m-%d}, completeness {share(row['completeness'])}"


def share(number: float | None) -> str:
    """Write a share, or that it is not known."""
    return "not known" if number is None else f"{number:.1%}"
