"""Use of a day as a broken line of outdoor temperature: change-point models with 1, 3, 4 or 5 parameters.

kwh of a day = base [+ rest, on Saturdays and Sundays] + heating × max(0, T_h - T) + cooling × max(0, T - T_c). One
parameter: the base alone. Three: base, one slope and its change point. Four: both slopes with one change point. Five:
both with their own. (Kissock, Haberl and Claridge 2003, Inverse Modeling Toolkit, ASHRAE RP-1050; ASHRAE Guideline
14-2014 annex D; degree days of variable base as in Fels 1986, doi:10.1016/0378-7788(86)90003-4.)

Change points are searched on a grid, the rest is least squares; stretches of several days weigh as their number of
days. Base and slopes must be positive, as heat and cold cannot be gained from nothing. The model with the least
Bayesian information criterion is taken (Schwarz 1978, doi:10.1214/aos/1176344136), in which the number of days is
reduced to that of independent ones, n (1 - r) / (1 + r) with r the correlation of neighbouring residuals, because
disturbances that last for days would else buy parameters.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from analytics.building.periods import Floats, Integers, Periods, is_rest_day
from analytics.building.quality import correlation, independent

N_GRID = 41
EDGE = 0.05  # share of days that must lie beyond a change point
LEAST_FOR_REST = 28.0  # stretches of single days, before week-ends may have a level of their own
RIDGE = 1e-10  # of the diagonal: columns may be equal where all days are cold

KINDS = {"base": 1, "heating": 3, "cooling": 3, "heating and cooling, one point": 4, "heating and cooling": 5}


@dataclass(frozen=True, slots=True)
class ChangePointModel:
    """A fitted meter: levels per day [kW.h], slopes [kW.h/(K.d)], change points [°C], None where there is no such part.

    `rest` is what Saturdays and Sundays add to the base; `criterion` is the one by which the model was chosen.
    """

    kind: str
    base: float
    rest: float | None
    heating: float | None
    heating_below: float | None
    cooling: float | None
    cooling_above: float | None
    criterion: float

    @property
    def n_parameters(self) -> int:
        """Count what was fitted, change points included."""
        return KINDS[self.kind] + (self.rest is not None)

    def predict(self, periods: Periods) -> Floats:
        """Say what is used in each stretch [kW.h], shape (n,)."""
        return periods.add_up(self.by_day(periods.days, periods.temperature))

    def by_day(self, days: Integers, temperature: Floats) -> Floats:
        """Say what is used on each day [kW.h], shape (n_days,)."""
        kwh = np.full(days.size, self.base) + (self.rest or 0.0) * is_rest_day(days)
        if self.heating is not None and self.heating_below is not None:
            kwh += self.heating * np.maximum(0.0, self.heating_below - temperature)
        if self.cooling is not None and self.cooling_above is not None:
            kwh += self.cooling * np.maximum(0.0, temperature - self.cooling_above)
        return kwh

    def jacobian(self, periods: Periods) -> Floats:
        """Give how each stretch answers to each parameter, change points included, shape (n, n_parameters)."""
        columns = [np.ones(periods.days.size)]
        if self.rest is not None:
            columns.append(is_rest_day(periods.days))
        colder = periods.temperature < (self.heating_below if self.heating_below is not None else -np.inf)
        warmer = periods.temperature > (self.cooling_above if self.cooling_above is not None else np.inf)
        if self.heating is not None and self.heating_below is not None:
            columns.append(colder * (self.heating_below - periods.temperature))
        if self.cooling is not None and self.cooling_above is not None:
            columns.append(warmer * (periods.temperature - self.cooling_above))
        columns += self.point_columns(colder.astype(np.float64), warmer.astype(np.float64))
        return periods.add_up(np.stack(columns, axis=1))

    def point_columns(self, colder: Floats, warmer: Floats) -> Iterable[Floats]:
        """Give how days answer to the change points."""
        if self.kind == "heating and cooling, one point":
            return [(self.heating or 0.0) * colder - (self.cooling or 0.0) * warmer]
        columns = [] if self.heating is None else [self.heating * colder]
        return columns if self.cooling is None else [*columns, -self.cooling * warmer]


@dataclass(frozen=True, slots=True)
class Bank:
    """All columns that a model may take, as products with one another and with the use; `points` are the grid [°C]."""

    gram: Floats
    moment: Floats
    total: float
    points: Floats

    def solve(self, choice: Integers) -> tuple[Floats, Floats]:
        """Fit many sets of columns (n_sets, k): coefficients (n_sets, k) and sums of squares (n_sets,).

        Sets with a coefficient that is not positive (the rest days' apart, column 1) have an infinite sum.
        """
        gram = self.gram[choice[:, :, None], choice[:, None, :]]
        gram = gram + RIDGE * np.einsum("nii->ni", gram)[:, :, None] * np.eye(choice.shape[1])
        moment = self.moment[choice]
        coefficients: Floats = np.linalg.solve(gram, moment[:, :, None])[:, :, 0]
        squares = np.maximum(self.total - (coefficients * moment).sum(axis=1), 1e-12 * self.total)
        allowed = ((coefficients > 0) | (choice == 1)).all(axis=1)
        return coefficients, np.where(allowed, squares, np.inf)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The best model of one kind: its columns, coefficients and sum of squares."""

    kind: str
    columns: Integers
    coefficients: Floats
    squares: float


def fit_change_points(periods: Periods, *, may_cool: bool = True) -> ChangePointModel:
    """Fit all models to a baseline and take the best by the criterion.

    Parameters
    ----------
    periods
        At least 8 stretches, with some use in them.
    may_cool
        Whether the energy can cool: gas and heat do not.
    """
    bank = fill_bank(periods)
    has_rest = periods.kwh.size >= LEAST_FOR_REST and float(np.median(periods.n_days)) == 1.0
    sets = [one for one in choices(bank.points.size, has_rest) if KINDS[one[0]] <= periods.kwh.size / 2]
    sets = [one for one in sets if may_cool or "cooling" not in one[0]]
    candidates = [best for one in sets if (best := best_of(bank, *one))]
    widest = min(candidates, key=lambda candidate: candidate.squares)
    n = periods.kwh.size
    n_free = independent(n, correlation(residuals(widest, bank.points, periods), periods.first_days))
    models = [model_of(candidate, bank.points, n, n_free) for candidate in candidates]
    return min(models, key=lambda model: model.criterion)


def fill_bank(periods: Periods) -> Bank:
    """Add up the columns of all change points: days, rest days, heating of each point, cooling of each point."""
    low, high = np.quantile(periods.temperature, [EDGE, 1 - EDGE])
    points = np.linspace(low, high, N_GRID)
    distance = points[None, :] - periods.temperature[:, None]
    by_day = np.column_stack(
        [
            np.ones(periods.days.size),
            is_rest_day(periods.days),
            np.maximum(0.0, distance),
            np.maximum(0.0, -distance),
        ]
    )
    root = np.sqrt(periods.n_days)
    columns = periods.add_up(by_day) / root[:, None]
    target = periods.kwh / root
    return Bank(columns.T @ columns, columns.T @ target, float(target @ target), points)


def choices(n_points: int, has_rest: bool) -> Iterable[tuple[str, Integers]]:
    """Give the sets of columns of each kind, without and with rest days."""
    heating, cooling = 2 + np.arange(n_points), 2 + n_points + np.arange(n_points)
    first, second = np.triu_indices(n_points, 1)
    sets = {
        "base": np.empty((1, 0), dtype=np.int64),
        "heating": heating[:, None],
        "cooling": cooling[:, None],
        "heating and cooling, one point": np.stack([heating, cooling], axis=1),
        "heating and cooling": np.stack([heating[first], cooling[second]], axis=1),
    }
    for kind, columns in sets.items():
        for always in ([0], [0, 1]) if has_rest else ([0],):
            whole = np.concatenate([np.tile(always, (columns.shape[0], 1)), columns], axis=1)
            yield kind, whole.astype(np.int64)


def best_of(bank: Bank, kind: str, sets: Integers) -> Candidate | None:
    """Give the change points that explain most, None where none gives positive slopes."""
    coefficients, squares = bank.solve(sets)
    best = int(np.argmin(squares))
    if not np.isfinite(squares[best]):
        return None
    return Candidate(kind, sets[best], coefficients[best], float(squares[best]))


def model_of(candidate: Candidate, points: Floats, n: int, n_free: float) -> ChangePointModel:
    """Name the columns of a candidate, and judge it."""
    by_column = dict(zip(candidate.columns.tolist(), candidate.coefficients.tolist(), strict=True))
    heating = next((column for column in by_column if 2 <= column < 2 + points.size), None)
    cooling = next((column for column in by_column if column >= 2 + points.size), None)
    n_parameters = KINDS[candidate.kind] + (1 in by_column)
    return ChangePointModel(
        kind=candidate.kind,
        base=by_column[0],
        rest=by_column.get(1),
        heating=None if heating is None else by_column[heating],
        heating_below=None if heating is None else float(points[heating - 2]),
        cooling=None if cooling is None else by_column[cooling],
        cooling_above=None if cooling is None else float(points[cooling - 2 - points.size]),
        criterion=n_free * float(np.log(candidate.squares / n)) + n_parameters * float(np.log(n_free)),
    )


def residuals(candidate: Candidate, points: Floats, periods: Periods) -> Floats:
    """Give what a candidate leaves unexplained."""
    return periods.kwh - model_of(candidate, points, 1, 2.0).predict(periods)
