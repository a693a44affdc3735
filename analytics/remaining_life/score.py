"""How good answers about remaining life are."""

import numpy as np

from analytics.remaining_life.features import Floats

EARLY_STEPS, LATE_STEPS = 13.0, 10.0  # A. Saxena et al., Damage propagation modeling, PHM 2008


def rmse(told: Floats, true: Floats) -> float:
    """Give the root mean squared error [steps]."""
    return float(np.sqrt(np.mean((told - true) ** 2)))


def nasa_score(told: Floats, true: Floats) -> float:
    """Give the asymmetric score of the PHM 2008 challenge, a sum over units: what comes too late costs more."""
    late = told - true
    return float(np.where(late < 0, np.expm1(-late / EARLY_STEPS), np.expm1(late / LATE_STEPS)).sum())
