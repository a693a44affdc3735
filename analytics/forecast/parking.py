"""Occupancy of car parks half an hour, an hour and a day ahead, with intervals of 90 %.

The model of a territory (`analytics.occupancy`) looks back at the first forecast of each civil day on up to a year of
values. Its trees are fitted anew when a tenth more days are known (after a week at the least, four at the most), or as
soon as a car park comes or goes; `vigie evaluate parking` fits them once, before the weeks of its test. Usual weeks and
the errors to expect are learnt each day, and every quarter of an hour it takes in what has come since. A car park is
foretold once it is known for two weeks, and while its newest value is no older than two hours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.forecast import Forecaster
from analytics.occupancy.calendar import public_holidays
from analytics.occupancy.features import Frame, make_frame
from analytics.occupancy.grid import DAY_STEPS, STEP_S, Floats, Grid, ParkValues, make_grid
from analytics.occupancy.model import LeadModel, predict, renew, train
from store.forecasts import DueTerritory, Forecast
from store.inputs import Connection, Window
from store.parking import ParkCurve, read_park_values

QUANTITIES = ("occupancy_ratio", "occupied_places", "free_places")  # the first that a car park has is used
METHOD, VERSION = "usual week, deviations carried on, trees", "1"
HISTORY = timedelta(days=365)
FITTED_FOR_DAYS = (7, 28)
FITTED_FOR_SHARE = 0.1  # of the days known
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trained:
    """What was learnt for a territory at the beginning of a civil day: its car parks, their values, the models.

    `fitted_on` is the day at whose beginning the models were fitted.
    """

    day: date
    fitted_on: date
    asset_ids: tuple[int, ...]
    n_places: tuple[float | None, ...]
    grid: Grid
    models: Mapping[int, LeadModel]


class Memory:
    """Models by database and territory, as of the day."""

    def __init__(self) -> None:
        self.trained: dict[tuple[str, int], Trained] = {}

    def tell(self, connection: Connection, due: DueTerritory, now: datetime) -> list[Forecast]:
        """Foretell the car parks of a territory as of now."""
        key, day = (connection.info.dsn, due.territory_id), now.astimezone(ZoneInfo(due.time_zone)).date()
        known = self.trained.get(key)
        if known is None or known.day != day:
            known = self.trained[key] = learn(connection, due, day, known)
        return foretell(known, read_today(connection, due, known, now), now) if known.models else []


def learn(connection: Connection, due: DueTerritory, day: date, known: Trained | None) -> Trained:
    """Read up to a year of values and learn from them; the grid reaches over tomorrow and the day after."""
    midnight = datetime.combine(day, time(0), ZoneInfo(due.time_zone))
    curves = choose(read_curves(connection, due, midnight - HISTORY, midnight))
    first = min((first_day(curve, due.time_zone) for curve in curves), default=day)
    grid = make_grid([values_of(curve, due.time_zone) for curve in curves], (first, day + 3 * DAY), due.time_zone)
    asset_ids, places = tuple(one.asset_id for one in curves), tuple(one.n_places for one in curves)
    if not curves:
        return Trained(day, day, asset_ids, places, grid, {})
    frame, until = make_frame(grid), (day - first).days * DAY_STEPS
    if known is not None and is_still_good(known, day, asset_ids):
        return Trained(day, known.fitted_on, asset_ids, places, grid, renew(frame, known.models, until))
    return Trained(day, day, asset_ids, places, grid, train(frame, until))


def is_still_good(known: Trained, day: date, asset_ids: Sequence[int]) -> bool:
    """Say whether what was fitted before serves today: to these car parks, not long ago, and with trees.

    What has no trees yet is fitted each day: it is quick, and each day more counts.
    """
    has_trees = bool(known.models) and all(model.trees is not None for model in known.models.values())
    least, most = FITTED_FOR_DAYS
    n_days = min(most, max(least, FITTED_FOR_SHARE * (known.fitted_on - known.grid.first_day).days))
    return has_trees and known.asset_ids == tuple(asset_ids) and 0 < (day - known.fitted_on).days < n_days


def read_today(connection: Connection, due: DueTerritory, known: Trained, now: datetime) -> Frame:
    """Lay the values since the day before on the grid, and prepare it."""
    since = datetime.combine(known.day - DAY, time(0), ZoneInfo(due.time_zone))
    curves = {curve.asset_id: curve for curve in choose(read_curves(connection, due, since, now))}
    nothing = ParkValues(np.empty(0), np.empty(0), frozenset())
    parks = [values_of(curves[one], due.time_zone) if one in curves else nothing for one in known.asset_ids]
    fresh = make_grid(parks, (known.day, known.day + DAY), due.time_zone).shares
    fresh[:, max(0, known.grid.step(now) + 1 - begin_of_today(known)) :] = np.nan  # what is held on is not known yet
    shares = known.grid.shares.copy()
    begin = begin_of_today(known)
    shares[:, begin : begin + DAY_STEPS] = fresh
    return make_frame(replace(known.grid, shares=shares))


def begin_of_today(known: Trained) -> int:
    """Give the step at which the day of the training begins."""
    return (known.day - known.grid.first_day).days * DAY_STEPS


def read_curves(connection: Connection, due: DueTerritory, from_at: datetime, to_at: datetime) -> list[ParkCurve]:
    """Read the values of a territory's car parks."""
    return read_park_values(connection, Window(due.territory_id, ("car_park",), from_at, to_at), QUANTITIES)


