"""What was announced: a restart, a meter swapped, roadworks, a fair. Nobody needs to go, so it is quiet.

It accounts for silence and odd values that begin meanwhile on what it is about, what is behind it, and its parts. One
without an asset, of three days at most (a fair; school holidays are a habit), accounts for what people make of bays,
car parks, containers, roads and paths. A finding that goes on a day after the end (a silence: two hours after) has
another cause.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, begins_within
from analytics.incidents.kinds import DELIVERY, ODD_VALUES, SILENCES
from analytics.incidents.words import count_en, count_fr, since_en, since_fr
from analytics.maintenance.calibration_due import LEAST_CERTIFICATE
from store.incidents import Line, Notice, ToldFinding

USED_BY_PEOPLE = frozenset(
    {"car_park", "parking_bay", "people_counter", "road_section", "traffic_counter", "waste_container"}
)
MADE_BY_PEOPLE = frozenset(
    {"fill_level", "free_places", "mean_speed", "occupancy", "occupied_places", "pedestrian_count", "vehicle_count"}
    | {"vehicle_entry_count", "vehicle_exit_count"}
)
LONGEST_EVENT = timedelta(days=3)
BEFORE = timedelta(minutes=30)  # begins of silences: the last message came before
SILENT_AFTER = timedelta(hours=2)
ODD_AFTER = timedelta(days=1)  # what is told by whole days ends with the day after
QUIETED = ODD_VALUES | DELIVERY


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Give to each notice what it accounts for."""
    for notice in ground.notices:
        if is_certificate(notice):
            continue
        about = [one for one in findings if is_about(notice, one) and is_during(notice, one, ground)]
        for members, after in (
            ([one for one in about if one.kind in SILENCES], SILENT_AFTER),
            ([one for one in about if one.kind not in SILENCES], ODD_AFTER),
        ):
            if members:
                yield Claim(tuple(members), notice.asset_id, lapses_at=notice.ends_at + after)


def is_certificate(notice: Notice) -> bool:
    """Say whether a notice tells how long a calibration is good for, during which nothing is expected."""
    return notice.kind == "calibration" and notice.ends_at - notice.begins_at >= LEAST_CERTIFICATE


def is_about(notice: Notice, one: ToldFinding) -> bool:
    """Say whether a finding stands where the notice acts."""
    if notice.asset_id is None:
        is_event = notice.ends_at - notice.begins_at <= LONGEST_EVENT
        is_theirs = one.quantity is None or one.quantity in MADE_BY_PEOPLE
        return is_event and is_theirs and one.asset_type in USED_BY_PEOPLE and one.kind in ODD_VALUES
    if notice.asset_id in (one.asset_id, one.parent_id):
        return True
    return bool(set(notice.gateway_ids).intersection(one.gateway_ids))


def is_during(notice: Notice, one: ToldFinding, ground: Ground) -> bool:
    """Say whether a finding begins with what was announced, and does not outlast it."""
    if one.kind not in SILENCES and one.kind not in QUIETED:
        return False
    after = SILENT_AFTER if one.kind in SILENCES else ODD_AFTER
    until = one.ended_at or ground.now
    return begins_within(one, notice.begins_at - BEFORE, notice.ends_at) and until <= notice.ends_at + after


def tell(line: Line) -> tuple[str, str]:
    """Say that it was known beforehand."""
    return (
        f"{line.name}: as announced, {count_en(line)} {since_en(line)}. Nothing to do.",
        f"{line.name} : comme annoncé, {count_fr(line)} {since_fr(line)}. Rien à faire.",
    )


CAUSE = Cause(name="announced", rank=10, claim=claim, tell=tell, is_quiet=True)
