"""Incidents kept: findings join the incident of their cause, incidents say what their findings add up to.

A step is a transaction of one territory and some days of new findings; cut anywhere, the next round does it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.incidents.causes import Cause, causes
from analytics.incidents.ground import Ground, make_ground
from analytics.incidents.grouping import Group, choose_id, group
from sensors.plausible import AHEAD_US
from sensors.severity import SEVERITIES, Severity
from store import incidents as kept
from store.incidents import Line, Place, ToldFinding
from store.inputs import Connection

STRIDE = timedelta(days=7)  # of new findings that are looked at together, in a back-fill of months
REACH = timedelta(days=3)  # within which findings that are over may still have the same cause
AHEAD = timedelta(microseconds=AHEAD_US)  # of the clocks of devices: what begins later is not known yet
MANY = 10  # assets at once: worth one degree more, up to urgent


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """Findings that were looked at for the first time, those that changed their incident, incidents that changed."""

    n_new: int = 0
    n_joined: int = 0
    n_changed: int = 0

    def __add__(self, other: "IncidentReport") -> "IncidentReport":
        """Add two reports up."""
        return IncidentReport(
            self.n_new + other.n_new, self.n_joined + other.n_joined, self.n_changed + other.n_changed
        )


def keep_incidents(connection: Connection, now: datetime) -> IncidentReport:
    """Put all findings under their causes, territory by territory; others that work on one are not waited for."""
    report = IncidentReport()
    after = 0
    while True:
        with connection.transaction():
            territory_id = kept.take_territory(connection, after, now + AHEAD)
            if territory_id is None:
                return report
            part = keep_territory(connection, territory_id, now)
        report += part
        after = territory_id if part.n_new == 0 else territory_id - 1


def keep_territory(connection: Connection, territory_id: int, now: datetime) -> IncidentReport:
    """Group the oldest days of new findings of a territory, and bring its incidents up to date."""
    kept.release_lapsed(connection, territory_id, now)
    report = IncidentReport()
    latest = now + AHEAD
    oldest = kept.find_oldest(connection, territory_id, latest)
    if oldest is not None:
        span = oldest, min(oldest + STRIDE, latest)
        told = kept.read_told(connection, territory_id, span, (oldest - REACH, span[1] + REACH))
        ground = read_ground(connection, territory_id, told, now)
        report = write_groups(connection, group(told, ground), sum(one.incident_id is None for one in told))
    kept.end_emptied(connection, territory_id)
    lines = [(line, severity_of(line), cause_of(line).tell(line)) for line in kept.read_lines(connection, territory_id)]
    return report + IncidentReport(n_changed=kept.write_lines(connection, lines))


def read_ground(connection: Connection, territory_id: int, told: Sequence[ToldFinding], now: datetime) -> Ground:
    """Read what stands around findings."""
    parents = {one.parent_id for one in told if one.parent_id is not None}
    parents |= {one.asset_id for one in told if one.asset_id is not None and one.asset_type == "light_cabinet"}
    first = min((one.started_at for one in told), default=now)
    last = max((one.started_at for one in told), default=now)
    return make_ground(
        now,
        kept.read_relays(connection, territory_id),
        kept.read_standings(connection, sorted(parents)),
        kept.read_notices(connection, territory_id, first - REACH, last + REACH),
        kept.count_sensors(connection, territory_id, sorted({one.quantity for one in told if one.quantity})),
    )


def write_groups(connection: Connection, groups: Sequence[Group], n_new: int) -> IncidentReport:
    """Let each group go on as the incident that it was, or begin one; incidents left empty lead to where all went."""
    known = {member.incident_id for one in groups for member in one.members if member.incident_id is not None}
    n_members = kept.count_members(connection, sorted(known))
    spent: set[int] = set()
    into: dict[int, int] = {}
    n_joined = 0
    for one in groups:
        number = choose_id(one, n_members, spent)
        place = Place(one.cause.name, one.claim.asset_id, one.claim.device_id, one.claim.lapses_at)
        if number is None:
            number = kept.open_incident(connection, place, one.members[0].finding_id)
        elif is_better(one):
            kept.move_incident(connection, number, place)
        spent.add(number)
        n_joined += kept.join_findings(connection, number, [member.finding_id for member in one.members])
        into |= {member.incident_id: number for member in one.members if member.incident_id not in (None, number)}
    kept.merge_emptied(connection, into)
    return IncidentReport(n_new, n_joined)


def is_better(one: Group) -> bool:
    """Say whether a group's cause is not what its findings were put down to so far, or lapses."""
    return one.claim.lapses_at is not None or any(member.cause != one.cause.name for member in one.members)


def cause_of(line: Line) -> Cause:
    """Give the cause of an incident; one that this version does not know is told as its worst finding."""
    return causes().get(line.cause, causes()["thing"])


def severity_of(line: Line) -> Severity:
    """Give the worst of an incident's findings and the least of its cause, a degree more where there are many."""
    cause = cause_of(line)
    if cause.is_quiet:
        return "info"
    degree = max(SEVERITIES.index(line.worst), SEVERITIES.index(cause.severity))
    if line.n_assets >= MANY and degree < SEVERITIES.index("urgent"):
        degree += 1
    return SEVERITIES[degree]
