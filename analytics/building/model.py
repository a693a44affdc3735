"""A meter's baseline, fitted by days (change points) or by hours (of the week), and what it says of other days."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analytics.building.change_point import ChangePointModel, fit_change_points
from analytics.building.disturbance import QUANTILE, Ahead, Disturbance, Past, learn_disturbance, standard_error
from analytics.building.periods import Floats, Integers, Periods, sum_by
from analytics.building.quality import Quality, judge
from analytics.building.week_hours import N_SEGMENTS, N_WEEK_HOURS, Hours, WeekModel, fit_week, segments


@dataclass(frozen=True, slots=True)
class Baseline:
    """A fitted baseline, of one of two kinds, with what it left unexplained, by stretch of days."""

    model: ChangePointModel | WeekModel
    quality: Quality
    past: Past
    disturbance: Disturbance
    temperature: tuple[float, float]
    basis: Periods | Hours


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What would have been used [kW.h]: in all, its standard error, and by stretch (first days and amounts)."""

    kwh: float
    standard_error: float
    days: Integers
    by_stretch: Floats

    @property
    def half_width(self) -> float:
        """Give half the interval of 90 % [kW.h]; what is not known of the disturbances is in the standard error."""
        return QUANTILE * self.standard_error


def fit_days(periods: Periods, *, may_cool: bool = True) -> Baseline:
    """Fit change points to stretches of days.

    Parameters
    ----------
    periods
        At least 8 stretches, not without use.
    may_cool
        Whether the energy can cool: gas and heat do not.
    """
    model = fit_change_points(periods, may_cool=may_cool)
    fitted = model.predict(periods)
    past = Past(periods.first_days, periods.kwh, fitted, model.jacobian(periods))
    quality = judge(periods.kwh, fitted, periods.first_days, model.n_parameters)
    return Baseline(model, quality, past, learn_disturbance(past), span(periods.temperature), periods)


@lru_cache(maxsize=512)
def fit_again(kwh: bytes, owner: bytes, days: bytes, temperature: bytes, may_cool: bool) -> Baseline:
    """Fit what may have been fitted before: month after month is compared with the same baseline."""
    numbers = np.frombuffer(owner, dtype=np.int64), np.frombuffer(days, dtype=np.int64)
    return fit_days(Periods(np.frombuffer(kwh), *numbers, np.frombuffer(temperature)), may_cool=may_cool)


def fit_hours(hours: Hours) -> Baseline:
    """Fit levels of the week and temperature lines to hours.

    The disturbances are learnt from sums of days; what the fit takes from them counts as the temperature columns.
    """
    model = fit_week(hours)
    fitted = model.predict(hours)
    days, owner = np.unique(hours.days, return_inverse=True)
    columns = np.column_stack([np.ones(hours.kwh.size), segments(hours.temperature, model.edges)])
    design = np.stack([sum_by(owner, column) for column in columns.T], axis=1)
    past = Past(days, sum_by(owner, hours.kwh), sum_by(owner, fitted), varying(design))
    quality = judge(hours.kwh, fitted, np.arange(hours.kwh.size), N_WEEK_HOURS + N_SEGMENTS)
    return Baseline(model, quality, past, learn_disturbance(past), span(hours.temperature), hours)


def predict_days(baseline: Baseline, periods: Periods) -> Counterfactual:
    """Say what would have been used in stretches of days, by a baseline of days."""
    model, basis = baseline.model, baseline.basis
    if not isinstance(model, ChangePointModel) or not isinstance(basis, Periods):
        raise TypeError("this baseline was fitted to hours")
    said = model.predict(periods)
    root = np.sqrt(basis.n_days)
    projection = np.linalg.pinv(model.jacobian(basis) / root[:, None], rcond=1e-10) / root
    pull = model.jacobian(periods).sum(axis=0) @ projection
    return tell(baseline, Ahead(periods.first_days, said, pull))


def predict_hours(baseline: Baseline, hours: Hours) -> Counterfactual:
    """Say what would have been used in hours, by a baseline of hours; answers by day."""
    model, basis = baseline.model, baseline.basis
    if not isinstance(model, WeekModel) or not isinstance(basis, Hours):
        raise TypeError("this baseline was fitted to days")
    days, owner = np.unique(hours.days, return_inverse=True)
    said = sum_by(owner, model.predict(hours))
    _, base_owner = np.unique(basis.days, return_inverse=True)
    pull = sum_by(base_owner, model.pull(basis, hours)) / np.bincount(base_owner)
    return tell(baseline, Ahead(days, said, pull))


def tell(baseline: Baseline, ahead: Ahead) -> Counterfactual:
    """Add a prediction up."""
    error = standard_error(baseline.past, baseline.disturbance, ahead)
    return Counterfactual(float(ahead.kwh.sum()), error, ahead.days, ahead.kwh)


def span(temperature: Floats) -> tuple[float, float]:
    """Give the coldest and warmest."""
    return float(temperature.min()), float(temperature.max())


def varying(design: Floats) -> Floats:
    """Leave out columns that are zero nearly everywhere, so that blocks of days can still tell them apart."""
    kept = (np.abs(design) > 0).mean(axis=0) > 0.1
    kept[0] = True
    chosen: Floats = design[:, kept]
    return chosen
