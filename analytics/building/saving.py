"""What one meter of a building saved in a period, with what its baseline, gaps and lasting changes leave open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.building.break_point import Break, find_break
from analytics.building.metered import Metered, Stretches, stretches_between
from analytics.building.model import Baseline, Counterfactual, fit_again, fit_hours, predict_days, predict_hours
from analytics.building.periods import Floats, sum_by
from analytics.building.quality import guideline_half_width
from analytics.building.week_hours import Hours

DAY = timedelta(days=1)
LEAST_DAYS = 90  # a season: fewer say nothing about how use follows the weather
LEAST_STRETCHES = 12
BEYOND_K = 3.0  # by which days may be colder or warmer than any of the baseline
LEAST_HOURS_SHARE = 0.8
COOLING = ("electricity",)  # energies that can cool


@dataclass(frozen=True, slots=True)
class Use:
    """One meter: its energy, its days, and the hours of baseline and period (None where it is not told by hours)."""

    energy: str
    metered: Metered
    hours: tuple[Hours, Hours] | None = None


@dataclass(frozen=True, slots=True)
class Spans:
    """Days of the baseline, of the time since the works, and of the period that is told; ends not included."""

    baseline: tuple[date, date]
    since: tuple[date, date]
    period: tuple[date, date]
    time_zone: str

    @property
    def days(self) -> list[date]:
        """Give the days that are told."""
        first, end = self.period
        return [first + n * DAY for n in range((end - first).days)]


@dataclass(frozen=True, slots=True)
class Breaks:
    """Lasting changes that the weather does not explain: in the baseline, and since the works."""

    before: Break | None
    after: Break | None


@dataclass(frozen=True, slots=True)
class MeterSaving:
    """One meter in one period [kW.h].

    `would_kwh` is what would have been used, `half_kwh` half its interval, `used_kwh` the use of all days; the saving
    may be less by `lost_kwh` and more by `gained_kwh` for days nobody accounts for and for lasting changes. `by_day` is
    the use of the days that are known, `before_by_day` that of the baseline.
    """

    energy: str
    would_kwh: float
    half_kwh: float
    guideline_kwh: float
    used_kwh: float
    lost_kwh: float
    gained_kwh: float
    n_known: int
    n_days: int
    baseline: Baseline
    breaks: Breaks
    metered: Metered
    by_day: Mapping[date, float]
    before_by_day: Mapping[date, float]

    @property
    def saved_kwh(self) -> float:
        """What would have been used less what was."""
        return self.would_kwh - self.used_kwh


def save_meter(use: Use, spans: Spans, warmth: Mapping[date, float]) -> MeterSaving | str:
    """Tell a meter's saving, or why there is none.

    Parameters
    ----------
    warmth
        Mean outdoor temperature by day [°C].
    """
    before = stretches_between(use.metered, warmth, spans.baseline, spans.time_zone)
    refusal = refuse_baseline(use, before)
    if refusal is not None or before is None:
        return refusal or "no baseline"
    now = stretches_between(use.metered, warmth, spans.period, spans.time_zone)
    if now is None:
        return f"the {use.energy} meter or the weather does not account for any day of this period"
    by_hours = hours_that_do(use, spans)
    baseline = fit(before, use.energy) if by_hours is None else fit_hours(by_hours[0])
    lowest, highest = baseline.temperature
    if now.periods.temperature.min() < lowest - BEYOND_K or now.periods.temperature.max() > highest + BEYOND_K:
        return "days of this period are colder or warmer than any of the baseline"
    said = predict_days(baseline, now.periods) if by_hours is None else predict_hours(baseline, by_hours[1])
    if said.kwh <= 0:
        return "the baseline's model says that nothing would have been used"
    breaks = find_breaks(
        use,
        spans,
        warmth,
        before,
        baseline if by_hours is None else fit(before, use.energy),
    )
    kwh = now.periods.kwh if by_hours is None else day_sums(by_hours[1])
    return compare(use, spans, (before, now), (baseline, said, kwh), breaks)


def refuse_baseline(use: Use, before: Stretches | None) -> str | None:
    """Say why a baseline cannot be fitted, None where it can."""
    n_days = 0 if before is None else len(before.known)
    if before is None or n_days < LEAST_DAYS or before.periods.kwh.size < LEAST_STRETCHES:
        return f"the baseline has {n_days} metered days of {use.energy} with weather, {LEAST_DAYS} are needed"
    if not before.periods.kwh.sum() > 0:
        return f"the baseline's {use.energy} meter counted nothing"
    return None


def hours_that_do(use: Use, spans: Spans) -> tuple[Hours, Hours] | None:
    """Give the hours of baseline and period where nearly all of them are known, else None."""
    if use.hours is None:
        return None
    lengths = [24 * (end - first).days for first, end in (spans.baseline, spans.period)]
    enough = all(h.kwh.size >= LEAST_HOURS_SHARE * n for h, n in zip(use.hours, lengths, strict=True))
    return use.hours if enough else None


def fit(before: Stretches, energy: str) -> Baseline:
    """Fit a baseline of days."""
    one = before.periods
    parts = (one.kwh.tobytes(), one.owner.tobytes(), one.days.tobytes(), one.temperature.tobytes())
    return fit_again(*parts, energy in COOLING)


def day_sums(hours: Hours) -> Floats:
    """Add hours up to days."""
    _, owner = np.unique(hours.days, return_inverse=True)
    return sum_by(owner, hours.kwh)


def compare(
    use: Use,
    spans: Spans,
    stretches: tuple[Stretches, Stretches],
    told: tuple[Baseline, Counterfactual, Floats],
    breaks: Breaks,
) -> MeterSaving:
    """Put use beside what would have been; days not known are taken to be like the known, within their extremes."""
    (before, now), (baseline, said, kwh) = stretches, told
    known_h = 24.0 * len(now.known) if use.hours is None or kwh is now.periods.kwh else float(use.hours[1].kwh.size)
    to_all = 24.0 * len(spans.days) / known_h
    would, used = said.kwh * to_all, float(kwh.sum()) * to_all
    unknown = max(0.0, would - said.kwh)
    ratios = kwh / np.maximum(said.by_stretch, 1e-9)
    ratio = used / would
    half = said.half_width * to_all
    less, more = shifts_kwh(breaks, spans, would, used)
    return MeterSaving(
        energy=use.energy,
        would_kwh=would,
        half_kwh=half,
        guideline_kwh=guideline_half_width(baseline.quality, kwh.size, len(spans.days)) * would,
        used_kwh=used,
        lost_kwh=unknown * max(0.0, float(ratios.max()) - ratio) + less,
        gained_kwh=unknown * max(0.0, ratio - float(ratios.min())) + more,
        n_known=len(now.known),
        n_days=len(spans.days),
        baseline=baseline,
        breaks=breaks,
        metered=use.metered,
        by_day=spread(now),
        before_by_day=spread(before),
    )


def find_breaks(use: Use, spans: Spans, warmth: Mapping[date, float], before: Stretches, baseline: Baseline) -> Breaks:
    """Look for lasting changes in the baseline and since the works, by days."""
    past = baseline.past
    since = stretches_between(use.metered, warmth, spans.since, spans.time_zone)
    if since is None:
        return Breaks(find_break(past.days, past.kwh, past.fitted_kwh), None)
    said = predict_days(baseline, since.periods).by_stretch
    kept = said * float(since.periods.kwh.sum()) / max(float(said.sum()), 1e-9)  # what is saved is no change
    after = find_break(since.periods.first_days, since.periods.kwh, kept)
    return Breaks(find_break(past.days, past.kwh, past.fitted_kwh), after)


def shifts_kwh(breaks: Breaks, spans: Spans, would: float, used: float) -> tuple[float, float]:
    """Give by how much lasting changes may have made the saving too large and too small [kW.h], both positive.

    After one in the baseline the building used more (or less) from then on: had it always, more would have been used.
    After one since the works the use of the days since is taken to have been as before it.
    """
    moved = 0.0
    if breaks.before is not None:
        first, end = (day.toordinal() for day in spans.baseline)
        moved += breaks.before.shift * would * (breaks.before.day - first) / (end - first)
    if breaks.after is not None:
        since = sum(day.toordinal() >= breaks.after.day for day in spans.days)
        moved += breaks.after.shift * used * since / len(spans.days)
    return max(0.0, -moved), max(0.0, moved)


def spread(stretches: Stretches) -> dict[date, float]:
    """Share the use of stretches out to their days."""
    periods = stretches.periods
    shares = (periods.kwh / periods.n_days)[periods.owner]
    return {date.fromordinal(day): kwh for day, kwh in zip(periods.days.tolist(), shares.tolist(), strict=True)}
