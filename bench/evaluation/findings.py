"""Findings against truth: which faults were found and when, which findings tell of nothing that is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from bench.figure import Figure
from simulators.truth import TrueEpisode, Truth

QUERY = """
select f.kind, coalesce(a.slug, ''), coalesce(d.external_id, ''), f.started_at,
       coalesce((f.evidence ->> 'observed_at')::timestamptz, f.started_at)
from findings f
left join assets a using (asset_id)
left join devices d using (device_id)
order by f.started_at
"""
GENERAL = ("unusual_value", "silent")
# A fault is found by its own hint or by a general detector; a hint of another fault does not count.
OWN_HINTS: Mapping[str, tuple[str, ...]] = {
    "dead_lamp": ("dead_lamp",),
    "day_burner": ("day_burner",),
    "fouled_filter": ("fouled_filter",),
    "overflowing_bin": ("overflow_to_come",),
    "silent_gateway": ("silent_gateway",),
}
HINTS = tuple(name for names in OWN_HINTS.values() for name in names)
GRACE = timedelta(days=1)  # after an episode's end: rollups and nights are told afterwards
AROUND = timedelta(days=2)  # of an episode: what it leaves behind is no false alarm
GOAL_RECALL, GOAL_FALSE = 0.9, 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: its kind, asset and device ("" where none), and when its signs began."""

    kind: str
    asset: str
    device: str
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """One town's findings against its truth."""

    episodes: Sequence[tuple[TrueEpisode, Found | None]]
    false_alarms: Sequence[Found]
    asset_weeks: float


def read_findings(database_url: str) -> list[Found]:
    """Read all findings of a town."""
    with psycopg.connect(database_url) as connection:
        return [Found(*row) for row in connection.execute(QUERY)]


def judge(found: Sequence[Found], truth: Truth, asset_weeks: float) -> Judged:
    """Match findings with episodes: same asset or one of its devices, begun between the first signs and a day after."""
    full = [episode for episode in truth.episodes if episode.start_at >= truth.full_from]
    matched = [(episode, first_match(episode, found)) for episode in full]
    false = [one for one in found if not any(explains(episode, one) for episode in truth.episodes if episode.is_fault)]
    return Judged(matched, false, asset_weeks)


def first_match(episode: TrueEpisode, found: Sequence[Found]) -> Found | None:
    """Give the first finding that tells of an episode; of a look-alike any finding does."""
    accepted = (*OWN_HINTS.get(episode.kind, ()), *GENERAL) if episode.is_fault else (*HINTS, *GENERAL)
    for one in found:
        in_time = episode.precursor_at <= one.started_at <= episode.end_at + GRACE
        if in_time and one.kind in accepted and is_about(episode, one):
            return one
    return None


def is_about(episode: TrueEpisode, one: Found) -> bool:
    """Say whether a finding is about what an episode strikes."""
    return one.asset == episode.asset or one.device in episode.devices


def explains(episode: TrueEpisode, one: Found) -> bool:
    """Say whether a fault accounts for a finding on its asset or devices, at its time or shortly after."""
    is_near = episode.precursor_at - AROUND <= one.started_at
    is_near = is_near and (episode.is_lasting or one.started_at <= episode.end_at + AROUND)
    return is_near and is_about(episode, one)


def figures(judged: Sequence[Judged]) -> list[Figure]:
    """Sum up several towns: recall and delay by fault, false alarms by kind, findings raised by look-alikes."""
    lines: list[Figure] = []
    pairs = [pair for one in judged for pair in one.episodes]
    for kind in sorted({episode.kind for episode, _ in pairs if episode.is_fault}):
        own = [(episode, match) for episode, match in pairs if episode.kind == kind]
        found = [(episode, match) for episode, match in own if match is not None]
        lines.append(Figure(f"fault.{kind}.recall", len(found) / len(own), "1", goal=GOAL_RECALL))
        if found:
            delays = sorted((match.seen_at - episode.start_at).total_seconds() / 3600 for episode, match in found)
            lines.append(Figure(f"fault.{kind}.delay_median", delays[len(delays) // 2], "h", better="lower"))
    for kind in sorted({episode.kind for episode, _ in pairs if not episode.is_fault}):
        own = [(episode, match) for episode, match in pairs if episode.kind == kind]
        share = sum(match is not None for _, match in own) / len(own)
        lines.append(Figure(f"lookalike.{kind}.raised", share, "1", better="lower", goal=0.1))
    weeks = sum(one.asset_weeks for one in judged)
    for kind in (*HINTS, *GENERAL):
        n = sum(alarm.kind == kind for one in judged for alarm in one.false_alarms)
        rate = 100 * n / weeks
        lines.append(Figure(f"false_alarms.{kind}", rate, "1/(100 asset.week)", better="lower", goal=GOAL_FALSE))
    return lines
