"""Detectors at work: score what has come, write findings and what was learnt in one transaction per batch of series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from analytics.detectors import Detector, DetectorEntry, Score, detectors
from analytics.detectors.silent import Silence
from analytics.episode import Closing, Episode, Opening, load_episode
from analytics.sentence import Subject, tell_silent, tell_unusual
from store.inputs import (
    Connection,
    FreshSeries,
    FreshValues,
    QuietDevice,
    read_device_rhythm,
    read_fresh_series,
    read_fresh_values,
    read_quiet_devices,
)
from store.results import (
    DetectorState,
    Finding,
    Severity,
    close_finding,
    close_recovered,
    open_finding,
    save_detector_states,
)

N_SERIES = 200  # per transaction
LONGEST_PASS = timedelta(days=30)  # of one series in one transaction, which bounds memory
SILENCE = "silence"
RHYTHM_SPAN = timedelta(days=21)  # what a device's rhythm is learnt from
SHORTEST_SILENCE = timedelta(minutes=30)  # three times the shortest usual pause
LONGEST_SILENCE = timedelta(days=30)  # a device silent for longer was gone before anybody watched
CURVE_SPAN = timedelta(days=1)  # drawn before the begin of an episode


@dataclass(frozen=True, slots=True)
class WatchReport:
    """What a pass scored, opened and closed."""

    n_scored: int = 0
    n_opened: int = 0
    n_closed: int = 0

    def __add__(self, other: "WatchReport") -> "WatchReport":
        """Add two reports up."""
        return WatchReport(
            self.n_scored + other.n_scored, self.n_opened + other.n_opened, self.n_closed + other.n_closed
        )


def watch_series(connection: Connection, n_batches: int) -> WatchReport:
    """Score the series with new values, at most `n_batches` transactions per detector."""
    report = WatchReport()
    for entry in detectors().values():
        if entry.score_together is None:
            continue
        for _ in range(n_batches):
            part = watch_batch(connection, entry)
            if part is None:
                break
            report += part
    return report


def watch_batch(connection: Connection, entry: DetectorEntry) -> WatchReport | None:
    """Score one batch of series; None where nothing waits."""
    with connection.transaction():
        series = read_fresh_series(connection, entry.name, (entry.kinds, entry.without), N_SERIES)
        if not series or entry.score_together is None:
            return None
        values = read_fresh_values(connection, series, LONGEST_PASS)
        watched = [watched_series(entry, item) for item in series]
        parts = [(values[item.series_id].at_s, values[item.series_id].values) for item in series]
        scores = entry.score_together([one.detector for one in watched], parts)
        report = WatchReport()
        for one, (at_s, _), own in zip(watched, parts, scores, strict=True):
            report += WatchReport(len(at_s)) + write_happenings(
                connection, entry, one.series, one.episode.follow(entry, at_s, own)
            )
        save_detector_states(connection, [state_of(entry, one, values[one.series.series_id]) for one in watched])
    return report


@dataclass(frozen=True, slots=True)
class Watched:
    """A series, its detector and episode as they were left."""

    series: FreshSeries
    detector: Detector
    episode: Episode


def watched_series(entry: DetectorEntry, series: FreshSeries) -> Watched:
    """Take up what was learnt of a series; another version of the detector learns anew."""
    detector = entry.make()
    if series.state is None or series.version != entry.version:
        return Watched(series, detector, Episode())
    detector.load(series.state["detector"])
    return Watched(series, detector, load_episode(series.state["episode"]))


def state_of(entry: DetectorEntry, one: Watched, fresh: FreshValues) -> DetectorState:
    """Give what is to be kept of a series."""
    learnt = {"detector": one.detector.save(), "episode": one.episode.save()}
    return DetectorState(one.series.series_id, entry.name, entry.version, fresh.until, learnt)


def write_happenings(
    connection: Connection, entry: DetectorEntry, series: FreshSeries, happenings: Sequence[Opening | Closing]
) -> WatchReport:
    """Open and close findings as episodes did."""
    n_opened = n_closed = 0
    for happening in happenings:
        if isinstance(happening, Closing):
            n_closed += close_finding(
                connection,
                kind=entry.finding_kind,
                model=entry.name,
                ended_at=instant(happening.ended_s),
                series_id=series.series_id,
                device_id=series.device_id,
            )
        else:
            n_opened += open_finding(connection, unusual_finding(entry, series, happening))
    return WatchReport(0, n_opened, n_closed)


def instant(at_s: float) -> datetime:
    """Give an instant of Unix seconds."""
    return datetime.fromtimestamp(at_s, UTC)


def unusual_finding(entry: DetectorEntry, series: FreshSeries, opening: Opening) -> Finding:
    """Put an episode into words and evidence."""
    subject = Subject(series.subject, series.name_en, series.name_fr, series.unit, series.time_zone)
    started_at, worst_at = instant(opening.started_s), instant(opening.worst_s)
    english, french = tell_unusual(subject, opening.score, worst_at, started_at)
    return Finding(
        territory_id=series.territory_id,
        kind=entry.finding_kind,
        model=entry.name,
        model_version=entry.version,
        started_at=started_at,
        score=opening.score.value,
        severity=severity_of(entry, opening.score),
        sentence_en=english,
        sentence_fr=french,
        evidence={
            **numbers_of(opening.score),
            "unit": series.unit,
            "quantity": series.quantity,
            "observed_at": worst_at.isoformat(),
            "curve_from": (started_at - CURVE_SPAN).isoformat(),
            "curve_to": worst_at.isoformat(),
        },
        asset_id=series.asset_id,
        device_id=series.device_id,
        series_id=series.series_id,
    )


def numbers_of(score: Score) -> dict[str, Any]:
    """Give the numbers behind a score, as evidence names them."""
    return {
        "aspect": score.aspect,
        "value": score.looked_at,
        "expected_low": score.expected_low,
        "expected_high": score.expected_high,
    }


def severity_of(entry: DetectorEntry, score: Score) -> Severity:
    """Twice the alarm's threshold is worth a warning; what breaks things is for other models to say."""
    return "warning" if score.value >= 2 * entry.open_at else "info"


