"""OpenDSM's daily model (Apache-2.0, LF Energy), asked for its saving where it happens to be installed.

It is no requirement of Vigie: 1.2 GB, and version 1.2.7 imports only beside multimethod below 2. Put it into an
environment of its own, together with what Vigie requires, and run `vigie evaluate savings` there.
"""

import importlib
import warnings
from functools import cache
from typing import Any

from analytics.evaluate.savings_files import YEAR_DAYS, Meter


def saved_percent(meter: Meter) -> float | None:
    """Give the percent that OpenDSM says a meter of days saved, None where OpenDSM is not installed."""
    module = load()
    if module is None:
        return None
    pandas = importlib.import_module("pandas")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        use, warmth = (series_of(pandas, part.utc_min, part.values) for part in (meter.use, meter.temperature))
        before, after = pandas.Timestamp(meter.before, tz="UTC"), pandas.Timestamp(meter.after, tz="UTC")
        year = pandas.Timedelta(days=YEAR_DAYS)
        past = use[(use.index >= before - year) & (use.index < before)]
        now = use[(use.index >= after) & (use.index < after + year)]
        is_electricity = not meter.is_gas
        baseline = module.DailyBaselineData.from_series(past, warmth, is_electricity_data=is_electricity)
        reporting = module.DailyReportingData.from_series(now, warmth, is_electricity_data=is_electricity)
        model = module.DailyModel().fit(baseline, ignore_disqualification=True)
        said = model.predict(reporting, ignore_disqualification=True).dropna(subset=["predicted", "observed"])
    return float(100 * (1 - said["observed"].sum() / said["predicted"].sum()))


@cache
def load() -> Any:  # the module is not typed, and mostly not there
    """Import OpenDSM, None where it is not installed."""
    try:
        return importlib.import_module("opendsm.eemeter")
    except ImportError:
        return None


def series_of(pandas: Any, utc_min: Any, values: Any) -> Any:
    """Make a series of instants."""
    return pandas.Series(values, index=pandas.to_datetime(utc_min * 60, unit="s", utc=True), name="value")
