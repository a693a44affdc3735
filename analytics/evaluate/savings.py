"""`vigie evaluate savings`: what buildings saved, by meters that others published and by meters whose truth was drawn.

Each meter's year before the works is fitted (days and bills by change points, hours by hours of the week) and carried
to the year after; nothing is chosen by looking at that year. Rows:

- `savings.METER` [%], eemeter's samples, bills of two months left out; reference: OpenDSM's daily model in the same run
where it is installed, else as
  it was run once (`OPENDSM`), else the truth that the generator drew. Goal: within one point of OpenDSM.
- `savings.METER.half_width` [%]: half the interval of 90 %; reference: ASHRAE Guideline 14's.
- `savings.rmv2_N` [%], pairs of simulated years; reference: the two years' totals compared without any model. Goals:
  pair 1, in which nothing was done, within 0.2 % of zero; pair 2 within 0.3 points of 11.4 %.
- `savings.truth_covered`: share of the meters with a drawn truth whose interval holds it. - `savings.coverage`: the
same for 200 meters drawn here, by a fixed seed, a tenth of all being allowed to fail; reference:
  Guideline 14's interval. `savings.coverage_half_width` [%]: the median of half the interval. `savings.coverage_month`:
  the same of a month, drawn too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.building.model import Baseline, Counterfactual, fit_days, fit_hours, predict_days, predict_hours
from analytics.building.quality import guideline_half_width
from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.opendsm import saved_percent
from analytics.evaluate.row import Row
from analytics.evaluate.savings_files import YEAR_DAYS, Meter, Pair, hours_of, periods_of, read_meters, read_pairs
from analytics.evaluate.savings_truth import draw_meter

# Percent saved by OpenDSM 1.2.7's DailyModel with its default settings: run once by `analytics.evaluate.opendsm`, for
# where it is not installed; of the meter that is kept apart as it is reported with the set.
OPENDSM = {
    "il-electricity-cdd-hdd-daily": 8.742,
    "il-electricity-cdd-only-daily": 4.32,
    "il-gas-hdd-only-daily": 8.645,
}
POINT = 1.0
PAIR_GOALS = {"1": (-0.2, 0.2), "2": (11.1, 11.7)}
N_DRAWN, SEED = 200, 2026
HOUR_MIN = 60.0
MONTH_DAYS = 30
LEAST_STRETCHES = 10  # bills of two months are too few for any model


@dataclass(frozen=True, slots=True)
class Saved:
    """A saving with half its interval and half of Guideline 14's, in percent of what would have been used."""

    percent: float
    half_width: float
    guideline: float

    def holds(self, truth: float, half_width: float | None = None) -> bool:
        """Say whether the interval holds a truth [%]."""
        return abs(self.percent - truth) <= (self.half_width if half_width is None else half_width)


def run(asked: Asked) -> Iterator[Row]:
    """Give all rows; sets that are not there are left out, all of them missing is an error."""
    n_found = 0
    for rows in (meter_rows, pair_rows):
        try:
            for row in rows(asked):
                n_found += 1
                yield row
        except NoDataError as error:
            missing = error
    if n_found == 0:
        raise missing
    yield from drawn_rows()


def meter_rows(asked: Asked) -> Iterator[Row]:
    """Give the rows of eemeter's meters."""
    covered: list[bool] = []
    for meter in read_meters(asked):
        saved = save_meter(meter)
        if saved is None:
            continue
        oracle = saved_percent(meter) if meter.name.endswith("daily") else None
        oracle = OPENDSM.get(meter.name) if oracle is None else oracle
        goal = None if oracle is None else (round(oracle - POINT, 3), round(oracle + POINT, 3))
        reference = meter.true_percent if oracle is None else oracle
        yield Row(f"savings.{meter.name}", saved.percent, "%", "higher", reference, goal)
        yield Row(f"savings.{meter.name}.half_width", saved.half_width, "%", "lower", saved.guideline)
        covered += [] if meter.true_percent is None else [saved.holds(meter.true_percent)]
    if covered:
        yield Row("savings.truth_covered", float(np.mean(covered)), "1", "higher", goal=0.9, n=len(covered))


def save_meter(meter: Meter) -> Saved | None:
    """Tell what a meter saved: hours by hours, days and bills by change points; None of too few bills."""
    if meter.step_min <= HOUR_MIN:
        before, after = hours_of(meter)
        baseline = fit_hours(before)
        return saved_of(baseline, predict_hours(baseline, after), after.kwh)
    days_before, days_after = periods_of(meter)
    if days_before.kwh.size < LEAST_STRETCHES:
        return None
    baseline = fit_days(days_before, may_cool=not meter.is_gas)
    return saved_of(baseline, predict_days(baseline, days_after), days_after.kwh)


def saved_of(baseline: Baseline, said: Counterfactual, kwh: Sequence[float] | np.ndarray) -> Saved:
    """Compare what was used with what would have been."""
    used = float(np.asarray(kwh).sum())
    n_days = float(said.days[-1] - said.days[0] + 1)
    return Saved(
        percent=100 * (1 - used / said.kwh),
        half_width=100 * said.half_width * used / said.kwh**2,
        guideline=100 * guideline_half_width(baseline.quality, len(kwh), n_days),
    )


def pair_rows(asked: Asked) -> Iterator[Row]:
    """Give the rows of RMV2.0's pairs."""
    for pair in read_pairs(asked):
        saved = save_pair(pair)
        plain = 100 * (1 - float(pair.after.kwh.mean()) / float(pair.before.kwh.mean()))
        yield Row(f"savings.rmv2_{pair.name}", saved.percent, "%", "higher", plain, PAIR_GOALS.get(pair.name))
        yield Row(f"savings.rmv2_{pair.name}.half_width", saved.half_width, "%", "lower", saved.guideline)


def save_pair(pair: Pair) -> Saved:
    """Tell what a pair saved."""
    baseline = fit_hours(pair.before)
    return saved_of(baseline, predict_hours(baseline, pair.after), pair.after.kwh)


def drawn_rows(n: int = N_DRAWN, seed: int = SEED) -> Iterator[Row]:
    """Give the rows of meters drawn here: of the whole year after the works, and of one month of it."""
    draws = np.random.default_rng(seed)
    told: dict[str, list[tuple[bool, bool, float]]] = {"": [], "_month": []}
    for _ in range(n):
        meter = draw_meter(draws)
        baseline = fit_days(meter.before)
        first = int(draws.integers(0, YEAR_DAYS - MONTH_DAYS))
        for name, span in (("", (0, YEAR_DAYS)), ("_month", (first, first + MONTH_DAYS))):
            days, ratio = meter.part(*span)
            saved = saved_of(baseline, predict_days(baseline, days), days.kwh)
            told[name].append((saved.holds(100 * ratio), saved.holds(100 * ratio, saved.guideline), saved.half_width))
    for name, parts in told.items():
        covered, by_guideline, widths = zip(*parts, strict=True)
        goal = None if name else 0.9
        yield Row(
            f"savings.coverage{name}", float(np.mean(covered)), "1", "higher", float(np.mean(by_guideline)), goal, n=n
        )
        yield Row(f"savings.coverage{name}_half_width", float(np.median(widths)), "%", "lower", n=n)


EVALUATION = Evaluation("savings", "what buildings saved, by meters of eemeter and RMV2.0 and by drawn ones", run)
