"""How long assets of each type last until they are retired: a Weibull curve by type.

Clocks begin when an asset was installed (attribute `installed_on`), else entered; a replaced asset is a new one and
begins anew. A type of which fewer than five that teach have ended gets the curve of all types together, marked as
prior; where these are too few as well, nothing is told. A fifth of the assets, by a hash of their name, is held out.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analytics.remaining_life.comparison import Judged, JudgedByType
from analytics.remaining_life.families import Data, Family
from analytics.remaining_life.features import Floats
from analytics.remaining_life.model_file import ModelFile
from analytics.remaining_life.survival import Lives, Weibull, fit_weibull, lives_of_rows
from store.inputs import Connection
from store.models import AssetLife, read_asset_lives

NAME, METHOD_VERSION = "asset_life", "1"
HELD_OUT = 5  # one of so many
LEAST_JUDGED = 3  # retired assets held out, below which no two models can be told apart
TABLE = ("shape", "scale", "n_ended")

LivesByType = Mapping[str, Lives]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of assets by age [d]: probability of ending within 7, 30 and 90 days, time left [d] with an interval of 90 %."""

    within_7: Floats
    within_30: Floats
    within_90: Floats
    left: Floats
    low: Floats
    high: Floats
    is_prior: bool


def read(connection: Connection, territory_id: int | None, at: datetime) -> Data:
    """Read the lives of all assets."""
    return data_of(read_asset_lives(connection, territory_id, at))


def data_of(lives: Sequence[AssetLife]) -> Data:
    """Part them into those that teach and those that judge."""
    judging = [one for one in lives if zlib.crc32(one.slug.encode()) % HELD_OUT == 0]
    teaching = [one for one in lives if zlib.crc32(one.slug.encode()) % HELD_OUT]
    table = np.array([(one.seen_from_d, one.age_d, float(one.is_ended)) for one in lives]).reshape(-1, 3)
    ages = {kind: group.age[~group.is_ended] for kind, group in by_type(lives).items()}
    contents = {
        kind: {"assets": len(group.age), "ended": int(group.is_ended.sum())} for kind, group in by_type(lives).items()
    }
    begins_at = min((one.watched_from for one in lives if one.watched_from is not None), default=None)
    return Data(by_type(teaching), by_type(judging), ages, {"lives": table}, len(lives), contents, begins_at)


def by_type(lives: Sequence[AssetLife]) -> LivesByType:
    """Group lives by the type of asset."""
    rows: dict[str, list[tuple[float, float, bool]]] = {}
    for one in lives:
        rows.setdefault(one.asset_type, []).append((one.seen_from_d, one.age_d, one.is_ended))
    return {kind: lives_of_rows(group) for kind, group in sorted(rows.items())}


def train(data: Data) -> ModelFile | None:
    """Fit a curve to each type, and one to all for those without; None where even these are too few."""
    groups: LivesByType = data.training
    if not groups:
        return None
    everyone = Lives(*(np.concatenate([getattr(one, name) for one in groups.values()]) for name in Lives.__slots__))
    prior = fit_weibull(everyone)
    if prior is None:
        return None
    own = {kind: curve for kind, group in groups.items() if (curve := fit_weibull(group)) is not None}
    curves = [prior, *own.values()]
    table = {name: np.array([float(getattr(curve, name)) for curve in curves]) for name in TABLE}
    return ModelFile(NAME, METHOD_VERSION, {"types": ["", *own]}, table)


def curve_of(model: ModelFile, kind: str) -> tuple[Weibull, bool]:
    """Give the curve of a type, and whether it is but the prior of all."""
    types: list[str] = model.values["types"]
    index = types.index(kind) if kind in types else 0
    shape, scale, n_ended = (float(model.arrays[name][index]) for name in TABLE)
    return Weibull(shape, scale, int(n_ended)), index == 0


def judge(model: ModelFile, data: Data) -> JudgedByType | None:
    """Give the negative log likelihood of the lives held out, by retired one; None of fewer than three."""
    groups: LivesByType = data.held_out
    n_ended = sum(int(group.is_ended.sum()) for group in groups.values())
    if n_ended < LEAST_JUDGED:
        return None
    return {
        kind: Judged(
            -curve_of(model, kind)[0].log_likelihoods(group), np.ones(len(group.age)), float(group.is_ended.sum())
        )
        for kind, group in groups.items()
    }


def tell(model: ModelFile, kind: str, ages: Floats) -> Outlook:
    """Tell the outlook of assets of a type at these ages [d]."""
    curve, is_prior = curve_of(model, kind)
    return Outlook(
        within_7=curve.fails_within(ages, 7.0),
        within_30=curve.fails_within(ages, 30.0),
        within_90=curve.fails_within(ages, 90.0),
        left=curve.remaining(ages, 0.5),
        low=curve.remaining(ages, 0.05),
        high=curve.remaining(ages, 0.95),
        is_prior=is_prior,
    )


FAMILY = Family(
    NAME,
    METHOD_VERSION,
    "Retirement for any reason counts as an end; types with fewer than five ends among those that teach share one"
    " curve.",
    "negative log likelihood by ended life, on a fifth of the assets that it did not see",
    0,
    read,
    train,
    judge,
)
