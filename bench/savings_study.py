"""Lighting savings of simulated cabinets whose truth is drawn by seed, told by the very functions of the KPI.

    .venv/bin/python -m bench.savings_study --seeds 1001-1100

Each seed is a town's lighting (`simulators`): a metered year of old lamps, then a month of new ones with the faults and
orders that were drawn, without broker and store: counters go to nights and spells, held power to hours, as the rollups
have them. Three ways: all data; a tenth missing in silences of gateways; no metered baseline, but watts in the
inventory. One JSON object a line.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from statistics import fmean, median

from analytics.evaluate.row import Row
from analytics.kpi.figure import Figure
from analytics.kpi.lighting_hours import HourInputs, tell_lamps
from analytics.kpi.lighting_saving import SavingInputs, tell_savings
from bench.savings_town import (
    Recorded,
    cabinets_of,
    metered_days,
    outages_of,
    power_hours,
    record,
    spells_of,
)
from bench.savings_truth import PARTS, TrueSaving, true_savings

KPI = "lighting_saving_ratio"
SHARE_MISSING = 0.10
GOAL_COVERAGE, GOAL_HALF_WIDTH = (0.87, 0.95), 0.03
WAYS = ("full", "silent", "stipulated")


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure against the truth, as a share of what would have been used; None where it was withheld."""

    way: str
    kpi: str
    is_town: bool
    error: float | None
    half_width: float | None
    is_inside: bool | None


def main() -> None:
    """Study the seeds asked for and print the figures."""
    parser = argparse.ArgumentParser(prog="bench.savings_study", description=__doc__)
    parser.add_argument("--seeds", default="1001-1100", help="such as 1001-1100")
    parser.add_argument("--jobs", type=int, default=2, help="towns at a time")
    asked = parser.parse_args()
    first, _, last = asked.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    compared: list[Compared] = []
    with ProcessPoolExecutor(asked.jobs) as crew:
        for number, one in enumerate(crew.map(study, seeds), 1):
            compared += one
            print(f"{number}/{len(seeds)}", file=sys.stderr, end="\r", flush=True)
    for row in rows_of(compared, len(seeds)):
        print(row.line())


def study(seed: int) -> list[Compared]:
    """Tell the savings of one town in three ways, and compare each with the truth."""
    town = record(seed)
    truth = true_savings(town)
    quiet = town.silence(SHARE_MISSING)
    told = {
        "full": tell_savings(inputs_of(town)),
        "silent": tell_savings(inputs_of(quiet)),
        "stipulated": tell_savings(replace(inputs_of(town), before=())),
    }
    return [one for way, figures in told.items() for one in compare(way, figures, truth)]


def inputs_of(town: Recorded) -> SavingInputs:
    """Give what the KPI would read of a town."""
    hours = HourInputs(power_hours(town), town.schedules, cabinets_of(town), *town.window, town.time_zone)
    return SavingInputs(
        projects=town.projects,
        before=metered_days(town, town.baseline),
        after=metered_days(town, town.period),
        prices=(),
        schedules=town.schedules,
        period=town.period,
        spells=spells_of(town),
        schedules_before=(),
        cabinets=cabinets_of(town),
        outages=outages_of(tell_lamps(hours), town),
    )


def compare(way: str, figures: Iterable[Figure], truth: dict[int | None, TrueSaving]) -> Iterator[Compared]:
    """Compare the ratio, and each part as a share of what would have been used."""
    for figure in figures:
        true = truth[figure.asset_id]
        wanted = true.parts.get(figure.kpi)
        if wanted is None:
            continue
        is_town = figure.asset_id is None
        if figure.value is None or figure.low is None or figure.high is None:
            yield Compared(way, figure.kpi, is_town, None, None, None)
            continue
        scale = 1.0 if figure.kpi == KPI else true.baseline_kwh
        yield Compared(
            way,
            figure.kpi,
            is_town,
            (figure.value - wanted) / scale,
            (figure.high - figure.low) / 2 / scale,
            figure.low <= wanted <= figure.high,
        )


def rows_of(compared: Sequence[Compared], n_seeds: int) -> Iterator[Row]:
    """Give the figures by way, KPI, and single cabinets or whole towns."""
    yield Row("savings_study.seeds", n_seeds, "1")
    for way in WAYS:
        for kpi in (KPI, *PARTS):
            for is_town in (False, True):
                own = [one for one in compared if (one.way, one.kpi, one.is_town) == (way, kpi, is_town)]
                yield from figures_of(f"savings_study.{way}.{kpi}.{'town' if is_town else 'cabinet'}", own)


def figures_of(name: str, own: Sequence[Compared]) -> Iterator[Row]:
    """Give told share, error, bias, coverage and half-width of one figure; the goals are those of the ratio."""
    told = [one for one in own if one.error is not None]
    if not own:
        return
    yield Row(f"{name}.told", len(told) / len(own), "1", n=len(own))
    if not told:
        return
    errors = [one.error for one in told if one.error is not None]
    yield Row(f"{name}.error_median", median(abs(error) for error in errors), "1", "lower", n=len(told))
    yield Row(f"{name}.bias", fmean(errors), "1", "lower", n=len(told))
    is_judged = KPI in name and ".stipulated." not in name
    yield Row(
        f"{name}.coverage",
        fmean(bool(one.is_inside) for one in told),
        "1",
        goal=GOAL_COVERAGE if is_judged else None,
        n=len(told),
    )
    width = median(one.half_width for one in told if one.half_width is not None)
    goal = GOAL_HALF_WIDTH if is_judged and ".full." in name else None
    yield Row(f"{name}.half_width_median", width, "1", "lower", goal=goal, n=len(told))


if __name__ == "__main__":
    main()
