"""Incidents against truth: does a fault's findings come as one line, under its cause and at its place?

Pure but for the reading. A finding counts that some fault accounts for (as for false alarms). A fault's own incident is
the one with most of its findings; a finding is right when it lies in it and that incident names the fault's cause and
place. Beside: what would be right if every finding were a line of its own; and how many lines tell of nothing wrong.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from analytics.evaluate.row import Row
from bench.evaluation.expected import GOAL_FALSE_ALARMS, HINT_BY_FAULT
from bench.evaluation.findings import read_court
from bench.evaluation.matching import Court, Found, asset_weeks
from bench.evaluation.town import Evaluated
from simulators.truth import TrueEpisode

GOAL_RIGHT = 0.95
GOAL_LINES = 1.5
# Faults that show at several assets, and the causes that name them; all others are a matter of one asset.
CAUSES_BY_FAULT: Mapping[str, frozenset[str]] = {
    "silent_gateway": frozenset({"gateway_silent", "network_lost"}),
    "late_batch": frozenset({"gateway_silent", "restart"}),
    "cabinet_tripped": frozenset({"cabinet_tripped"}),
    "pipe_break": frozenset({"water_main"}),
    "leak_night": frozenset({"water_main"}),
}
INCIDENTS = """
select i.incident_id, i.cause, coalesce(a.slug, ''), coalesce(d.external_id, ''),
       coalesce(array_agg(child.slug) filter (where child.slug is not null), '{}')
from incidents i
left join assets a using (asset_id)
left join devices d on d.device_id = i.device_id
left join assets child on child.parent_id = i.asset_id
where i.merged_into_id is null and i.n_findings > 0
group by i.incident_id, a.slug, d.external_id
"""
MEMBERS = "select incident_id from findings order by started_at, finding_id"  # in the order of FINDINGS


@dataclass(frozen=True, slots=True)
class ToldIncident:
    """An incident: its cause, what it is about, and the parts of that."""

    cause: str
    asset: str
    device: str
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grouping:
    """How the findings of one town's faults were grouped.

    `n_faults` have findings, `n_findings` of them; `n_right` lie in their fault's own incident; `n_lines` is the sum
    over faults of the incidents that their findings lie in. `n_told` findings of the full town make `n_incidents`, of
    which `n_false` are loud (somebody would go) and hold nothing that a fault accounts for; `asset_weeks` as elsewhere.
    """

    n_faults: int
    n_findings: int
    n_right: int
    n_lines: int
    n_told: int
    n_incidents: int
    n_false: int
    asset_weeks: float


def judge_town(evaluated: Evaluated) -> Grouping:
    """Judge how the findings in the store of a town are grouped."""
    court = read_court(evaluated)
    with psycopg.connect(evaluated.database_url) as connection:
        incident_of = [number for (number,) in connection.execute(MEMBERS)]
        incidents = {
            number: ToldIncident(cause, asset, device, frozenset(parts))
            for number, cause, asset, device, parts in connection.execute(INCIDENTS)
        }
    return judge_grouping(court, incident_of, incidents)


def judge_grouping(court: Court, incident_of: Sequence[int | None], incidents: Mapping[int, ToldIncident]) -> Grouping:
    """Judge how findings were grouped; `incident_of` goes with the court's findings."""
    reasons = [explaining(court, one) for one in court.found]
    own = {index: chief(court, one, reasons[index]) for index, one in enumerate(court.found) if reasons[index]}
    spread: dict[int, Counter[int | None]] = {}
    for index, fault in own.items():
        spread.setdefault(fault, Counter())[incident_of[index]] += 1
    faults = court.faults
    homes = {fault: home(court, faults[fault], counts, incidents) for fault, counts in spread.items()}
    right = [
        index
        for index in own
        if incident_of[index] is not None and incident_of[index] in {homes.get(fault) for fault in reasons[index]}
    ]
    of_full = [index for index, one in enumerate(court.found) if one.started_at >= court.truth.full_from]
    told = [incident_of[index] for index in of_full]
    loud = {incident_of[index] for index in of_full if not court.found[index].is_quiet}
    return Grouping(
        n_faults=len(spread),
        n_findings=len(own),
        n_right=len(right),
        n_lines=sum(len(counts) for counts in spread.values()),
        n_told=len(told),
        n_incidents=len(set(told)),
        n_false=len(loud - {incident_of[index] for index in own}),
        asset_weeks=asset_weeks(court.truth, court.ground)["silent"],
    )


def explaining(court: Court, one: Found) -> list[int]:
    """Give the positions of the faults that account for a finding."""
    return [index for index, fault in enumerate(court.faults) if court.accounts_for(fault, one)]


def chief(court: Court, one: Found, reasons: Sequence[int]) -> int:
    """Choose the fault that a finding is counted for: the one that it names, that is there, that began last."""

    def fits(index: int) -> tuple[bool, bool, datetime]:
        fault = court.faults[index]
        is_there = fault.start_at <= one.told_at <= fault.end_at
        return HINT_BY_FAULT.get(fault.kind) == one.kind, is_there, fault.start_at

    return max(reasons, key=fits)


def home(
    court: Court, fault: TrueEpisode, counts: Counter[int | None], incidents: Mapping[int, ToldIncident]
) -> int | None:
    """Give a fault's own incident: the one with most of its findings, if it names the fault's cause and place."""
    number, _ = min(counts.items(), key=lambda item: (-item[1], item[0] or 0))
    incident = incidents.get(number or 0)
    return number if incident is not None and names(court, fault, incident) else None


def names(court: Court, fault: TrueEpisode, incident: ToldIncident) -> bool:
    """Say whether an incident names a fault's cause and place."""
    wanted = CAUSES_BY_FAULT.get(fault.kind, frozenset())
    if incident.cause == "network_lost":
        return incident.cause in wanted
    if incident.cause in wanted:
        return incident.asset == fault.asset
    if incident.cause == "building":
        return fault.asset in incident.parts
    return incident.cause == "thing" and (
        incident.device in fault.devices or incident.asset in court.ground.struck(fault)
    )


def figures(groupings: Sequence[Grouping]) -> Iterator[Row]:
    """Give the figures of all towns together."""
    n_faults, n_findings, n_right, n_lines, n_told, n_incidents, n_false, weeks = (
        sum(getattr(one, name) for one in groupings) for name in Grouping.__slots__
    )
    if not n_findings:
        return
    alone = n_faults / n_findings
    yield Row("incidents.right_cause", n_right / n_findings, "1", reference=alone, goal=GOAL_RIGHT, n=n_findings)
    per_fault = n_findings / n_faults
    yield Row("incidents.lines_per_fault", n_lines / n_faults, "1", "lower", per_fault, GOAL_LINES, n=n_faults)
    yield Row("incidents.findings_per_line", n_told / n_incidents, "1", n=n_incidents)
    rate = 100 * n_false / weeks
    yield Row("incidents.false_lines", rate, "1/(100.asset.wk)", "lower", goal=GOAL_FALSE_ALARMS, n=n_false)
