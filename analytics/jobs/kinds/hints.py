"""Maintenance hints, by territory and hint: the steps of one follow one another."""

from collections.abc import Iterable

from analytics.hint import HintReport, tell_hint
from analytics.jobs import Done, Kind, Moment, Wait
from analytics.maintenance import hints
from store.inputs import Connection
from store.jobs import read_asset_types


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where hours were computed, or the hint is new, and the territory has assets that it looks at."""
    for territory_id, types in read_asset_types(connection).items():
        for hint in hints().values():
            if not hint.asset_types or types.intersection(hint.asset_types):
                occasion = f"{moment.computed_to.isoformat()} {hint.version}"
                yield Wait(f"{territory_id}.{hint.name}", occasion)


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Tell the next steps of one hint; one that this version does not know tells nothing."""
    territory_id, name = part.split(".", 1)
    hint = hints().get(name)
    if hint is None:
        return Done(HintReport())
    report = tell_hint(connection, hint, moment.computed_to, territory_id=int(territory_id))
    return Done(report, report.is_behind)


KIND = Kind("hints", 70, find, run)
