"""Clocks watched: each device's clock is judged in turn; rules, values and findings follow from what is found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.clock.judge import NEAR_S, Judgement, add_edges, find_drift, judge
from analytics.clock.rules import follow_rules
from analytics.clock.words import Correction, Told, tell
from sensors.instant import SECOND_US, read_instant_us
from store.clock_lags import (
    ClockDevice,
    DeviceClock,
    Heard,
    Span,
    close_clock_findings,
    read_clock_devices,
    read_heard,
    read_refused_ahead,
    save_device_clocks,
    tell_clock,
)
from store.inputs import Connection
from store.results import Finding

MODEL, VERSION = "clock", "1"
EVERY = timedelta(minutes=10)  # between two looks at one clock
LOOK_BACK = timedelta(hours=36)
N_DEVICES = 500  # per transaction
N_CURVE = 100
KIND_BY_VERDICT = {
    "no_clock": "clock_lost",
    "hour_off": "clock_hour_off",
    "local_time": "clock_local_time",
    "ahead": "clock_ahead",
    "drift": "clock_drift",
}
STEPPED = frozenset({"hour_off", "local_time", "no_clock"})  # their lags are of another kind: no drift runs through
UNSTEPPED = frozenset({"ok", "late", "ahead"})
SILENT = Heard(np.empty(0), np.empty(0))
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")  # as a refusal's detail names it


@dataclass(frozen=True, slots=True)
class ClockReport:
    """Clocks judged, findings opened and closed, values moved to their true time."""

    n_judged: int = 0
    n_opened: int = 0
    n_closed: int = 0
    n_moved: int = 0

    def __add__(self, other: "ClockReport") -> "ClockReport":
        """Add two reports up."""
        return ClockReport(
            self.n_judged + other.n_judged,
            self.n_opened + other.n_opened,
            self.n_closed + other.n_closed,
            self.n_moved + other.n_moved,
        )


def watch_clocks(connection: Connection, now: datetime, n_batches: int) -> ClockReport:
    """Judge the clocks that wait for it, at most `n_batches` transactions of `N_DEVICES`."""
    report = ClockReport()
    for _ in range(n_batches):
        with connection.transaction():
            devices = read_clock_devices(connection, now, now - EVERY, N_DEVICES)
            report += judge_devices(connection, devices, now)
        if len(devices) < N_DEVICES:
            break
    return report


def judge_devices(connection: Connection, devices: Sequence[ClockDevice], now: datetime) -> ClockReport:
    """Judge these clocks in the caller's transaction."""
    if not devices:
        return ClockReport()
    span = Span(now - LOOK_BACK, now + LOOK_BACK, now)
    heard = read_heard(connection, devices, span)
    for device_id, received_s, detail in read_refused_ahead(connection, [each.device_id for each in devices], span):
        heard[device_id] = add_refused(heard.get(device_id, SILENT), received_s, detail)
    report = ClockReport(len(devices))
    clocks = []
    for device in devices:
        clock, part = judge_device(connection, device, heard.get(device.device_id, SILENT), now)
        clocks.append(clock)
        report += part
    save_device_clocks(connection, clocks)
    return report


def add_refused(heard: Heard, received_s: float, detail: str) -> Heard:
    """Add a message whose time was refused as too far ahead, by what the refusal says of it."""
    match = _INSTANT.search(detail)
    if match is None:
        return heard
    own_s = read_instant_us(match[0]) / SECOND_US
    at = int(np.searchsorted(heard.received_s, received_s))
    return Heard(np.insert(heard.received_s, at, received_s), np.insert(heard.own_s, at, own_s))


def judge_device(
    connection: Connection, device: ClockDevice, heard: Heard, now: datetime
) -> tuple[DeviceClock, ClockReport]:
    """Judge one clock and do what follows."""
    judgement = judge(heard.received_s, heard.own_s, device.time_zone, device.rules)
    has_own_time = device.has_own_time or bool((~np.isnan(heard.own_s)).any())
    edges = add_edges(device.edges, heard.received_s, heard.own_s)
    if judgement is None:
        return as_before(device, has_own_time, edges, now), ClockReport()
    drift = find_drift(edges) if judgement.verdict in UNSTEPPED else None
    verdict = settle_verdict(device, judgement, drift)
    correction, n_moved = follow_rules(connection, device, judgement, now) if drift is None else ("none", 0)
    since = device.since if verdict == device.verdict and device.since else instant_of(judgement.since_s)
    clock = DeviceClock(
        device_id=device.device_id,
        verdict=verdict,
        offset_s=finite(judgement.ahead_s),
        spread_s=finite(judgement.spread_s),
        drift_s_per_day=drift,
        since=since,
        has_own_time=has_own_time,
        judged_at=now,
        edges=edges if (verdict in STEPPED) == (device.verdict in STEPPED) else (),
    )
    report = write_findings(connection, device, clock, Evidence(heard, judgement, correction))
    return clock, report + ClockReport(n_moved=n_moved)


