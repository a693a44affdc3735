"""Energy of a night as a line of its dark hours: robust fit on the baseline's nights, prediction, its variance.

kwh = standing * nights + power * dark hours. Both sides are divided by the dark hours, since what disturbs a lighting
meter (voltage, lamps out, twilight) does so in proportion. Huber's weights (Huber 1964, doi:10.1214/aoms/1177703732;
tuning constant 1.345) keep nights of a tripped cabinet from counting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analytics.baseline.nights import Stretch
from analytics.baseline.noise import Noise, Residuals, spread_of
from analytics.spread import MAD_TO_SIGMA

Floats = NDArray[np.float64]
HUBER = 1.345
N_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class NightModel:
    """A fitted meter.

    `projection` (2, n_stretches) turns disturbances of the baseline's stretches [kW.h] into those of the two
    coefficients; `residuals` are relative to `fitted_kwh`.
    """

    standing_kwh: float
    power_kw: float
    off_peak: tuple[float, float]
    fitted_kwh: Floats
    residuals: Residuals
    projection: Floats
    n_nights: int
    dark_h: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What a meter would have counted [kW.h], off-peak part, and the standard error of the total.

    `bound_kwh` is by how much a stipulated amount may be wrong either way.
    """

    kwh: float
    off_peak_kwh: float
    standard_error: float
    bound_kwh: float = 0.0


def fit_nights(stretches: Sequence[Stretch]) -> NightModel:
    """Fit a meter's baseline.

    Parameters
    ----------
    stretches
        At least three, not all of the same dark hours, none of zero dark hours.
    """
    design, kwh, off_peak = arrays(stretches)
    dark = design[:, 1]
    scaled, target = design / dark[:, None], kwh / dark
    coefficients, weights = huber(scaled, target)
    off_coefficients, _ = huber(scaled, off_peak / dark)
    fitted = np.maximum(design @ coefficients, 1e-9)
    normal = (scaled * weights[:, None]).T @ scaled
    projection = np.linalg.solve(normal, (scaled * weights[:, None]).T) / dark
    days = np.array([stretch.first.toordinal() for stretch in stretches])
    per_night = dark / design[:, 0]
    return NightModel(
        standing_kwh=float(coefficients[0]),
        power_kw=float(coefficients[1]),
        off_peak=(float(off_coefficients[0]), float(off_coefficients[1])),
        fitted_kwh=fitted,
        residuals=Residuals(days, (kwh - fitted) / fitted, design / fitted[:, None]),
        projection=projection,
        n_nights=int(design[:, 0].sum()),
        dark_h=(float(per_night.min()), float(per_night.max())),
    )


def predict(model: NightModel, nights: Sequence[tuple[date, float]], noise: Noise) -> Counterfactual:
    """Say what the meter would have counted in these nights (day, dark hours).

    The standard error takes the disturbances of baseline and prediction as one process: they are correlated from
    night to night, so a wrong level in the baseline's last weeks goes on into the first of the prediction.
    """
    dark = np.array([hours for _, hours in nights])
    design = np.stack([np.ones_like(dark), dark], axis=1)
    kwh = design @ np.array([model.standing_kwh, model.power_kw])
    days = np.concatenate([model.residuals.days, [day.toordinal() for day, _ in nights]])
    # error = disturbances of the predicted nights - what those of the baseline did to the prediction
    gains = np.concatenate([-(design.sum(axis=0) @ model.projection) * model.fitted_kwh, kwh])
    covariance = spread_of(model.residuals, noise) ** 2 * noise.correlation(days)
    return Counterfactual(
        kwh=float(kwh.sum()),
        off_peak_kwh=float((design @ np.array(model.off_peak)).sum()),
        standard_error=float(np.sqrt(max(0.0, gains @ covariance @ gains))),
    )


def arrays(stretches: Sequence[Stretch]) -> tuple[Floats, Floats, Floats]:
    """Give the design matrix (nights, dark hours), energy and off-peak energy of the stretches."""
    design = np.array([[stretch.n_nights, stretch.dark_h] for stretch in stretches], dtype=np.float64)
    return design, np.array([s.kwh for s in stretches]), np.array([s.off_peak_kwh for s in stretches])


def huber(design: Floats, target: Floats) -> tuple[Floats, Floats]:
    """Fit a line by iterated weights; give coefficients and the last weights."""
    weights = np.ones(target.size)
    coefficients: Floats = np.zeros(design.shape[1])
    for _ in range(N_ROUNDS):
        root = np.sqrt(weights)
        coefficients = np.asarray(np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0])
        residuals = target - design @ coefficients
        scale = MAD_TO_SIGMA * float(np.median(np.abs(residuals)))
        if scale <= 0:
            break
        weights = 1 / np.maximum(np.abs(residuals) / (HUBER * scale), 1.0)
    return coefficients, weights
