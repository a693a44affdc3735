"""Training and scoring of remaining life for 20,000 assets: `python -m bench.maintenance`. JSON lines.

Survival curves of 20,000 assets of ten types; a life model of 60 units of 200 days with eight sensors that tells 20,000
units of 90 days; `asset_course`, ten types taught by a hundred ended runs each, that tells 20,000 assets; `lamp_life`
of 20,000 lamps in a hundred batches; the health of 20,000 assets with a finding on every tenth, as the daily job tells
it. CPU seconds of one thread. No database: reading and writing are not part of it.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import numpy as np

from analytics.evaluate.row import Row
from analytics.health.family import FAMILIES
from analytics.health.known import Known
from analytics.health.probability import TIMES
from analytics.health.scoring import score_assets
from analytics.health.signal import COMING
from analytics.remaining_life.course import Course
from analytics.remaining_life.families import asset_course, asset_life, lamp_life
from analytics.remaining_life.features import Floats
from analytics.remaining_life.lamp import LampLife
from analytics.remaining_life.model import Settings, learn_life, tell_life
from store.asset_courses import AssetRun
from store.asset_health import HealthAsset, OpenFinding
from store.models import AssetLife

N_ASSETS, N_TYPES, N_TOLD, N_ENDED = 20_000, 10, 90, 100
TRAINING_GOAL_S, SCORING_GOAL_S = 300.0, 30.0
Result = TypeVar("Result")


def main() -> None:
    """Measure, print."""
    random = np.random.default_rng(0)
    data = asset_life.data_of(drawn_lives(random))
    curves, curves_s = timed(lambda: asset_life.train(data))
    units = [drawn_unit(random, 200) for _ in range(60)]
    model, model_s = timed(lambda: learn_life(units, Settings()))
    assert curves is not None
    assert model is not None
    ages = random.uniform(0, 4000, N_ASSETS)
    _, ages_s = timed(lambda: [asset_life.tell(curves, f"type-{n}", ages[n::N_TYPES]) for n in range(N_TYPES)])
    running = [drawn_unit(random, 200)[:N_TOLD] for _ in range(N_ASSETS)]
    _, running_s = timed(lambda: tell_life(model, running))
    training_s, scoring_s = curves_s + model_s, ages_s + running_s
    print(Row("maintenance.life_train", training_s, "s", "lower", goal=TRAINING_GOAL_S, n=N_ASSETS).line())
    print(Row("maintenance.life_score", scoring_s, "s", "lower", goal=SCORING_GOAL_S, n=N_ASSETS).line())
    course, course_s, told_s = measure_courses(random)
    print(Row("maintenance.course_train", course_s, "s", "lower", goal=TRAINING_GOAL_S, n=course).line())
    print(Row("maintenance.course_score", told_s, "s", "lower", goal=SCORING_GOAL_S, n=N_ASSETS).line())
    lives, lamps_s, lamps_told_s = measure_lamps(random)
    print(Row("maintenance.lamp_train", lamps_s, "s", "lower", goal=TRAINING_GOAL_S, n=lives).line())
    print(Row("maintenance.lamp_score", lamps_told_s, "s", "lower", goal=SCORING_GOAL_S, n=N_ASSETS).line())
    told, health_s = timed(lambda: score_assets(drawn_town(random)))
    print(Row("maintenance.health_score", health_s, "s", "lower", goal=SCORING_GOAL_S, n=len(told)).line())


def measure_courses(random: np.random.Generator) -> tuple[int, float, float]:
    """Teach ten types by a hundred ended runs each, and tell all assets; give the runs, and CPU seconds of both."""
    types = [f"type-{n}" for n in range(N_TYPES)]
    taught = {
        kind: asset_course.Taught(
            [drawn_course(random, kind, n, 300, is_ended=True) for n in range(N_ENDED)],
            [drawn_course(random, kind, N_ENDED + n, 300, is_ended=False) for n in range(N_ENDED)],
        )
        for kind in types
    }
    data = asset_course.data_of(taught)
    model, training_s = timed(lambda: asset_course.train(data))
    assert model is not None
    running = [
        [drawn_course(random, kind, n, 60, is_ended=False) for n in range(N_ASSETS // N_TYPES)] for kind in types
    ]
    _, telling_s = timed(lambda: [asset_course.tell(model, *of_type) for of_type in zip(types, running, strict=True)])
    return data.n_units, training_s, telling_s


def measure_lamps(random: np.random.Generator) -> tuple[int, float, float]:
    """Teach a hundred batches of ten models by all lamps, and tell those that burn; give the lives, and CPU seconds."""
    ends, hours = 60_000 * random.weibull(4, N_ASSETS), random.uniform(10, 60_000, N_ASSETS)
    lives = [
        LampLife(n, f"lamp-{n}", f"model-{n % 10}", f"batch-{n % 100}", 0.0, min(end, hour), 11.2, end <= hour, False)
        for n, (end, hour) in enumerate(zip(ends.tolist(), hours.tolist(), strict=True))
    ]
    model, training_s = timed(lambda: lamp_life.train(lamp_life.data_of(lives)))
    assert model is not None
    there = [replace(life, is_ended=False) for life in lives]
    _, telling_s = timed(lambda: lamp_life.survival(lamp_life.curves_of(model, there), there, TIMES))
    return len(lives), training_s, telling_s


def drawn_course(random: np.random.Generator, kind: str, number: int, n_days: int, *, is_ended: bool) -> Course:
    """Draw the days of an asset of eight gauges, with mean and range; of one that ends, half of the means climb."""
    end = datetime(2026, 5, 1, tzinfo=UTC)
    run = AssetRun(number, f"{kind}-{number}", kind, end - timedelta(days=n_days), end, is_ended)
    rows = drawn_unit(random, n_days) if is_ended else random.normal(0, 0.1, (n_days, 8))
    sensors = [(f"quantity-{n}", "", name) for name in ("mean", "range") for n in range(8)]
    days = np.hstack([rows, random.normal(1, 0.1, rows.shape)])
    return Course(run, sensors, days, (random.random((n_days, 2)) < 0.02).astype(np.float64))


def drawn_lives(random: np.random.Generator) -> list[AssetLife]:
    """Draw lives, a part of them ended."""
    ends, ages = 4000 * random.weibull(2.5, N_ASSETS), random.uniform(10, 4000, N_ASSETS)
    return [
        AssetLife(f"asset-{n}", f"type-{n % N_TYPES}", 0.0, float(min(end, age)), is_ended=bool(end <= age))
        for n, (end, age) in enumerate(zip(ends, ages, strict=True))
    ]


def drawn_unit(random: np.random.Generator, n_days: int) -> Floats:
    """Draw a unit of eight sensors, half of which climb to its end."""
    left = np.arange(n_days - 1.0, -1.0, -1.0)[:, None]
    climb = np.exp(-left / 40) * (np.arange(8) < 4)
    return np.asarray(climb + random.normal(0, 0.1, (n_days, 8)), dtype=np.float64)


def drawn_town(random: np.random.Generator) -> Known:
    """Draw assets of all types and ages, with their lives, and a finding on every tenth of them."""
    at, types, kinds = datetime(2026, 5, 1, tzinfo=UTC), sorted(FAMILIES), sorted(COMING)
    ages = random.uniform(0, 4000, N_ASSETS).tolist()
    assets = [HealthAsset(n, f"Asset {n}", types[n % len(types)], ages[n], None, True) for n in range(N_ASSETS)]
    findings = [
        OpenFinding(n, n, None, kinds[n % len(kinds)], at, "warning", None, "It is odd.", "C'est étrange.", None, None)
        for n in range(0, N_ASSETS, 10)
    ]
    lives = [replace(life, asset_type=types[n % len(types)]) for n, life in enumerate(drawn_lives(random))]
    return Known(assets, findings, life=asset_life.train(asset_life.data_of(lives)))


def timed(do: Callable[[], Result]) -> tuple[Result, float]:
    """Do something, and give the CPU seconds it took."""
    begin = time.process_time()
    return do(), time.process_time() - begin


if __name__ == "__main__":
    main()