def settle_verdict(device: ClockDevice, judgement: Judgement, drift: float | None) -> str:
    """Give the verdict: a clock that fell behind does so too when it was right longer ago than is looked back."""
    if drift is not None:
        return "drift"
    was_off = device.verdict in STEPPED and device.offset_s is not None
    if judgement.verdict == "late" and was_off and abs(judgement.ahead_s - (device.offset_s or 0.0)) <= NEAR_S:
        return device.verdict
    return judgement.verdict


def as_before(
    device: ClockDevice, has_own_time: bool, edges: tuple[tuple[int, float], ...], now: datetime
) -> DeviceClock:
    """Leave what was said of a clock of which too little was heard."""
    return DeviceClock(
        device.device_id, device.verdict, device.offset_s, None, None, device.since, has_own_time, now, edges
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind a finding."""

    heard: Heard
    judgement: Judgement
    correction: Correction


def write_findings(connection: Connection, device: ClockDevice, clock: DeviceClock, evidence: Evidence) -> ClockReport:
    """Open, renew and close what the clock's state asks for. A device that never had a clock has lost none."""
    kind = KIND_BY_VERDICT.get(clock.verdict)
    if kind is None and clock.verdict != "ok":
        return ClockReport()
    ended_at = instant_of(evidence.judgement.since_s)
    n_closed = close_clock_findings(connection, MODEL, device.device_id, kind, ended_at)
    if kind is None or clock.since is None or (clock.verdict == "no_clock" and not clock.has_own_time):
        return ClockReport(n_closed=n_closed)
    return ClockReport(0, int(tell_clock(connection, finding_of(device, clock, kind, evidence))), n_closed)


def finding_of(device: ClockDevice, clock: DeviceClock, kind: str, evidence: Evidence) -> Finding:
    """Put the state of a clock into words, numbers and the curve of its lags."""
    judgement = evidence.judgement
    since = clock.since or clock.judged_at
    told = Told(
        f"{device.asset_name} ({device.name})" if device.asset_name else device.name,
        device.time_zone,
        judgement.ahead_s,
        since,
        evidence.correction,
        clock.drift_s_per_day or 0.0,
    )
    english, french = tell(clock.verdict, told)
    return Finding(
        territory_id=device.territory_id,
        kind=kind,
        model=MODEL,
        model_version=VERSION,
        started_at=since,
        score=score_of(clock),
        severity="info" if evidence.correction == "active" else "warning",
        sentence_en=english,
        sentence_fr=french,
        evidence={
            "ahead_s": clock.offset_s,
            "spread_s": clock.spread_s,
            "drift_s_per_day": clock.drift_s_per_day,
            "n_messages": judgement.n,
            "correction": evidence.correction,
            "curve": curve_of(evidence.heard),
        },
        asset_id=device.asset_id,
        device_id=device.device_id,
    )


def score_of(clock: DeviceClock) -> float:
    """Score a clock: how often it is off by what is ordinary; one that is lost as one that is an hour off."""
    if clock.verdict == "no_clock" or clock.offset_s is None:
        return 3600 / NEAR_S
    return max(abs(clock.offset_s), abs(clock.drift_s_per_day or 0.0) * 30) / NEAR_S


def curve_of(heard: Heard) -> list[tuple[str, float | None]]:
    """Give arrival and lag [s] of the last messages."""
    last = zip(heard.received_s[-N_CURVE:].tolist(), heard.own_s[-N_CURVE:].tolist(), strict=True)
    return [(instant_of(at).isoformat(), finite(at - own)) for at, own in last]


def instant_of(at_s: float) -> datetime:
    """Give an instant of Unix seconds."""
    return datetime.fromtimestamp(at_s, UTC)


def finite(value: float) -> float | None:
    """Give a number, rounded to milliseconds; None for NaN."""
    return None if np.isnan(value) else round(float(value), 3)
