"""Health of all assets of a territory out of what is known of them on a day; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.health.course import shows, survival_by_course
from analytics.health.known import Known
from analytics.health.loss import Chances, losses_of, moved_by
from analytics.health.probability import Floats, Outlook, look_ahead
from analytics.health.reason import Said, tell_reason
from analytics.health.survival import Basis, base_of
from analytics.health.voice import Voice, hear, signal_of, signals_of, wellbeing, within_30
from analytics.remaining_life.families import failure_probability
from store.asset_health import Health

VERSION = "4"


def score_assets(known: Known) -> list[Health]:
    """Tell the health of every asset, in their order."""
    if not known.assets:
        return []
    voices = hear(known)
    base = base_of(known)
    signals = signals_of(voices)
    course = np.stack([survival_by_course(known.courses.get(asset.asset_id)) for asset in known.assets])
    outlook = look_ahead(base.survival, signals, course)
    within, is_fitted = calibrated(known, outlook.within)
    is_of_sensor = np.array([voice.is_of_sensor for voice in voices], dtype=np.bool_)
    chances = Chances(
        thing=look_ahead(base.survival, signals.where(~is_of_sensor), course),
        sensor=look_ahead(np.ones_like(base.survival), signals.where(is_of_sensor)),
        moved=moved_by(within, outlook.within),
    )
    loss, waiting = losses_of(base, chances)
    by_asset: dict[int, list[Voice]] = {}
    for voice in voices:
        by_asset.setdefault(voice.index, []).append(voice)
    told = Told(outlook, within, is_fitted, loss, waiting)
    return [health_of(known, base, told, index, by_asset.get(index, ())) for index in range(len(known.assets))]


@dataclass(frozen=True, slots=True)
class Told:
    """The numbers of all assets, by their index."""

    outlook: Outlook
    within: Floats
    is_fitted: Sequence[bool]
    loss_eur: Floats
    waiting_eur: Floats


def calibrated(known: Known, within: Floats) -> tuple[Floats, list[bool]]:
    """Give what is told after calibration by type, and of which assets there was one."""
    model = known.calibration
    if model is None:
        return within, [False] * len(within)
    found, is_fitted = within.copy(), np.zeros(len(within), dtype=bool)
    kinds = np.array([asset.type for asset in known.assets])
    for kind in sorted(set(kinds.tolist())):
        rows = np.flatnonzero(kinds == kind)
        found[rows], is_fitted[rows] = failure_probability.calibrate(model, kind, np.round(within[rows], 4))
    return found, is_fitted.tolist()


def health_of(known: Known, base: Basis, told: Told, index: int, voices: Sequence[Voice]) -> Health:
    """Put together what is told of one asset."""
    asset = known.assets[index]
    signals = sorted((signal_of(voice) for voice in voices), key=lambda one: -one.within_30)
    worst = max(voices, key=lambda voice: (within_30(voice), -voice.finding.finding_id), default=None)
    family = base.sensor if worst is not None and worst.is_of_sensor else base.families[index]
    course = known.courses.get(asset.asset_id)
    course = course if shows(course) else None
    basis = "signals" if voices else "life" if course else base.words[index]
    is_known = basis != "unknown"
    within = [rounded(value) for value in told.within[index].tolist()]
    left = [rounded(value) for value in told.outlook.left[index].tolist()]
    health = wellbeing(asset, voices)
    said = Said(
        asset,
        basis,
        within[1],
        base.families[index],
        told.waiting_eur[index],
        signals,
        known.time_zone,
        course,
        known.breaks.get(asset.asset_id),
        base.lamps.get(index),
    )
    reason_fr, reason_en = tell_reason(said)
    return Health(
        asset_id=asset.asset_id,
        health=None if health is None else rounded(health),
        told=rounded_three(told.outlook.within[index]) if is_known else None,
        within_7=within[0] if is_known else None,
        within_30=within[1] if is_known else None,
        within_90=within[2] if is_known else None,
        left_d=left[1] if is_known else None,
        left_low_d=left[0] if is_known else None,
        left_high_d=left[2] if is_known else None,
        people_eur=None if family is None else family.people_eur,
        safety_eur=None if family is None else family.safety_eur,
        repair_eur=None if family is None else family.repair_eur,
        waiting_eur_per_day=rounded(told.waiting_eur[index]) if is_known else None,
        expected_loss_eur=rounded(told.loss_eur[index]) if is_known else None,
        basis=basis,
        calibration="fitted" if told.is_fitted[index] else "prior",
        reason_fr=reason_fr,
        reason_en=reason_en,
        signals=tuple(signals),
        finding_id=None if worst is None else worst.finding.finding_id,
        incident_id=None if worst is None else worst.finding.incident_id,
        model_version=VERSION,
    )


def rounded(value: float) -> float | None:
    """Round to three digits that count, so that what hardly moves is not written every day; None of NaN."""
    return None if np.isnan(value) else float(f"{value:.3g}")


def rounded_three(values: Floats) -> tuple[float, float, float]:
    """Round what was told before calibration."""
    first, second, third = (round(value, 4) for value in values.tolist())
    return first, second, third
