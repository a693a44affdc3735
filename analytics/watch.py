"""Detectors at work: score what has come, write findings and what was learnt in one transaction per batch of series.

Values that came late, older than what is scored already, are scored too: from a checkpoint before them
(`analytics.start`), and findings say what is so now (`analytics.series_finding`).
"""

from dataclasses import dataclass

from analytics.detectors import detectors
from analytics.ensemble import Ensemble, ensembles_of, save_members, score_series
from analytics.episode import Opening
from analytics.series_finding import tell_again, write_happenings
from analytics.spell import follow_spells, going_on, save_opening
from analytics.start import Watched, keep_starts, note_starts, take_up
from store.inputs import EVERY, Connection, read_fresh_series
from store.late import take_late_hours
from store.results import DetectorState, save_detector_states
from store.threshold import read_factors

N_SERIES = 400  # per transaction


@dataclass(frozen=True, slots=True)
class WatchReport:
    """What a pass scored, opened and closed; whether it is behind; how many series it scored again for late values."""

    n_scored: int = 0
    n_opened: int = 0
    n_closed: int = 0
    is_behind: bool = False
    n_again: int = 0

    def __add__(self, other: "WatchReport") -> "WatchReport":
        """Add two reports up."""
        return WatchReport(
            self.n_scored + other.n_scored,
            self.n_opened + other.n_opened,
            self.n_closed + other.n_closed,
            self.is_behind or other.is_behind,
            self.n_again + other.n_again,
        )


def watch_series(connection: Connection, n_batches: int, block: range = EVERY) -> WatchReport:
    """Score the series of a block with new or late values, at most `n_batches` transactions per kind of finding."""
    with connection.transaction():
        take_late_hours(connection, block)
    report = WatchReport()
    for ensemble in ensembles_of(detectors().values()):
        for _ in range(n_batches):
            part = watch_batch(connection, ensemble, block)
            if part is None:
                break
            report += part
        else:
            report += WatchReport(is_behind=True)
    return report


def watch_batch(connection: Connection, ensemble: Ensemble, block: range = EVERY) -> WatchReport | None:
    """Score one batch of series; None where nothing waits."""
    with connection.transaction():
        looks_at = ensemble.kinds, ensemble.without
        series = read_fresh_series(connection, ensemble.finding_kind, looks_at, N_SERIES, block)
        if not series:
            return None
        watched = take_up(connection, ensemble, series)
        parts = [(one.at_s, one.values) for one in watched]
        scores = score_series(ensemble, [one.members for one in watched], parts)
        factors = read_factors(connection, ensemble.finding_kind, [(one.series_id, one.asset_id) for one in series])
        report, states = WatchReport(), []
        for one, own in zip(watched, scores, strict=True):
            tuned = ensemble.moved(factors.get(one.series.series_id, 1.0))
            happenings = one.episode.follow(tuned, one.at_s, own)
            spells = follow_spells(one.running, happenings)
            if one.tells_since is None:
                written = write_happenings(connection, tuned, one.series, happenings)
            else:
                written = tell_again(connection, tuned, one.series, spells, (one.tells_since, one.scored_to))
            report += WatchReport(len(one.at_s), *written, n_again=one.tells_since is not None)
            states.append(state_of(ensemble, one, going_on(spells)))
        keep_starts(connection, ensemble, watched)
        save_detector_states(connection, states)
        note_starts(connection, ensemble, watched)
    return report


def state_of(ensemble: Ensemble, one: Watched, running: Opening | None) -> DetectorState:
    """Give what is to be kept of a series."""
    learnt = {
        "members": save_members(ensemble, one.members),
        "episode": one.episode.save(),
        "running": save_opening(running),
    }
    key = one.series.series_id, ensemble.finding_kind, ensemble.version
    return DetectorState(*key, one.scored_to, one.n_scored, one.settled_to, one.n_settled, learnt)
