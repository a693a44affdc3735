"""The efficiency of a heat pump or boiler beside its own past at the same outdoor temperature.

Day by day heat out over energy in (of a heat pump the performance factor of EN 14825, of a boiler its yield). Its
logarithm depends on outdoor temperature nearly along a straight line, because the lift of temperature does (Staffell
et al. 2012, doi:10.1039/c2ee22653g); line and scatter are fitted on the first `N_REFERENCE` days of heating, robustly.
Only days within the temperatures of the reference are judged: outside nobody knows. What is lost is added up by the
same one-sided CUSUM that tells of bearings.
"""

from dataclasses import dataclass

import numpy as np

from analytics.rotating.wear import LIMIT, Floats, add_up
from analytics.spread import spread

N_REFERENCE, N_DAYS = 30, 5
LEAST_SPAN_K = 5.0
LEAST_SHARE = 0.1  # of the median day's input: a day of standby says nothing of heating
LOST, SOUND = 0.10, 0.05  # twice what heat meters of class 3 (EN 1434) may be off by, and that once


@dataclass(frozen=True, slots=True)
class Loss:
    """What the last days say: efficiency expected at their temperature, and found; since which day; kWh lost a day."""

    expected: float
    found: float
    since_index: int
    lost_kwh: float
    is_there: bool
    is_gone: bool


def heating_days(heat_kwh: Floats, input_kwh: Floats, outdoor: Floats) -> np.ndarray:
    """Say which days (n,) tell of efficiency: all three are known, and enough goes in."""
    known = np.isfinite(heat_kwh + input_kwh + outdoor) & (heat_kwh > 0) & (input_kwh > 0)
    usual = float(np.median(input_kwh[known])) if known.any() else np.inf
    return np.asarray(known & (input_kwh >= LEAST_SHARE * usual))


def find_loss(heat_kwh: Floats, input_kwh: Floats, outdoor: Floats) -> Loss | None:
    """Compare the last days with the first; None where too few days of heating are known, or too alike.

    Parameters
    ----------
    heat_kwh, input_kwh, outdoor
        Heating days (n,) in order of time: heat out and energy in [kWh], mean outdoor temperature [°C].
    """
    if heat_kwh.size < N_REFERENCE + N_DAYS or np.ptp(outdoor[:N_REFERENCE]) < LEAST_SPAN_K:
        return None
    logs = np.log(heat_kwh / input_kwh)
    line, sigma = fit_line(outdoor[:N_REFERENCE], logs[:N_REFERENCE])
    known = (outdoor >= outdoor[:N_REFERENCE].min()) & (outdoor <= outdoor[:N_REFERENCE].max())
    index = np.flatnonzero(known)
    left = logs[index] - np.polyval(line, outdoor[index])
    if index.size < N_REFERENCE + N_DAYS:
        return None
    sums = add_up(-left, sigma)
    zeros = np.flatnonzero(sums == 0)
    first = min(int(zeros[-1]) + 1 if zeros.size else 0, index.size - 1)
    last = index[-N_DAYS:]
    expected, found = (float(np.exp(np.median(part))) for part in (np.polyval(line, outdoor[last]), logs[last]))
    return Loss(
        expected,
        found,
        int(index[first]),
        float(np.median(input_kwh[last])) * max(0.0, 1 - found / expected),
        bool(sums[-1] > LIMIT and left[-N_DAYS:].max() <= np.log(1 - LOST)),
        bool(np.median(left[-N_DAYS:]) > np.log(1 - SOUND)),
    )


def fit_line(outdoor: Floats, logs: Floats) -> tuple[Floats, float]:
    """Fit a straight line (slope, level) and give the scatter about it; days beyond three sigma are left out once."""
    kept = np.ones(logs.size, dtype=np.bool_)
    line = np.polyfit(outdoor, logs, 1)
    for _ in range(2):
        line = np.polyfit(outdoor[kept], logs[kept], 1)
        left = logs - np.polyval(line, outdoor)
        kept = np.abs(left) <= max(3 * spread(left[kept]), 1e-9)
    return line, spread(left[kept])