def choose(curves: Sequence[ParkCurve]) -> list[ParkCurve]:
    """Take for each car park the first quantity of the list that gives a share, its longest series."""
    able = [curve for curve in curves if curve.quantity == "occupancy_ratio" or curve.n_places]
    ordered = sorted(able, key=lambda one: (one.asset_id, QUANTITIES.index(one.quantity), -len(one.values)))
    chosen: dict[int, ParkCurve] = {}
    for curve in ordered:
        chosen.setdefault(curve.asset_id, curve)
    return list(chosen.values())


def values_of(curve: ParkCurve, time_zone: str) -> ParkValues:
    """Make shares 0 to 1 out of values, beside the public holidays of their years."""
    at_s, values = np.array(curve.at_s), np.array(curve.values)
    years = range(first_day(curve, time_zone).year, datetime.fromtimestamp(at_s[-1], ZoneInfo(time_zone)).year + 2)
    return ParkValues(at_s, shares_of(curve, values), public_holidays(time_zone, years))


def shares_of(curve: ParkCurve, values: Floats) -> Floats:
    """Give the share of places occupied."""
    if curve.quantity == "occupancy_ratio":
        return np.clip(values, 0.0, 1.0)
    n_places = curve.n_places or 1.0
    return np.clip((values if curve.quantity == "occupied_places" else n_places - values) / n_places, 0.0, 1.0)


def first_day(curve: ParkCurve, time_zone: str) -> date:
    """Give the civil day of the first value."""
    return datetime.fromtimestamp(curve.at_s[0], ZoneInfo(time_zone)).date()


def foretell(known: Trained, frame: Frame, now: datetime) -> list[Forecast]:
    """Foretell each lead from the step of now; car parks of which too little is known are left out."""
    forecasts = []
    steps = np.array([frame.grid.step(now)])
    for lead, model in known.models.items():
        told = predict(frame, model, steps)
        low, high = model.errors.around(told, steps + lead, frame)
        for park, asset_id in enumerate(known.asset_ids):
            ends = (float(low[park, 0]), float(told[park, 0]), float(high[park, 0]))
            if np.isfinite(ends).all():
                when = frame.grid.instant(int(steps[0])), frame.grid.instant(int(steps[0]) + lead)
                forecasts.append(forecast_of(asset_id, lead, when, ends, known.n_places[park]))
    return forecasts


def forecast_of(
    asset_id: int,
    lead: int,
    when: tuple[datetime, datetime],
    ends: tuple[float, float, float],
    n_places: float | None,
) -> Forecast:
    """Make one forecast, with the free places where their number is known."""
    low, value, high = ends
    detail = {}
    if n_places:
        free = {"free_places_low": 1 - high, "free_places": 1 - value, "free_places_high": 1 - low}
        detail = {name: round(n_places * share) for name, share in free.items()}
    return Forecast(
        asset_id, "occupancy_ratio", lead * STEP_S, when[0], when[1], value, low, high, METHOD, VERSION, detail
    )


FORECASTER = Forecaster(
    name="parking",
    version=VERSION,
    asset_types=("car_park",),
    rhythm=timedelta(seconds=STEP_S),
    tell=Memory().tell,
)
