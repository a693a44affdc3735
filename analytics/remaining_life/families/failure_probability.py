"""Calibration of failure probabilities: by type of asset and horizon, a monotone map from what was told to what came.

Learnt from what was told of assets once a week, and the failures that technicians confirmed since (isotonic regression:
R. E. Barlow et al., Statistical inference under order restrictions, 1972; for probabilities B. Zadrozny and C. Elkan,
DOI 10.1145/775047.775151). A type with fewer than `LEAST_FAILURES` different failures that teach has no map: what is
told of it stays as it was, marked as prior. A fifth of the assets, by a hash of their name, is held out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sklearn.isotonic import IsotonicRegression

from analytics.health.signal import COMING
from analytics.remaining_life.comparison import Judged, JudgedByType
from analytics.remaining_life.families import Data, Family
from analytics.remaining_life.features import Floats
from analytics.remaining_life.model_file import ModelFile
from store.asset_health import Outcome, read_outcomes
from store.inputs import Connection

NAME, METHOD_VERSION = "failure_probability", "1"
LEAST_FAILURES = 20
LEAST_JUDGED = 3  # failed rows held out, below which no two models can be told apart
N_HORIZONS = 3
LEAST = 1e-6  # no probability is told below it, or above 1 less it


@dataclass(frozen=True, slots=True)
class Counts:
    """Of what was told (n_values): how often, and how often the asset had failed in time."""

    told: Floats
    n: Floats
    n_failed: Floats


CountsByPlace = Mapping[tuple[str, int], Counts]


def read(connection: Connection, territory_id: int | None, at: datetime) -> Data:
    """Read what came of what was told."""
    return data_of(read_outcomes(connection, territory_id, at, list(COMING)))


def data_of(outcomes: Sequence[Outcome]) -> Data:
    """Part outcomes into those that teach, of types with enough failures, and those that judge."""
    teaching = [one for one in outcomes if not one.is_held_out and one.n_failures >= LEAST_FAILURES]
    judging = [one for one in outcomes if one.is_held_out]
    table = np.array([(one.place, one.told, one.n, one.n_failed) for one in outcomes]).reshape(-1, 4)
    told = np.repeat(table[:, 1], np.minimum(table[:, 2], 100).astype(np.intp))
    begins_at = min((one.begins_at for one in outcomes if one.begins_at is not None), default=None)
    arrays, n = {"outcomes": table}, int(table[:, 2].sum())
    return Data(by_place(teaching), by_place(judging), {"told": told}, arrays, n, contents_of(outcomes), begins_at)


def contents_of(outcomes: Sequence[Outcome]) -> Mapping[str, Mapping[str, int]]:
    """Count by type what was told of 7, 30 and 90 days, how often it came, and the different failures that teach."""
    found: dict[str, dict[str, int]] = {}
    for one in outcomes:
        own = found.setdefault(one.asset_type, {"told": 0, "came": 0, "failures": one.n_failures})
        own["told"] += one.n
        own["came"] += one.n_failed
    return found


def by_place(outcomes: Sequence[Outcome]) -> CountsByPlace:
    """Group outcomes by type and horizon."""
    rows: dict[tuple[str, int], list[tuple[float, float, float]]] = {}
    for one in outcomes:
        rows.setdefault((one.asset_type, one.place), []).append((one.told, one.n, one.n_failed))
    return {place: Counts(*np.array(found, dtype=np.float64).T) for place, found in sorted(rows.items())}


def train(data: Data) -> ModelFile | None:
    """Fit a map to each type and horizon; None where no type has enough failures."""
    groups: CountsByPlace = data.training
    if not groups:
        return None
    maps = [fit(group) for group in groups.values()]
    arrays = {
        "begins": np.cumsum([0, *(len(x) for x, _ in maps)]),
        "told": np.concatenate([x for x, _ in maps]),
        "came": np.concatenate([y for _, y in maps]),
    }
    return ModelFile(NAME, METHOD_VERSION, {"places": [[kind, place] for kind, place in groups]}, arrays)


def fit(counts: Counts) -> tuple[Floats, Floats]:
    """Give the corners of a map that never falls."""
    regression = IsotonicRegression(y_min=LEAST, y_max=1 - LEAST, out_of_bounds="clip")
    regression.fit(counts.told, counts.n_failed / counts.n, sample_weight=counts.n)
    return np.asarray(regression.X_thresholds_, np.float64), np.asarray(regression.y_thresholds_, np.float64)


def calibrate(model: ModelFile, kind: str, told: Floats) -> tuple[Floats, bool]:
    """Give what is to be told of assets of a type (n_assets, 3), and whether there is a map for all horizons."""
    places: list[list[object]] = model.values["places"]
    if [kind, N_HORIZONS] not in places:  # who has it for 90 days has it for less
        return told, False
    columns = [mapped(model, places.index([kind, place]), told[:, place - 1]) for place in range(1, N_HORIZONS + 1)]
    return np.maximum.accumulate(np.stack(columns, axis=1), axis=1), True


def mapped(model: ModelFile, index: int, told: Floats) -> Floats:
    """Read a map, between its corners in proportion."""
    begin, end = model.arrays["begins"][index : index + 2]
    corners = model.arrays["told"][begin:end], model.arrays["came"][begin:end]
    return np.asarray(np.interp(told, *corners), dtype=np.float64)


def judge(model: ModelFile, data: Data) -> JudgedByType | None:
    """Give the mean negative log likelihood of what is held out; None of fewer than three failures."""
    groups: CountsByPlace = data.held_out
    if sum(group.n_failed.sum() for group in groups.values()) < LEAST_JUDGED:
        return None
    places: list[list[object]] = model.values["places"]
    found: dict[str, list[Floats]] = {}
    for (kind, place), group in groups.items():
        is_mapped = [kind, place] in places
        told = mapped(model, places.index([kind, place]), group.told) if is_mapped else group.told
        sure = np.clip(told, LEAST, 1 - LEAST)
        losses = np.concatenate([-np.log(sure), -np.log1p(-sure)])
        counts = np.concatenate([group.n_failed, group.n - group.n_failed])
        found.setdefault(kind, []).append(np.stack([losses, counts]))
    tables = {kind: np.concatenate(parts, axis=1) for kind, parts in found.items()}
    return {kind: Judged(table[0], table[1], float(table[1].sum())) for kind, table in tables.items()}


FAMILY = Family(
    NAME,
    METHOD_VERSION,
    "Rests on failures being judged and dated; where technicians record few of them, what it tells is too low.",
    "mean negative log likelihood by asset, week and horizon, on a fifth of the assets that it did not see",
    0,
    read,
    train,
    judge,
)
