"""How assets live on without any finding: by the rate of their type, and by the lives of its like that have ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.health.family import FAMILIES, SENSOR, SENSOR_FAILS, FamilyPrior
from analytics.health.known import Known
from analytics.health.probability import TIMES, Floats, survival_by_rate
from analytics.remaining_life.families import asset_life, lamp_life
from analytics.remaining_life.families.lamp_life import LampCurve
from analytics.remaining_life.lamp import LampLife
from store.asset_health import FailureCost


@dataclass(frozen=True, slots=True)
class LampBasis:
    """What a lamp's base rests on: the hours it has burned, and the curve of its like."""

    life: LampLife
    curve: LampCurve


@dataclass(frozen=True, slots=True)
class Basis:
    """What the assets' base rests on: survival (n_assets, n_times), by asset a word and the type's assumptions, those
    of sensors, and by index the lamps that have a curve by their hours."""

    survival: Floats
    words: Sequence[str]
    families: Sequence[FamilyPrior | None]
    sensor: FamilyPrior
    lamps: Mapping[int, LampBasis]


def base_of(known: Known) -> Basis:
    """Give how assets live on without any finding: by the rate of their type, and the curve of its lives if it is
    known; lamps with a curve by their hours by that alone, for it knows their failures."""
    entered = {one.asset_type: one for one in known.costs}
    families = [family_of(asset.type, entered.get(asset.type)) for asset in known.assets]
    rates = np.array([0.0 if one is None else one.failures_per_year for one in families])
    words = [basis_word(entered.get(asset.type), family) for asset, family in zip(known.assets, families, strict=True)]
    break_by_main(known, rates, words)
    survival = survival_by_rate(rates)
    if known.life is not None:
        survive_age(known, survival, words)
    lamps = lamps_of(known)
    if lamps:
        rows = list(lamps)
        told = list(lamps.values())
        survival[rows] = lamp_life.survival([one.curve for one in told], [one.life for one in told], TIMES)
        for row in rows:
            words[row] = "life"
    return Basis(survival, words, families, family_of(SENSOR, entered.get(SENSOR)) or SENSOR_FAILS, lamps)


def lamps_of(known: Known) -> Mapping[int, LampBasis]:
    """Give the lamps by index whose batch or model was learnt; the others keep the rate of their type."""
    if known.lamp_life is None:
        return {}
    index_of = {asset.asset_id: index for index, asset in enumerate(known.assets)}
    lives = [life for asset_id, life in known.lamps.items() if asset_id in index_of]
    curves = lamp_life.curves_of(known.lamp_life, lives)
    return {
        index_of[life.asset_id]: LampBasis(life, curve)
        for life, curve in zip(lives, curves, strict=True)
        if not curve.is_prior
    }


def break_by_main(known: Known, rates: Floats, words: list[str]) -> None:
    """Put each main's own rate in the place of its type's; where too few breaks are known, an entered one stands.

    One that is told to break soon keeps its type's: the finding says the rest.
    """
    told = {finding.asset_id for finding in known.findings if finding.kind == "break_to_come"}
    for row, asset in enumerate(known.assets):
        rate = known.breaks.get(asset.asset_id)
        if rate is None or asset.asset_id in told or (rate.is_prior and words[row] == "entered"):
            continue
        rates[row], words[row] = rate.a_year, "prior" if rate.is_prior else "life"


def survive_age(known: Known, survival: Floats, words: list[str]) -> None:
    """Let age take its share of the types with a curve of their own; of a main its breaks say as much."""
    assert known.life is not None
    kinds = np.array([asset.type for asset in known.assets])
    ages = np.array([asset.age_d for asset in known.assets])
    has_rate = np.array([asset.asset_id in known.breaks for asset in known.assets], dtype=np.bool_)
    for kind in sorted(set(kinds.tolist())):
        curve, is_prior = asset_life.curve_of(known.life, kind)
        if is_prior:
            continue
        rows = np.flatnonzero((kinds == kind) & ~has_rate)
        passed = curve.hazard(ages[rows, None] + TIMES) - curve.hazard(ages[rows])[:, None]
        survival[rows] *= np.exp(-passed)
        for row in rows.tolist():
            words[row] = "life"


def family_of(kind: str, entered: FailureCost | None) -> FamilyPrior | None:
    """Give what is assumed of a type, or entered; None where neither is."""
    assumed = FAMILIES.get(kind)
    if entered is None:
        return assumed
    rate = entered.failures_per_year
    if rate is None:
        rate = 0.0 if assumed is None else assumed.failures_per_year
    amounts = (entered.people_eur, entered.safety_eur, entered.repair_eur, entered.waiting_eur_per_day)
    return FamilyPrior(rate, *amounts, source=entered.source)


def basis_word(entered: FailureCost | None, family: FamilyPrior | None) -> str:
    """Say what the base rests on: an entered rate, the assumed one, nothing."""
    if entered is not None and entered.failures_per_year is not None:
        return "entered"
    return "unknown" if family is None or family.failures_per_year == 0 else "prior"
