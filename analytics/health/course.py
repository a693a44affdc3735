"""What assets say on their way, as a share that lives on: days left by the model of their type, where any show."""

from collections.abc import Container, Mapping
from datetime import datetime

import numpy as np

from analytics.health.probability import SHARES, TIMES, Floats
from analytics.remaining_life.course import read_courses, runs_by_type
from analytics.remaining_life.families.asset_course import CAP_D, REACH, SHOWS_BELOW, Remaining, tell
from analytics.remaining_life.model_file import ModelFile
from store.inputs import Connection


def read_remaining(
    connection: Connection, territory_id: int, at: datetime, model: ModelFile | None, asset_ids: Container[int]
) -> Mapping[int, Remaining]:
    """Tell the days left to these running assets of a territory, by their numbers; those of whom nothing can be told
    are not there."""
    if model is None:
        return {}
    found: dict[int, Remaining] = {}
    for kind, runs in runs_by_type(connection, territory_id, at).items():
        if kind not in model.values["types"]:
            continue
        courses = read_courses(
            connection, [run for run in runs if not run.is_ended and run.asset_id in asset_ids], at, REACH
        )
        told = tell(model, kind, courses)
        found |= {course.run.asset_id: one for course, one in zip(courses, told, strict=True) if one is not None}
    return found


def shows(one: Remaining | None) -> bool:
    """Say whether an asset says anything: a life near the longest that is told is none."""
    return one is not None and one.left_d < SHOWS_BELOW * CAP_D


def survival_by_course(one: Remaining | None) -> Floats:
    """Give the share that lives on for `TIMES` (n_times,): 95, 50 and 5 % at the ends and the middle of the interval.

    Straight lines between them, without memory after the last. 1 throughout where nothing shows.
    """
    if one is None or not shows(one):
        return np.ones(TIMES.size)
    corners = np.maximum.accumulate([0.0, one.low_d, one.left_d, one.high_d]) + 1e-3 * np.arange(4)
    lives = 1 - np.array([0.0, *SHARES])
    rate = np.log(lives[2] / lives[3]) / max(corners[3] - corners[2], 1.0)
    after = lives[3] * np.exp(-rate * np.maximum(TIMES - corners[3], 0.0))
    lived: Floats = np.where(corners[3] >= TIMES, np.interp(TIMES, corners, lives), after)
    return lived
