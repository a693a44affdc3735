"""`vigie models`: models that were trained, which is in use, and why."""

import getpass
import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy.errors import SettingError
from deploy.settings import database
from store import models as kept
from store.connect import connect
from store.inputs import Connection
from store.territory import find_territory

models = typer.Typer(help="Models: train, compare, put into use.", no_args_is_help=True)
Territory = Annotated[str | None, typer.Option(help="slug of the territory; not given: shared by all")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(models, name="models")


@models.command(name="list")
def show_all() -> None:
    """List all models, and which families can be trained."""
    from analytics.remaining_life.families import families  # other commands need not wait for the models

    with database() as url, connect(url, program="models") as connection:
        found = kept.list_models(connection)
    for one in found:
        score = "not judged" if one.score is None else f"{one.score:.4g}"
        place = one.territory or "shared"
        name, day = f"{one.family} {one.version}", f"{one.trained_at:%Y-%m-%d}"
        typer.echo(f"{one.model_id:>4}  {name}  {place}  {day}  {score}  {state_of(one)}")
    typer.echo(f"families: {', '.join(families())}")


@models.command()
def train(family: str, territory: Territory = None) -> None:
    """Train a model; it is put into use only where it does better than the one in use."""
    from analytics.remaining_life import registry
    from analytics.remaining_life.families import families

    if family not in families():
        raise SettingError(f"there is no family {family!r}; there are {', '.join(families())}")
    with database() as url, connect(url, program="models") as connection:
        order = registry.Order(number_of(connection, territory), getpass.getuser(), datetime.now(UTC))
        done = registry.train(connection, families()[family], order)
    if done.model_id is None:
        typer.echo(f"{family}: {done.reason}")
    else:
        typer.echo(f"model {done.model_id}: {'in use' if done.is_promoted else 'not in use'}, {done.reason}")


@models.command()
def show(number: int) -> None:
    """Show a model's card, its promotions, and why it is refused where it is."""
    from analytics.remaining_life.families import families
    from analytics.remaining_life.model_file import unpack

    with database() as url, connect(url, program="models") as connection:
        model = find(connection, number)
        family = families().get(model.family)
        typer.echo(json.dumps(head_of(model) | dict(model.card), indent=2, ensure_ascii=False))
        for one in kept.list_promotions(connection, number):
            typer.echo(f"{one.at:%Y-%m-%d %H:%M} put into use by {one.actor}: {one.reason}")
        if family is None:
            raise SettingError(f"this version knows no family {model.family!r}")
        unpack(kept.read_model_content(connection, number), family.name, family.method_version)


@models.command()
def promote(number: int, reason: Annotated[str, typer.Option(help="why; it is kept")]) -> None:
    """Put a model into use by hand."""
    from analytics.remaining_life import registry

    with database() as url, connect(url, program="models") as connection:
        model = find(connection, number)
        registry.promote(connection, model, kept.Promotion(datetime.now(UTC), getpass.getuser(), reason))
    typer.echo(f"model {number} is in use")


def head_of(model: kept.KeptModel) -> dict[str, object]:
    """Say which model a card is of, and whether it is in use."""
    return {
        "model": model.model_id,
        "family": model.family,
        "version": model.version,
        "territory": model.territory,
        "state": state_of(model),
        "trained_at": model.trained_at.isoformat(),
        "trained_by": model.trained_by,
        "score": model.score,
    }


def state_of(model: kept.KeptModel) -> str:
    """Say whether a model is in use."""
    return "champion" if model.is_champion else "challenger"


def find(connection: Connection, number: int) -> kept.KeptModel:
    """Find a model by its number."""
    found = next((one for one in kept.list_models(connection) if one.model_id == number), None)
    if found is None:
        raise SettingError(f"there is no model {number}")
    return found


def number_of(connection: Connection, slug: str | None) -> int | None:
    """Give the number of a territory."""
    if slug is None:
        return None
    territory = find_territory(connection, slug)
    if territory is None:
        raise SettingError(f"there is no territory {slug!r}")
    return territory.territory_id
