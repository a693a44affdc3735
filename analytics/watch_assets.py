"""The sensors of each asset at work together: hours scored, findings and what was learnt written in one transaction."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from analytics.detectors import UNWATCHED
from analytics.joint.spell import Turn
from analytics.joint.telling import Deviation, order_of, tell_together
from analytics.joint.watch import (
    N_BETWEEN,
    N_NEEDED,
    NOTHING,
    SETTINGS,
    Hours,
    Told,
    load_memory,
    save_memory,
    watch_hours,
)
from analytics.watch import WatchReport
from store.hints import Gone, close_hint_findings
from store.inputs import EVERY, Connection
from store.joint import (
    JointAsset,
    JointState,
    Sensor,
    hour_of,
    instant,
    read_first_hours,
    read_joint_assets,
    read_joint_hours,
    save_joint_states,
)
from store.results import Finding, open_finding

KIND, MODEL, VERSION = "unusual_together", "joint_pca", "1"
WITHOUT = (*UNWATCHED, "rssi", "snr", "battery_voltage", "device_temperature")  # what tells of the device itself
N_ASSETS = 50  # per transaction
LONGEST_PASS = 30 * 24  # hours of one asset in one transaction, which bounds memory
WARNING_AT = 3.0  # of the score: four times the limit
CURVE_SPAN = timedelta(days=2)  # drawn before the begin of a spell


def watch_assets(connection: Connection, computed_to: datetime, n_batches: int, block: range = EVERY) -> WatchReport:
    """Score the hours of a block's assets up to where rollups are computed, in at most `n_batches` transactions."""
    report = WatchReport()
    for _ in range(n_batches):
        part = watch_asset_batch(connection, computed_to, block)
        if part is None:
            return report
        report += part
    return report + WatchReport(is_behind=True)


def watch_asset_batch(connection: Connection, computed_to: datetime, block: range = EVERY) -> WatchReport | None:
    """Score one batch of assets; None where nothing waits."""
    with connection.transaction():
        until = instant(hour_of(computed_to))
        assets = read_joint_assets(connection, VERSION, until, WITHOUT, N_ASSETS, block)
        if not assets:
            return None
        spans = spans_of(connection, assets, hour_of(computed_to))
        wanted = [(asset, begin - n_past(asset, begin, end), end) for asset, begin, end in spans]
        rows = read_joint_hours(connection, wanted)
        report = WatchReport()
        states = []
        for (asset, begin, end), (_, first, _) in zip(spans, wanted, strict=True):
            part, state = watch_asset(connection, asset, Hours(first, rows[asset.asset_id]), (begin, end))
            report += part
            states.append(state)
        save_joint_states(connection, states)
    return report


def spans_of(connection: Connection, assets: Sequence[JointAsset], until: int) -> list[tuple[JointAsset, int, int]]:
    """Give the hours [begin, end) since 1970 to score of each asset."""
    first = read_first_hours(connection, [asset for asset in assets if asset.scored_to is None])
    begins = [hour_of(asset.scored_to or first.get(asset.asset_id, instant(until))) for asset in assets]
    return [
        (asset, begin, min(max(until, begin), begin + LONGEST_PASS))
        for asset, begin in zip(assets, begins, strict=True)
    ]


def n_past(asset: JointAsset, begin: int, end: int) -> int:
    """Give how many hours before a span are needed: more where learning is due in it."""
    is_due = asset.state is None or asset.state["learnt"] is None or (phase_of(asset) - begin) % N_BETWEEN < end - begin
    return N_NEEDED if is_due else SETTINGS.n_before


def phase_of(asset: JointAsset) -> int:
    """Give the hour of the week at which an asset is learnt anew: spread out, so that no hour carries all."""
    return asset.asset_id % N_BETWEEN


def watch_asset(
    connection: Connection, asset: JointAsset, hours: Hours, span: tuple[int, int]
) -> tuple[WatchReport, JointState]:
    """Score a span of one asset, write what follows from it, and give what is to be kept."""
    begin, end = span
    memory, n_closed = NOTHING, 0
    if asset.state is not None:
        memory = load_memory(asset.state)
    else:  # other sensors than before, or another version: nobody knows how its finding goes on
        n_closed = close_spell(connection, asset, instant(begin))
    memory, told = watch_hours(memory, hours, span, phase_of(asset))
    report = WatchReport(end - begin, 0, n_closed)
    for one in told:
        for turn in one.turns:
            report += write_turn(connection, asset, one, turn)
    keys = [sensor.key for sensor in asset.sensors]
    return report, JointState(asset.asset_id, VERSION, instant(end), keys, save_memory(memory))


def write_turn(connection: Connection, asset: JointAsset, told: Told, turn: Turn) -> WatchReport:
    """Open, raise or close the finding of a spell."""
    if turn.ended is not None:
        return WatchReport(0, 0, close_spell(connection, asset, instant(turn.ended + 1)))
    if turn.worst is None:
        return WatchReport()
    return WatchReport(0, int(open_finding(connection, finding_of(asset, told, turn, turn.worst))))


def close_spell(connection: Connection, asset: JointAsset, ended_at: datetime) -> int:
    """End the open finding of an asset, and give how many there were."""
    return close_hint_findings(connection, asset.territory_id, KIND, [Gone(asset.asset_id)], ended_at)


def finding_of(asset: JointAsset, told: Told, turn: Turn, worst: int) -> Finding:
    """Put a spell into words and evidence, as its worst hour shows it."""
    began = instant(turn.began)
    columns, deviations = deviations_at(asset, told, worst - told.first)
    english, french = tell_together(asset.name, asset.time_zone, began, deviations)
    return Finding(
        territory_id=asset.territory_id,
        kind=KIND,
        model=MODEL,
        model_version=VERSION,
        started_at=began,
        score=turn.score,
        severity="warning" if turn.score >= WARNING_AT else "info",
        sentence_en=english,
        sentence_fr=french,
        evidence={
            "sensors": [
                evidence_of(asset.sensors[column], one) for column, one in zip(columns, deviations, strict=True)
            ],
            "observed_at": instant(worst).isoformat(),
            "curve_from": (began - CURVE_SPAN).isoformat(),
            "curve_to": instant(worst + 1).isoformat(),
        },
        asset_id=asset.asset_id,
    )


def deviations_at(asset: JointAsset, told: Told, row: int) -> tuple[list[int], list[Deviation]]:
    """Give the sensors that stand out in an hour, the strangest first."""
    judged = told.scored.judged
    parts = judged.parts[row]
    total = max(sum(float(part) for part in parts if part > 0), 1e-300)
    columns = [column for column in order_of(parts) if math.isfinite(judged.expected[row, column])]
    return columns, [
        Deviation(
            *names_of(asset.sensors[column]),
            unit=asset.sensors[column].unit,
            value=float(told.means[row, column]),
            expected=float(judged.expected[row, column]),
            share=float(parts[column]) / total,
        )
        for column in columns
    ]


def names_of(sensor: Sensor) -> tuple[str, str]:
    """Give (English, French) names of a sensor, with its channel where it has one."""
    place = f" ({sensor.channel})" if sensor.channel else ""
    return sensor.name_en + place, sensor.name_fr + place


def evidence_of(sensor: Sensor, one: Deviation) -> dict[str, Any]:
    """Give the numbers behind a sensor that stands out."""
    return {
        "sensor": sensor.key,
        "unit": one.unit,
        "value": one.value,
        "expected": one.expected,
        "share": round(one.share, 3),
    }
