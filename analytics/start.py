"""Where scoring of a series begins: after what was scored last, or at a checkpoint before values that came late.

Two things tell of late values. Where the hour was summed up already, the rollup notes it (`store.late`). Where it was
not, the values after `settled_to` are counted once the rollup has gone on: each hour is looked at twice, no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analytics.detectors import Floats
from analytics.ensemble import Ensemble, Members, make_members
from analytics.episode import Episode, Opening, load_episode
from analytics.spell import instant, load_opening
from store.inputs import Connection, FreshSeries, FreshValues, Span, read_fresh_values
from store.late import (
    Checkpoint,
    begin_checkpoints,
    drop_checkpoints,
    keep_checkpoints,
    note_checkpoints,
    read_checkpoints,
)
from store.rollup import read_watermark

LONGEST_PASS = timedelta(days=30)  # of one series in one transaction, which bounds memory
CHECKPOINT_SPAN = timedelta(hours=25)  # the older of two is so old at least: an hour of a day ago lies after it
LONGEST_LOOK = timedelta(days=2)  # rollups that are further behind are not waited for
TICK = timedelta(microseconds=1)
HALF_TICK_S = 5e-7  # what two ways to the same float may differ by is less


@dataclass(frozen=True, slots=True)
class Watched:
    """A series, its detectors and episode as they were left, and the values to score, with what to keep after it.

    `running` is the worst of the episode so far. `tells_since`: findings that began then or later are told again
    (None: nothing came late). `checkpoint` is where it was taken up.
    """

    series: FreshSeries
    members: Members
    episode: Episode
    running: Opening | None
    at_s: Floats
    values: Floats
    scored_to: datetime
    n_scored: int
    settled_to: datetime
    n_settled: int
    checkpoint: Checkpoint
    tells_since: datetime | None


def take_up(connection: Connection, ensemble: Ensemble, series: Sequence[FreshSeries]) -> list[Watched]:
    """Take up what was learnt of each series, and read the values to go on with."""
    closed_to = read_watermark(connection).computed_to - TICK  # before values: they hold all that is not noted
    values = read_fresh_values(connection, {one.series_id: fresh_span(one, closed_to) for one in series})
    late = {one.series_id: one for one in series if is_late(one, values[one.series_id])}
    starts = find_starts(connection, ensemble, late)
    spans = {key: (start.scored_to, late_end(late[key], start)) for key, start in starts.items()}
    values |= read_fresh_values(connection, spans)
    return [taken_up(ensemble, one, starts.get(one.series_id), values[one.series_id], closed_to) for one in series]


def fresh_span(series: FreshSeries, closed_to: datetime) -> Span:
    """Give (after, until) of the values to read: those to score next, and once an hour those to be counted again."""
    scored_to = last_scored(series)
    until = min(series.last_at, scored_to + LONGEST_PASS)
    looks_back = series.settled_to is not None and series.settled_to < min(closed_to, scored_to)
    return (series.settled_to if looks_back and series.settled_to else scored_to), max(until, scored_to)


def last_scored(series: FreshSeries) -> datetime:
    """Give up to when a series is scored; before its first value where it never was."""
    return series.scored_to or series.first_at - TICK


def late_end(series: FreshSeries, start: Checkpoint) -> datetime:
    """Give up to when to score from a checkpoint: all that was scored, and what has come since."""
    return max(last_scored(series), min(series.last_at, start.scored_to + LONGEST_PASS))


def is_late(series: FreshSeries, values: FreshValues) -> bool:
    """Say whether values have come that are older than what was scored."""
    if series.late_from is not None:
        return True
    is_counted = values.after < last_scored(series)
    return is_counted and n_up_to(values, last_scored(series)) != series.n_scored - series.n_settled


def n_up_to(values: FreshValues, at: datetime) -> int:
    """Count the values up to an instant."""
    return int(np.searchsorted(values.at_s, at.timestamp() + HALF_TICK_S))


def find_starts(connection: Connection, ensemble: Ensemble, late: Mapping[int, FreshSeries]) -> dict[int, Checkpoint]:
    """Give for each series the newest checkpoint before what came late, or else the oldest; none where none is kept."""
    kept = read_checkpoints(connection, ensemble.finding_kind, list(late))
    found = {}
    for key, checkpoints in kept.items():
        late_from = late[key].late_from or late[key].settled_to or checkpoints[0].scored_to
        if (settled_to := late[key].settled_to) is not None and settled_to < last_scored(late[key]):
            late_from = min(late_from, settled_to + TICK)
        before = [one for one in checkpoints if one.scored_to < late_from]
        found[key] = before[-1] if before else checkpoints[0]
    return found


def taken_up(
    ensemble: Ensemble, series: FreshSeries, start: Checkpoint | None, values: FreshValues, closed_to: datetime
) -> Watched:
    """Put together what a series is scored with; another version of a detector learns anew."""
    left = Checkpoint(series.series_id, last_scored(series), series.version or "", series.n_scored, series.state or {})
    chosen = start or left
    is_same = chosen.version == ensemble.version
    episode = load_episode(chosen.state.get("episode")) if is_same else Episode()
    first = n_up_to(values, chosen.scored_to)
    n_before = series.n_settled if values.after < chosen.scored_to else chosen.n_scored
    return Watched(
        series,
        make_members(ensemble, chosen.state.get("members")),
        episode,
        load_opening(chosen.state.get("running")) if is_same else None,
        values.at_s[first:],
        values.values[first:],
        values.until,
        n_before + len(values.at_s),
        *settle(series, values, n_before, closed_to),
        chosen,
        None if start is None else told_since(start, episode),
    )


def settle(series: FreshSeries, values: FreshValues, n_before: int, closed_to: datetime) -> tuple[datetime, int]:
    """Give (settled_to, n_settled) after these values, before which there were `n_before`."""
    goal = min(closed_to, values.until)
    if goal >= values.after:
        return goal, n_before + n_up_to(values, goal)
    if series.settled_to is None or values.until - series.settled_to > LONGEST_LOOK:
        return values.after, n_before
    return series.settled_to, series.n_settled


def told_since(start: Checkpoint, episode: Episode) -> datetime:
    """Give from when on findings may have begun whose episodes were not over at a checkpoint."""
    begun = [gate.started_s for gate in episode.gates] + [episode.started_s]
    return min([start.scored_to, *(instant(at_s) for at_s in begun if at_s is not None)])


def keep_starts(connection: Connection, ensemble: Ensemble, watched: Sequence[Watched]) -> None:
    """Keep checkpoints, before states are written over; those that did not know of late values go."""
    begun = {one.series.series_id: one.checkpoint.scored_to for one in watched if one.series.scored_to is None}
    due = [one.series.series_id for one in watched if is_due(one)]
    again = {one.series.series_id: one.checkpoint.scored_to for one in watched if one.tells_since is not None}
    if begun:
        begin_checkpoints(connection, ensemble.finding_kind, ensemble.version, begun)
    if due:
        keep_checkpoints(connection, ensemble.finding_kind, due)
    if again:
        drop_checkpoints(connection, ensemble.finding_kind, again)


def note_starts(connection: Connection, ensemble: Ensemble, watched: Sequence[Watched]) -> None:
    """Note how far checkpoints reach, after states are written."""
    touched = [one for one in watched if one.series.scored_to is None or is_due(one) or one.tells_since is not None]
    note_checkpoints(connection, ensemble.finding_kind, [one.series.series_id for one in touched])


def is_due(one: Watched) -> bool:
    """Say whether a state, as it was before these values, is to become a checkpoint."""
    scored_to, newest = one.series.scored_to, one.series.checkpoint_at
    return (
        one.tells_since is None and scored_to is not None and (newest is None or scored_to - newest >= CHECKPOINT_SPAN)
    )
