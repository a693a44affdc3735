"""A damage index: how far a structure's features together are from their reference, 1 where it can no longer be chance.

Mahalanobis distance from the reference (novelty detection as in Worden, Manson and Fieller 2000, Journal of Sound and
Vibration 229:647-667), robust: median, median absolute deviation, correlations of values cut at three sigma and shrunk
(Ledoit and Wolf 2004). The control limit is Hotelling's T2 for a further observation (Montgomery 2013, section 11.3.1),
p (n+1) (n-1) / (n (n-p)) F(1 - alpha; p, n-p). Beside chance stands what matters: the variances of `least` are added to
those at the limit, so that a single feature reaches 1 only where it moved by `least` as well, and several that moved by
less reach it together. Passing loads, which the reference may not hold, stay below that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri
from sklearn.covariance import ledoit_wolf

from analytics.spread import MAD_TO_SIGMA

Floats = NDArray[np.float64]

ALPHA = 0.001
CUT = 3.0


@dataclass(frozen=True, slots=True)
class Reference:
    """What is ordinary: center (p,) and the inverse (p, p) of the variances at the limit."""

    center: Floats
    precision: Floats


def learn_reference(features: Floats, least: Floats) -> Reference | None:
    """Learn from features (n, p) of the reference state, without NaN; None below 2p + 2 rows.

    Parameters
    ----------
    features
        One row a window or day, shape (n, p), each column in its unit.
    least
        What a change of each feature must be to matter, shape (p,), above 0, in the same units.
    """
    n, p = features.shape
    if n < 2 * p + 2:
        return None
    center = np.median(features, axis=0)
    sigma = MAD_TO_SIGMA * np.median(np.abs(features - center), axis=0)
    z = np.clip((features - center) / np.where(sigma > 0, sigma, 1.0), -CUT, CUT)
    covariance, _ = ledoit_wolf(z, assume_centered=True)
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    spread = np.outer(sigma, sigma) * covariance / np.outer(scale, scale)
    return Reference(center, np.linalg.inv(control_limit(n, p) * spread + np.diag(least**2)))


def control_limit(n: int, p: int) -> float:
    """Give Hotelling's T2 that one further observation of p features exceeds by chance in `ALPHA` of all cases."""
    return float(p * (n + 1) * (n - 1) / (n * (n - p)) * fdtri(p, n - p, 1 - ALPHA))


def damage_index(reference: Reference, features: Floats) -> Floats:
    """Give the index (n,) of features (n, p): 0 at the reference, 1 at the control limit."""
    away = features - reference.center
    index: Floats = np.sqrt(np.einsum("ij,jk,ik->i", away, reference.precision, away))
    return index
