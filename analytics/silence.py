"""Devices that have become silent, and those that speak again or were taken away."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from analytics.detectors import DetectorEntry, Score, detectors
from analytics.detectors.silent import Silence
from analytics.feedback.threshold import moved_for
from analytics.sentence import tell_silent
from analytics.series_finding import numbers_of
from analytics.watch import WatchReport
from store.inputs import Connection, QuietDevice, read_device_rhythm, read_quiet_devices
from store.results import Finding, close_recovered, close_removed, open_finding

SILENCE = "silence"
RHYTHM_SPAN = timedelta(days=21)  # what a device's rhythm is learnt from
SHORTEST_SILENCE = timedelta(minutes=30)  # three times the shortest usual pause
LONGEST_SILENCE = timedelta(days=30)  # a device silent for longer was gone before anybody watched


def watch_silence(connection: Connection, now: datetime) -> WatchReport:
    """Open a finding for each device that has become silent, and close those of devices that speak again.

    What was told of devices that have left their place since, or of assets that were retired, ends too.
    """
    entry = detectors()[SILENCE]
    n_opened = 0
    with connection.transaction():
        n_closed = close_recovered(connection, entry.finding_kind)
        n_closed += close_removed(connection, now)
        quiet = read_quiet_devices(connection, entry.finding_kind, now, LONGEST_SILENCE, SHORTEST_SILENCE)
        for territory_id, devices in by_territory(quiet).items():
            own_entries = moved_for(connection, entry, territory_id, [device.asset_id for device in devices])
            for device in devices:
                score = score_silence(connection, entry, device, now)
                if score is not None and score.value >= own_entries[device.asset_id].open_at:
                    n_opened += open_finding(connection, silent_finding(entry, device, score, now))
    return WatchReport(len(quiet), n_opened, n_closed)


def by_territory(devices: Iterable[QuietDevice]) -> dict[int, list[QuietDevice]]:
    """Put the devices of each territory together."""
    found: dict[int, list[QuietDevice]] = {}
    for device in devices:
        found.setdefault(device.territory_id, []).append(device)
    return found


def score_silence(connection: Connection, entry: DetectorEntry, device: QuietDevice, now: datetime) -> Score | None:
    """Score a device's silence against its declared interval, or its rhythm before."""
    detector = cast("type[Silence]", entry.make)(device.interval_s)
    hours: list[tuple[datetime, datetime]] = []
    if device.interval_s is None:  # a declared interval says it all
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
