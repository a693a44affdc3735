"""Base load: the power that a building draws while nobody should be in it, between one and five at night.

Each night's mean out of the meter's counter; of a month the median of its nights, since single nights may hold a late
party or a cleaning round. Interval: 90 %, of the median, out of the order of the nights (sign test: Conover 1999,
Practical Nonparametric Statistics, 3.2); nights hang together, so it is a little too narrow where habits change within
the month. Fewer than six nights say nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.building.order import median_interval
from analytics.grouping import by_asset
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from store.building import NightUse, read_night_use
from store.inputs import Connection, Window

KPI, UNIT = "building_base_load", "W"
NIGHT_S = 4 * 3600.0
LEAST_NIGHT_S = 3 * 3600.0
LEAST_NIGHTS = 6


@dataclass(frozen=True, slots=True)
class BaseLoadInputs:
    """Electricity of each night from one to five, by placed counter, and the number of nights asked about."""

    nights: Sequence[NightUse]
    n_nights: int


def read_base_load(connection: Connection, window: Window) -> BaseLoadInputs:
    """Read the nights."""
    return BaseLoadInputs(
        read_night_use(connection, window), round((window.ends_at - window.begins_at).total_seconds() / 86_400)
    )


def tell_base_load(inputs: BaseLoadInputs) -> list[Figure]:
    """Tell the base load [W] of each metered asset, and the sum of all."""
    nights = by_asset(inputs.nights)
    figures = [figure_of(asset_id, rows, inputs.n_nights) for asset_id, rows in sorted(nights.items())]
    return figures + ([together(figures, inputs)] if figures else [])


def figure_of(asset_id: int, rows: Sequence[NightUse], n_nights: int) -> Figure:
    """Tell one asset's base load."""
    watts = night_watts(rows)
    proof = {"n_nights_known": watts.size, "lowest_w": float(watts.min()) if watts.size else None}
    known = Known(watts.size * NIGHT_S, n_nights * NIGHT_S, hash_inputs(rows), proof)
    figure = tell(KPI, asset_id, UNIT, median_interval(watts) if watts.size else (None, None, None), known)
    if watts.size < LEAST_NIGHTS:
        return refuse(figure, f"{watts.size} nights are known, {LEAST_NIGHTS} are needed")
    return figure


def night_watts(rows: Sequence[NightUse]) -> np.ndarray:
    """Give the mean power of each night [W] that all series of the asset know mostly."""
    by_day: dict[object, list[NightUse]] = {}
    for row in rows:
        if row.span_s >= LEAST_NIGHT_S:
            by_day.setdefault(row.day, []).append(row)
    most = max((len(own) for own in by_day.values()), default=0)
    return np.array(
        [
            sum(row.kwh * 3.6e6 / row.span_s for row in own)
            for _, own in sorted(by_day.items(), key=str)
            if len(own) == most
        ]
    )


def together(figures: Sequence[Figure], inputs: BaseLoadInputs) -> Figure:
    """Add the assets up, and their bounds: nobody says that their nights are independent."""
    told = [one for one in figures if one.value is not None]
    shares = sum(one.completeness or 0.0 for one in figures)
    known = Known(
        shares, float(len(figures)), hash_inputs(inputs.nights), {"n_assets": len(figures), "n_told": len(told)}
    )
    sums = tuple(sum(getattr(one, part) for one in told) if told else None for part in ("low", "value", "high"))
    return tell(KPI, None, UNIT, (sums[0], sums[1], sums[2]), known)


DOMAINS = (
    Domain(
        name="building_base_load",
        kpis=(KPI,),
        rhythm="month",
        asset_types=("building", "electricity_meter"),
        method="median of the nights' mean power from one to five",
        method_version="1",
        read=read_base_load,
        tell=tell_base_load,
    ),
)
