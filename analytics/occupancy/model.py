"""The model: what is usual, moved by linear deviations, and what boosted trees see beyond, as far as they help.

`usual + ridge + weight x trees`, one for each lead. The ridge carries today's deviation on, as an AR(1) correction of a
weekly profile does, beside yesterday's, last week's and the town's. The trees (histogram gradient boosting, G. Ke et
al., LightGBM, NIPS 2017, as scikit-learn has it, absolute error, seed 0) are fitted to what the ridge leaves. Their
weight is chosen on the last `HELD_OUT_DAYS` days, of which neither part has seen anything; there the intervals are
learnt too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from analytics.occupancy.features import N_LINEAR, Frame, look
from analytics.occupancy.grid import DAY_STEPS, Floats, Integers
from analytics.occupancy.interval import Errors, no_errors

LEADS = (2, 4, 96)  # half an hour, an hour, a day [steps]
LEAST_DAYS = 14  # of values before anything is foretold: each kind of day once, and once to see how it varies
WARM_UP_DAYS = 14  # at the beginning that teach the rhythm alone
HELD_OUT_DAYS = 28
TREE_DAYS = 28  # of values to fit trees to, at least
RIDGE = 1e-5  # times the number of rows; deviations are shares of places
STRIDE = 2  # every other step is fitted to: neighbours say nearly the same
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_ROWS = 60_000  # for the trees; more cost time and bring nothing


@dataclass(frozen=True, slots=True)
class LeadModel:
    """The model of one lead [steps]: coefficients, trees with their weight, and the errors to expect."""

    lead: int
    coefficients: Floats
    trees: HistGradientBoostingRegressor | None
    weight: float
    errors: Errors


def train(frame: Frame, until: int) -> Mapping[int, LeadModel]:
    """Fit a model of each lead to what is known before step `until`; none where less than `LEAST_DAYS` days are.

    With fewer than `WARM_UP_DAYS + HELD_OUT_DAYS + TREE_DAYS` days there are no trees, and the errors are those of
    half the days.
    """
    n_days = until // DAY_STEPS
    if n_days < LEAST_DAYS:
        return {}
    has_trees = n_days >= WARM_UP_DAYS + HELD_OUT_DAYS + TREE_DAYS
    held_out = HELD_OUT_DAYS if has_trees else n_days // 2
    begin = WARM_UP_DAYS if has_trees else n_days // 4
    spans = (begin * DAY_STEPS, until - held_out * DAY_STEPS, until)
    return {lead: train_lead(frame, spans, lead, has_trees=has_trees) for lead in LEADS}


def renew(frame: Frame, models: Mapping[int, LeadModel], until: int) -> Mapping[int, LeadModel]:
    """Keep what was fitted on some day before step `until`, and learn the errors to expect from the days just gone."""
    steps = np.arange(until - HELD_OUT_DAYS * DAY_STEPS, until)
    return {lead: judge(frame, model, steps[: len(steps) - lead]) for lead, model in models.items()}


def train_lead(frame: Frame, spans: tuple[int, int, int], lead: int, *, has_trees: bool) -> LeadModel:
    """Fit one lead to steps from the first to the second end, weigh and judge it up to the third."""
    fitted = np.arange(spans[0], spans[1] - lead, STRIDE)
    features, left = rows_of(frame, fitted, lead)
    coefficients = fit_ridge(features[:, :N_LINEAR], left)
    trees = fit_trees(features, left - features[:, :N_LINEAR] @ coefficients) if has_trees else None
    plain = LeadModel(lead, coefficients, trees, 1.0, no_errors(len(frame.slow)))
    judged = np.arange(spans[1], spans[2] - lead)
    weight = choose_weight(frame, plain, judged) if trees is not None else 0.0
    model = LeadModel(lead, coefficients, trees, weight, plain.errors)
    known = judge(frame, model, judged)
    return known if has_trees else replace(known, coefficients=fit_all(frame, (spans[0], spans[2]), lead))


def fit_all(frame: Frame, span: tuple[int, int], lead: int) -> Floats:
    """Fit the ridge to all steps of a span: where days are few, those that judged it teach it in the end."""
    features, left = rows_of(frame, np.arange(span[0], span[1] - lead, STRIDE), lead)
    return fit_ridge(features[:, :N_LINEAR], left)


def rows_of(frame: Frame, steps: Integers, lead: int) -> tuple[Floats, Floats]:
    """Give features (n_rows, n_features), and how far the share then was from its usual, where both are known."""
    features = look(frame, steps, lead)
    target = frame.grid.shares[:, steps + lead] - frame.slow[:, steps + lead]
    is_known = np.isfinite(target) & np.isfinite(frame.grid.shares[:, steps])
    return features[is_known], target[is_known]


def fit_ridge(features: Floats, target: Floats) -> Floats:
    """Solve the normal equations of a ridge without intercept: no deviation, no correction."""
    gram = features.T @ features + RIDGE * max(len(features), 1) * np.eye(features.shape[1])
    return np.asarray(np.linalg.solve(gram, features.T @ target), dtype=np.float64)


def fit_trees(features: Floats, left: Floats) -> HistGradientBoostingRegressor:
    """Fit trees to what the ridge leaves."""
    stride = 1 + len(features) // MOST_ROWS
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        learning_rate=0.08,
        max_iter=120,
        max_leaf_nodes=31,
        min_samples_leaf=60,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    with threadpool_limits(limits=1):  # threads that wait for one another on a busy machine take ten times as long
        trees.fit(features[::stride], left[::stride])
    return trees


def ask(trees: HistGradientBoostingRegressor, features: Floats) -> Floats:
    """Give what the trees say."""
    with threadpool_limits(limits=1):
        return np.asarray(trees.predict(features), dtype=np.float64)


def choose_weight(frame: Frame, model: LeadModel, steps: Integers) -> float:
    """Give the weight of the trees with the least mean absolute error at these steps."""
    features, left = rows_of(frame, steps, model.lead)
    if not len(features) or model.trees is None:
        return 0.0
    residual = left - features[:, :N_LINEAR] @ model.coefficients
    more = ask(model.trees, features)
    errors = [float(np.abs(residual - weight * more).mean()) for weight in WEIGHTS]
    return WEIGHTS[int(np.argmin(errors))]


def predict(frame: Frame, model: LeadModel, steps: Integers) -> Floats:
    """Foretell shares (n_parks, len(steps)) `model.lead` steps after these, 0 to 1; NaN where too little is known."""
    features = look(frame, steps, model.lead)
    moved = features[:, :, :N_LINEAR] @ model.coefficients
    if model.trees is not None and model.weight > 0:
        flat = features.reshape(-1, features.shape[2])
        moved = moved + model.weight * ask(model.trees, flat).reshape(moved.shape)
    usual = frame.slow[:, steps + model.lead]
    told: Floats = np.where(np.isfinite(frame.grid.shares[:, steps]), np.clip(usual + moved, 0.0, 1.0), np.nan)
    return told


def judge(frame: Frame, model: LeadModel, steps: Integers) -> LeadModel:
    """Learn what errors to expect from those made at these steps, whose outcome is known."""
    missed = frame.grid.shares[:, steps + model.lead] - predict(frame, model, steps)
    errors = model.errors.learn(missed, steps + model.lead, frame)
    return LeadModel(model.lead, model.coefficients, model.trees, model.weight, errors)
