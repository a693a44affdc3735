"""Models looked after once a week: drift, and training of challengers."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from analytics.remaining_life.families import families
from analytics.remaining_life.retraining import RetrainReport, find_models, retrain
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where a week has begun, or the family has another method."""
    for name, territory_id in find_models(connection):
        occasion = f"{moment.now:%G-W%V} {families()[name].method_version}"
        yield Wait(name if territory_id is None else f"{name}.{territory_id}", occasion)


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Look after one model; a family that this version does not know is left alone."""
    name, _, territory_id = part.partition(".")
    family = families().get(name)
    if family is None:
        return Done(RetrainReport())
    return Done(retrain(connection, family, int(territory_id) if territory_id else None, moment.now))


KIND = Kind("models", 97, find, run)