def watch_silence(connection: Connection, now: datetime) -> WatchReport:
    """Open a finding for each device that has become silent, and close those of devices that speak again."""
    entry = detectors()[SILENCE]
    n_opened = 0
    with connection.transaction():
        n_closed = close_recovered(connection, entry.finding_kind)
        quiet = read_quiet_devices(connection, entry.finding_kind, now, LONGEST_SILENCE, SHORTEST_SILENCE)
        for device in quiet:
            score = score_silence(connection, entry, device, now)
            if score is not None and score.value >= entry.open_at:
                n_opened += open_finding(connection, silent_finding(entry, device, score, now))
    return WatchReport(len(quiet), n_opened, n_closed)


def score_silence(connection: Connection, entry: DetectorEntry, device: QuietDevice, now: datetime) -> Score | None:
    """Score a device's silence against its declared interval, or its rhythm before."""
    detector = cast("type[Silence]", entry.make)(device.interval_s)
    hours = read_device_rhythm(connection, device.device_id, device.last_at - RHYTHM_SPAN, device.last_at)
    times = sorted({at for hour in hours for at in hour} | {device.last_at})
    detector.score(times, [0.0] * len(times))
    return detector.score_pause(now)


def silent_finding(entry: DetectorEntry, device: QuietDevice, score: Score, now: datetime) -> Finding:
    """Put a silence into words and evidence."""
    name = f"{device.asset_name} ({device.name})" if device.asset_name else device.name
    english, french = tell_silent(name, device.time_zone, device.last_at, score)
    return Finding(
        territory_id=device.territory_id,
        kind=entry.finding_kind,
        model=entry.name,
        model_version=entry.version,
        started_at=device.last_at,
        score=score.value,
        severity="warning",
        sentence_en=english,
        sentence_fr=french,
        evidence={
            **numbers_of(score),
            "unit": "s",
            "last_at": device.last_at.isoformat(),
            "looked_at": now.isoformat(),
        },
        asset_id=device.asset_id,
        device_id=device.device_id,
    )
