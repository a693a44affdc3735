"""Which of Kitchener's water mains break in the five years after an instant, ranked as the product does.

Mains that lie there at the instant, own breaks of pipe and street before it, nothing after it. A break before the pipe
was laid was that of the pipe before: it counts for the street. The test is 2017 to 2021 where breaks reach it, else the
last five years there are. The list is in the order of breaks per metre: what a budget of length buys.

Reference: plain Poisson regression (scikit-learn) on age, length, material, diameter and number of earlier breaks,
taught on the same construction five years earlier; its list is in the better of two orders, by pipe or by metre.

Chosen (columns, years that teach, penalty, no boosting beside, no distances between breaks) on tests from 2002, 2005,
2007, 2009 and 2012 on, each taught on what lay before it; nothing from 2017 on was looked at.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.stats import nbinom
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.kitchener_files import read_network
from analytics.evaluate.row import Row
from analytics.water_mains.features import Known, know, watched_from
from analytics.water_mains.model import HORIZON_YEARS, FewBreaksError, Model, count_breaks, tell, train
from analytics.water_mains.network import MATERIALS, Breaks, Floats, Integers, Mains
from analytics.water_mains.ranking import caught, order_by_metre

TEST_FROM, TEST_TO = 2017.0, 2022.0
AUC_MORE, TOP_MORE = 0.005, 2.0
SHARES = {"top5": 0.05, "top10": 0.1, "top20": 0.2}
N_GROUPS = 10
INTERVAL = (0.05, 0.95)
REFERENCE_PENALTY = 1e-4
LEAST_EXPECTED = 0.5
COVERAGE_GOAL = (0.85, 1.0)  # counts come in steps of one


@dataclass(frozen=True, slots=True)
class Test:
    """Mains known at the begin of the test, and the breaks of each until its end, (n,)."""

    known: Known
    material: Integers
    diameter_mm: Floats
    n_breaks: Floats
    years: float


def run(asked: Asked) -> Iterator[Row]:
    """Measure the list, beside the reference's, then how far its numbers are right."""
    mains, breaks = read_network(asked.data)
    begin, end = test_years(asked, breaks)
    since = watched_from(breaks.before(begin))
    began = time.process_time()
    try:
        model = train(mains, breaks, begin)
    except FewBreaksError as few:
        raise NoDataError(f"{asked.data}: {few}") from few
    train_s = time.process_time() - began
    test = cut(mains, breaks, begin, end, since)
    told = tell(model, test.known).rate * test.years
    plain = foretell_plainly(cut(mains, breaks, begin - HORIZON_YEARS, begin, since), test)
    yield from measure_order(test, told, plain)
    yield from measure_numbers(test, told, model)
    yield Row("kitchener.train_cpu_s", train_s, "s", better="lower", n=len(test.n_breaks))


def test_years(asked: Asked, breaks: Breaks) -> tuple[float, float]:
    """Give the years of the test part."""
    last = float(np.floor(breaks.at.max())) + 1
    usual = TEST_FROM if last > TEST_FROM else last - HORIZON_YEARS
    begin = usual if asked.test_from is None else year_of(asked.test_from)
    end = min(last, begin + HORIZON_YEARS, TEST_TO if begin == TEST_FROM else last)
    return begin, end if asked.test_to is None else year_of(asked.test_to)


def year_of(day: date) -> float:
    """Turn a day into a year with its fraction."""
    return day.year + (day.timetuple().tm_yday - 1) / 366


def cut(mains: Mains, breaks: Breaks, begin: float, end: float, since: float) -> Test:
    """Put together what was known at an instant and what followed."""
    known = know(mains, breaks, begin, since)
    n_breaks = count_breaks(mains, breaks, known, end - begin)
    if not n_breaks.any():
        raise NoDataError(f"no break of a known pipe lies between {begin:g} and {end:g}")
    return Test(known, mains.material[known.mains], mains.diameter_mm[known.mains], n_breaks, end - begin)


def measure_order(test: Test, told: Floats, plain: Floats) -> Iterator[Row]:
    """Compare both lists."""
    broke, length_m = test.n_breaks > 0, test.known.length_m
    auc, plain_auc = (float(roc_auc_score(broke, each)) for each in (told, plain))
    yield Row("kitchener.auc", auc, "1", reference=plain_auc, goal=plain_auc + AUC_MORE, n=len(broke))
    orders = (np.argsort(-plain, kind="stable"), order_by_metre(plain, length_m))
    for name, share in SHARES.items():
        own = 100 * caught(order_by_metre(told, length_m), test.n_breaks, length_m, share)
        reference = 100 * max(caught(order, test.n_breaks, length_m, share) for order in orders)
        goal = reference + TOP_MORE if name == "top10" else None
        yield Row(f"kitchener.{name}", own, "%", reference=reference, goal=goal, n=int(test.n_breaks.sum()))
    by_pipe = [
        100 * caught(np.argsort(-each, kind="stable"), test.n_breaks, length_m, SHARES["top10"])
        for each in (told, plain)
    ]
    yield Row("kitchener.top10_by_pipe", by_pipe[0], "%", reference=by_pipe[1], goal=by_pipe[1] + TOP_MORE)


def measure_numbers(test: Test, told: Floats, model: Model) -> Iterator[Row]:
    """Say how far the numbers of breaks told are those that came: over all, over ten groups, of single pipes."""
    yield Row("kitchener.told_over_observed", float(told.sum() / test.n_breaks.sum()), "1", goal=(0.75, 1.33))
    order = np.argsort(told, kind="stable")
    group = np.minimum(np.cumsum(told[order]) / told.sum() * N_GROUPS, N_GROUPS - 1).astype(np.int64)
    gaps = np.bincount(group, told[order] - test.n_breaks[order])
    yield Row("kitchener.calibration_error", float(np.abs(gaps).sum() / told.sum()), "1", better="lower")
    likely = told >= LEAST_EXPECTED
    shape = model.shape + test.known.n_breaks[likely]
    low, high = (nbinom.ppf(q, shape, shape / (shape + told[likely])) for q in INTERVAL)
    inside = (test.n_breaks[likely] >= low) & (test.n_breaks[likely] <= high)
    if likely.any():
        yield Row("kitchener.coverage", float(inside.mean()), "1", goal=COVERAGE_GOAL, n=int(likely.sum()))


def foretell_plainly(lesson: Test, test: Test) -> Floats:
    """Give the reference's expected breaks of the test's mains."""
    scaler = StandardScaler().fit(plain_columns(lesson))
    model = PoissonRegressor(alpha=REFERENCE_PENALTY, max_iter=3000)
    model.fit(scaler.transform(plain_columns(lesson)), lesson.n_breaks)
    return np.asarray(model.predict(scaler.transform(plain_columns(test))))


def plain_columns(test: Test) -> Floats:
    """Give age, length, diameter, number of breaks and material."""
    known = test.known
    materials = test.material[:, None] == np.arange(len(MATERIALS))
    numbers = (known.age, np.log(known.length_m), np.log(test.diameter_mm), np.log1p(known.n_breaks))
    return np.column_stack([*numbers, materials])


EVALUATION = Evaluation("kitchener", "water mains ranked by the breaks to come", run)
