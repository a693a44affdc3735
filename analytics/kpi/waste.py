"""Waste: how full containers are: median, 90th percentile, share above the threshold, hours of overflow.

Statistics of the held curve: each level counts for the seconds it stood (time-weighted empirical quantile, the
inverse of the distribution function: Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566, type 1 with weights). A
container counts as full from its attribute `full_at_percent`, else from 80 %, and overflows from 100 %. Bounds are the
worst cases: in all unknown time the container was empty, or overflowed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.kpi import Domain
from analytics.kpi.car_park import NOTHING, by_asset
from analytics.kpi.figure import Figure, Known, hash_inputs, tell
from store.held_curves import read_held_curves
from store.inputs import Connection, Curve, Window

FULL_AT_PERCENT = 80.0
OVERFLOW_AT_PERCENT = 100.0
EMPTY, HEAPED = 0.0, 120.0  # ends of the range of `fill_level` [%]
Floats = NDArray[np.float64]


def read_containers(connection: Connection, window: Window) -> list[Curve]:
    """Read the curves of the fill levels."""
    return read_many_containers(connection, [window])[0]


def read_many_containers(connection: Connection, windows: Sequence[Window]) -> list[list[Curve]]:
    """Do the same for several windows."""
    return read_held_curves(connection, windows, "fill_level")


def tell_containers(curves: Sequence[Curve]) -> list[Figure]:
    """Tell the four figures of each container and of all of them pooled."""
    figures = [figure for asset_id, group in by_asset(curves) for figure in container_figures(asset_id, group)]
    return figures + tell_all_containers(curves)


def tell_all_containers(curves: Sequence[Curve]) -> list[Figure]:
    """Tell the four figures of all containers pooled."""
    return container_figures(None, list(curves)) if curves else []


def container_figures(asset_id: int | None, curves: list[Curve]) -> list[Figure]:
    """Tell the figures of some containers pooled."""
    levels = np.concatenate([np.array(curve.values, dtype=np.float64) for curve in curves])
    seconds = np.concatenate([np.array(curve.seconds, dtype=np.float64) for curve in curves])
    thresholds = [curve.full_at_percent or FULL_AT_PERCENT for curve in curves]
    full_at = np.repeat(thresholds, [len(curve.values) for curve in curves])
    expected_s = sum(curve.expected_s for curve in curves)
    known = Known(float(seconds.sum()), expected_s, hash_inputs(curves), {"n_containers": len(curves)})
    if not seconds.sum() > 0:
        return [tell(kpi, asset_id, unit, NOTHING, known) for kpi, unit in UNITS.items()]
    missing_s = max(0.0, expected_s - known.covered_s)
    full_s = float(seconds[levels >= full_at].sum())
    overflow_h = float(seconds[levels >= OVERFLOW_AT_PERCENT].sum()) / 3600
    share = (full_s / expected_s, full_s / known.covered_s, (full_s + missing_s) / expected_s)
    return [
        tell("fill_level_median", asset_id, "%", bounded_quantile(levels, seconds, missing_s, 0.5), known),
        tell("fill_level_p90", asset_id, "%", bounded_quantile(levels, seconds, missing_s, 0.9), known),
        tell("fill_share_above_threshold", asset_id, "1", share, known),
        tell("overflow_hours", asset_id, "h", (overflow_h, overflow_h, overflow_h + missing_s / 3600), known),
    ]


def bounded_quantile(levels: Floats, seconds: Floats, missing_s: float, share: float) -> tuple[float, float, float]:
    """Give (low, value, high) of a quantile when `missing_s` of the time may have been at either end."""
    more_seconds = np.append(seconds, missing_s)
    return (
        weighted_quantile(np.append(levels, EMPTY), more_seconds, share),
        weighted_quantile(levels, seconds, share),
        weighted_quantile(np.append(levels, HEAPED), more_seconds, share),
    )


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """Give the smallest value at or below which at least `share` (0 to 1) of the weight lies.

    Parameters
    ----------
    values, weights
        Shape (n_values,), weights not negative and not all zero.
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    index = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)))  # rounding must not skip an exact hit
    return float(values[order][min(index, len(values) - 1)])


UNITS = {
    "fill_level_median": "%",
    "fill_level_p90": "%",
    "fill_share_above_threshold": "1",
    "overflow_hours": "h",
}
DOMAINS = (
    Domain(
        name="waste_containers",
        kpis=tuple(UNITS),
        rhythm="day",
        asset_types=("waste_container",),
        method="time-weighted quantiles of the held level",
        method_version="2",
        read=read_containers,
        read_many=read_many_containers,
        tell=tell_containers,
        tell_town_of=tell_all_containers,
        holds_values=True,
    ),
)
