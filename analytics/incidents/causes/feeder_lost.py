"""Some neighbouring lamps of one cabinet that go dark or silent at once: their feeder has lost its current.

Three at least, within three hours, with one feeder in the inventory; where it names none, next to one another: each
among the four nearest lamps of another one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, by_parent, n_things, runs
from analytics.incidents.kinds import SILENCES
from analytics.incidents.words import since_en, since_fr
from sensors.earth import distance_m
from store.incidents import Line, Standing, ToldFinding

DARK = SILENCES | {"dead_lamp"}
TOGETHER = timedelta(hours=3)
LEAST = 3
N_NEAREST = 4


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Find lamps of one cabinet that went out together and hang together."""
    dark = [one for one in findings if one.asset_type == "street_light" and one.kind in DARK]
    for cabinet, own in by_parent(dark):
        lamps = {lamp.asset_id: lamp for lamp in ground.families.get(cabinet, ()) if lamp.type == "street_light"}
        for run in runs(own, TOGETHER, LEAST):
            for group in hang_together(run, lamps):
                if n_things(group) >= LEAST:
                    yield Claim(tuple(group), cabinet, least=LEAST)


def hang_together(run: Sequence[ToldFinding], lamps: Mapping[int, Standing]) -> Iterable[list[ToldFinding]]:
    """Part findings by the feeder of their lamps, and by neighbourhood where none is entered."""
    by_feeder: dict[str | None, list[ToldFinding]] = {}
    for one in run:
        lamp = lamps.get(one.asset_id or 0)
        by_feeder.setdefault(lamp.feeder if lamp else None, []).append(one)
    for feeder, own in by_feeder.items():
        yield from [own] if feeder is not None else neighbourhoods(own, lamps)


def neighbourhoods(run: Sequence[ToldFinding], lamps: Mapping[int, Standing]) -> Iterable[list[ToldFinding]]:
    """Part findings into those whose lamps are linked, from one near lamp to the next."""
    near = {number: nearest(lamps[number], lamps) for one in run if (number := one.asset_id or 0) in lamps}
    waiting = {one.asset_id or 0 for one in run}
    while waiting:
        group = [min(waiting)]
        waiting.discard(group[0])
        for own in group:
            linked = {other for other in waiting if other in near.get(own, ()) or own in near.get(other, ())}
            waiting -= linked
            group += sorted(linked)
        members = set(group)
        yield [one for one in run if (one.asset_id or 0) in members]


def nearest(lamp: Standing, lamps: Mapping[int, Standing]) -> frozenset[int]:
    """Give the lamps of the same cabinet that stand nearest to one; none where places are not known."""
    own = place_of(lamp)
    places = ((place_of(other), other.asset_id) for other in lamps.values() if other is not lamp)
    known = [(distance_m(own, place), number) for place, number in places if own is not None and place is not None]
    return frozenset(number for _, number in sorted(known)[:N_NEAREST])


def place_of(lamp: Standing) -> tuple[float, float] | None:
    """Give longitude and latitude, None where they are not entered."""
    return None if lamp.longitude is None or lamp.latitude is None else (lamp.longitude, lamp.latitude)


def tell(line: Line) -> tuple[str, str]:
    """Name the cabinet and how many lamps are out."""
    return (
        f"{line.name}: {line.n_assets} neighbouring lamps went out together {since_en(line)}. To do: check the feeder"
        " and its fuse.",
        f"{line.name} : {line.n_assets} lampes voisines se sont éteintes ensemble {since_fr(line)}. À faire : contrôler"
        " le départ et son fusible.",
    )


CAUSE = Cause(name="feeder_lost", rank=40, claim=claim, tell=tell, severity="urgent")
