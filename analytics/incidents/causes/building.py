"""One building: rooms that turn odd with their heating or ventilation, or several rooms together.

The finding about a boiler or an air handling unit accounts for rooms of the same building that turn odd from six hours
before its begin until two days after; rooms alone belong together when half of them, two at least, turn odd within six
hours.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, begins_within, by_parent, n_things, runs
from analytics.incidents.kinds import ODD_VALUES, names_fault
from analytics.incidents.words import count_en, count_fr, since_en, since_fr
from store.incidents import Line, ToldFinding

PLANT = frozenset({"air_handling_unit", "boiler", "heat_pump"})
ROOM = "building_zone"
BEFORE, AFTER = timedelta(hours=6), timedelta(days=2)
TOGETHER = timedelta(hours=6)
LEAST, LEAST_SHARE = 2, 0.5


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Look at each building."""
    for building, own in by_parent(findings):
        rooms = [one for one in own if one.asset_type == ROOM and one.kind in ODD_VALUES]
        plant = [one for one in own if one.asset_type in PLANT and (names_fault(one.kind) or one.kind in ODD_VALUES)]
        for anchor in plant:
            felt = [one for one in rooms if begins_within(one, anchor.started_at - BEFORE, anchor.started_at + AFTER)]
            if felt:
                yield Claim((anchor, *felt), building, least=2)
        n_rooms = sum(one.type == ROOM for one in ground.families.get(building, ()))
        for run in runs(rooms, TOGETHER, LEAST):
            if n_things(run) >= max(LEAST, LEAST_SHARE * n_rooms):
                yield Claim(tuple(run), building, least=LEAST)


def tell(line: Line) -> tuple[str, str]:
    """Name the building, and say the worst."""
    return (
        f"{line.name}: {count_en(line)} with one cause {since_en(line)}. {line.sentence_en}",
        f"{line.name} : {count_fr(line)} d'une même cause {since_fr(line)}. {line.sentence_fr}",
    )


CAUSE = Cause(name="building", rank=60, claim=claim, tell=tell)
