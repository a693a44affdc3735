"""A record of rows: learnt with a limit that the record itself sets, and further rows scored against it.

The limit is a multiple of what the index reaches on parts of the record that the model was not learnt from (blocks in
time: neighbours are too alike for any other split). So a record whose parts differ, or that is short for its number of
columns, gets a higher limit by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from analytics.joint.model import Floats, Judged, Model, judge, learn, running_mean, with_past
from analytics.packed import pack, unpack_numbers

N_BLOCKS = 5
N_ROWS_LEAST = 50
SMALLEST_LIMIT = 1e-6  # of the index, where nothing in the record moved


@dataclass(frozen=True, slots=True)
class Settings:
    """How rows are looked at.

    Means of `n_mean` rows, the newest and the `n_lags` before it as one; the index as mean of `n_index`; the limit is
    `margin` times the quantile that the index has on what was held out. `tolerance`: see `analytics.joint.model`.
    """

    n_mean: int
    n_lags: int
    tolerance: float
    n_index: int
    quantile: float
    margin: float

    @property
    def n_before(self) -> int:
        """Give how many rows before a row take part in its score."""
        return self.n_mean - 1 + self.n_lags + self.n_index - 1


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a record taught: `limit` bounds the mean index of ordinary rows."""

    model: Model
    limit: float


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows scored: `ratio` of the mean index to the limit, above 1 is strange, NaN where not known; the judgement."""

    ratio: Floats
    judged: Judged


def learn_record(rows: Floats, settings: Settings) -> Learnt | None:
    """Learn from rows (n_rows, n_sensors) in order of time; None where too few of them are known."""
    looked_at = look(rows, settings)
    if np.isfinite(looked_at).any(axis=1).sum() < N_ROWS_LEAST:
        return None
    held_out = np.concatenate(list(index_held_out(looked_at, settings)))
    known = held_out[np.isfinite(held_out)]
    if not known.size:
        return None
    limit = settings.margin * float(np.quantile(known, settings.quantile))
    return Learnt(learn(looked_at, settings.tolerance), max(limit, SMALLEST_LIMIT))


def index_held_out(looked_at: Floats, settings: Settings) -> Iterator[Floats]:
    """Give the mean index of each block by the model of all others."""
    edges = np.linspace(0, len(looked_at), N_BLOCKS + 1).astype(int).tolist()
    for begin, end in pairwise(edges):
        model = learn(np.concatenate((looked_at[:begin], looked_at[end:])), settings.tolerance)
        yield running_mean(judge(model, looked_at[begin:end]).index, settings.n_index)


def score_record(learnt: Learnt, rows: Floats, settings: Settings, n_past: int = 0) -> Scored:
    """Score rows, of which the first `n_past` are only there for what comes after them."""
    judged = judge(learnt.model, look(rows, settings))
    ratio = running_mean(judged.index, settings.n_index) / learnt.limit
    return Scored(ratio[n_past:], Judged(*(getattr(judged, name)[n_past:] for name in judged.__slots__)))


def look(rows: Floats, settings: Settings) -> Floats:
    """Give the means of rows, each with those before it."""
    return with_past(running_mean(rows, settings.n_mean), settings.n_lags)


def save_learnt(learnt: Learnt) -> dict[str, Any]:
    """Write what was learnt as JSON can hold it."""
    model = learnt.model
    others = np.array([model.tolerance, learnt.limit])
    numbers = pack((model.centre, model.scale, model.covariance, others))
    return {"n_columns": model.centre.size, "numbers": numbers}


def load_learnt(saved: Mapping[str, Any]) -> Learnt:
    """Read what `save_learnt` wrote."""
    n = saved["n_columns"]
    centre, scale, covariance, others = np.split(unpack_numbers(saved["numbers"]), np.cumsum([n, n, n * n]).tolist())
    tolerance, limit = others.tolist()
    return Learnt(Model(centre, scale, covariance.reshape(n, n), tolerance), limit)
