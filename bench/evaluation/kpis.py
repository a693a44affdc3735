"""KPIs of a town read from its store, against what is true, and the figures of several towns together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import psycopg

from analytics.evaluate.row import Row
from bench.evaluation.kpi_truth import TRUE_BY_KPI, Asked, Book, TrueValue, tell_truth
from bench.evaluation.town import Evaluated

KPIS = """
select k.kpi, coalesce(a.slug, ''), lower(k.period), upper(k.period), k.value, k.low, k.high, k.completeness
from kpi_values k
left join assets a using (asset_id)
where k.is_current and k.kpi = any (%s)
order by k.kpi, k.period, a.slug
"""
STATISTICAL = (  # intervals of 90 %
    "lighting_energy_saved",
    "lighting_saving_ratio",
    "lighting_cost_saved",
    "lighting_saved_by_relamping",
    "lighting_saved_by_dimming",
    "lighting_saved_by_switch_off",
)
GOAL_COVERAGE = (0.87, 0.95)
GOAL_BOUNDS = 0.95  # of KPIs whose ends are the worst cases of what nobody measured
METER_ERROR = 0.01  # of the scale: what those ends leave to the meters
GOAL_HALF_WIDTH = 0.03
FULL_DATA = 0.99  # completeness from which data count as full


@dataclass(frozen=True, slots=True)
class Compared:
    """One KPI of one period against the truth; None where it was withheld.

    `error` and `half_width` are shares of the scale that `bench.evaluation.kpi_truth` names for the KPI.
    """

    kpi: str
    is_town: bool
    is_full: bool
    error: float | None
    half_width: float | None
    is_inside: bool | None


def compare_town(evaluated: Evaluated) -> tuple[Compared, ...]:
    """Compare every KPI that the truth tells of."""
    book = Book(evaluated.truth, evaluated.reference)
    with psycopg.connect(evaluated.database_url) as connection:
        rows = connection.execute(KPIS, (list(TRUE_BY_KPI),)).fetchall()
    compared = []
    for kpi, asset, begins_at, ends_at, value, low, high, completeness in rows:
        true = tell_truth(book, kpi, Asked(asset, begins_at, ends_at))
        if true is not None:
            compared.append(compare(kpi, not asset, true, (low, value, high), completeness or 0.0))
    return tuple(compared)


def compare(
    kpi: str,
    is_town: bool,
    true: TrueValue,
    told: tuple[float | None, float | None, float | None],
    completeness: float,
) -> Compared:
    """Compare one value and its interval; an end that is not told is infinite."""
    low, value, high = told
    is_full = completeness >= FULL_DATA
    if value is None:
        return Compared(kpi, is_town, is_full, None, None, None)
    half_width = None if low is None or high is None else (high - low) / 2 / true.scale
    slack = 0.0 if kpi in STATISTICAL else METER_ERROR * abs(true.scale)
    is_inside = (low is None or low - slack <= true.value) and (high is None or true.value <= high + slack)
    return Compared(kpi, is_town, is_full, (value - true.value) / true.scale, half_width, is_inside)


def figures(compared: Sequence[Compared]) -> Iterator[Row]:
    """Give by KPI, for assets and for whole towns: error, bias, coverage, half-width."""
    for kpi in TRUE_BY_KPI:
        for is_town in (False, True):
            own = [one for one in compared if one.kpi == kpi and one.is_town == is_town]
            told = [one for one in own if one.error is not None]
            if told:
                yield from figures_of(f"kpi.{kpi}.{'town' if is_town else 'asset'}", kpi, told)
            if own:
                name = f"kpi.{kpi}.{'town' if is_town else 'asset'}.told"
                yield Row(name, len(told) / len(own), "1", n=len(own))


def figures_of(name: str, kpi: str, told: Sequence[Compared]) -> Iterator[Row]:
    """Give the figures of one KPI; the half-width counts where data are full."""
    errors = [one.error for one in told if one.error is not None]
    yield Row(f"{name}.error_median", median(abs(error) for error in errors), "1", "lower", n=len(errors))
    yield Row(f"{name}.bias", fmean(errors), "1", "lower", n=len(errors))
    goal = GOAL_COVERAGE if kpi in STATISTICAL else GOAL_BOUNDS
    yield Row(f"{name}.coverage", fmean(bool(one.is_inside) for one in told), "1", goal=goal, n=len(told))
    widths = [one.half_width for one in told if one.half_width is not None and one.is_full]
    if widths:
        bound = GOAL_HALF_WIDTH if kpi in STATISTICAL else None
        yield Row(f"{name}.half_width_median", median(widths), "1", "lower", goal=bound, n=len(widths))
