"""Maintenance hints, by territory and family of hints that read the same: the steps of one follow one another."""

from collections.abc import Iterable

from analytics.hint import tell_family
from analytics.jobs import Done, Kind, Moment, Wait
from analytics.maintenance import families
from store.inputs import Connection
from store.jobs import read_asset_types


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where hours were computed, or a hint is new, and the territory has assets that the family looks at."""
    for territory_id, types in read_asset_types(connection).items():
        for name, family in families().items():
            if not family[0].asset_types or types.intersection(family[0].asset_types):
                versions = " ".join(f"{hint.name} {hint.version}" for hint in family)
                yield Wait(f"{territory_id}.{name}", f"{moment.computed_to.isoformat()} {versions}")


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Tell the next steps of a family; one that this version does not know tells nothing."""
    territory_id, name = part.split(".", 1)
    family = families().get(name, ())
    report = tell_family(connection, family, moment.computed_to, territory_id=int(territory_id))
    return Done(report, report.is_behind)


KIND = Kind("hints", 70, find, run)
