"""A pump against its own curve: the power that its flow and head ask for, learnt while it was sound.

Hydraulic power is flow times head, and what a pump draws is that over its efficiency, which changes with flow, and
what it loses at rest: P = a + b Q + c Q^2 + d Q H, by least squares (without a head, d is left out). The logarithm of
what it draws over what is expected leaves out demand, levels and speed; where it stays off, the pump is worn or a
sensor wrong.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_HOURS = 72
MARGIN = 0.05  # of the range that was learnt from, by which it may be left
RUNS_FROM = 0.1  # of the median power


@dataclass(frozen=True, slots=True)
class Curve:
    """What a pump draws: coefficients of the terms, and the range of (flow, head) that they were learnt from."""

    coefficients: Floats
    lowest: Floats
    highest: Floats


def is_running(power: Floats) -> Mask:
    """Say in which hours a pump ran, (n_hours,) of mean power [W]."""
    known = np.isfinite(power) & (power > 0)
    usual = float(np.median(power[known])) if known.any() else 0.0
    return np.asarray(known & (power >= RUNS_FROM * usual))


def learn_curve(duty: Floats, power: Floats) -> Curve | None:
    """Learn from sound hours: `duty` (n_hours, 2) of flow [m3/h] and head (NaN throughout: not measured), power [W].

    None with fewer than 72 hours.
    """
    if power.size < LEAST_HOURS:
        return None
    terms = terms_of(duty)
    scale = np.maximum(np.abs(terms).max(axis=0), 1e-12)
    coefficients = np.linalg.lstsq(terms / scale, power, rcond=1e-8)[0] / scale
    return Curve(np.asarray(coefficients, dtype=np.float64), low_of(duty), -low_of(-duty))


def residuals(curve: Curve, duty: Floats, power: Floats) -> Floats:
    """Give the logarithm of power over what is expected, (n_hours,); NaN outside the range that was learnt from."""
    width = MARGIN * (curve.highest - curve.lowest)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        is_outside = ((duty < curve.lowest - width) | (duty > curve.highest + width)).any(axis=1)
        expected = terms_of(duty) @ curve.coefficients
        found = np.log(np.where((power > 0) & (expected > 0), power / expected, np.nan))
    return np.where(is_outside | ~np.isfinite(found), np.nan, found)


def terms_of(duty: Floats) -> Floats:
    """Give the terms of the curve, (n_hours, 4); the last is 0 where no head is measured."""
    flow, head = duty[:, 0], np.nan_to_num(duty[:, 1])
    return np.column_stack((np.ones(flow.size), flow, flow**2, flow * head))


def low_of(duty: Floats) -> Floats:
    """Give the lowest flow and head; of a head that is not measured nothing is outside."""
    return np.where(np.isfinite(duty).any(axis=0), np.min(np.nan_to_num(duty, nan=np.inf), axis=0), -np.inf)
