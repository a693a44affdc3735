"""Runs of assets as rows of days: means and ranges of what was measured, and what was found about them.

A unit is one run of an asset: since it was entered, installed or repaired, up to a failure, its retirement, or now. A
row is a day; of what nobody measured on it a value is NaN. Findings are two columns: how many went on that day, and the
grade of the worst (0 none, 1 critical).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.health.signal import OF_SENSOR
from analytics.remaining_life.features import Floats
from store.asset_courses import AssetRun, CourseDays, CourseFinding, read_course_days, read_course_findings, read_runs
from store.inputs import Connection

DAY_S = 86_400.0
GRADE: Mapping[str, float] = {"info": 0.25, "warning": 0.5, "urgent": 0.75, "critical": 1.0}
AT_ONCE = 2_000  # runs read together
Sensor = tuple[str, str, str]  # quantity, channel, mean or range


@dataclass(frozen=True, slots=True)
class Course:
    """A run and its days: `sensors` name the columns of `rows` (n_days, n_sensors); `findings` is (n_days, 2)."""

    run: AssetRun
    sensors: Sequence[Sensor]
    rows: Floats
    findings: Floats

    @property
    def n_known(self) -> int:
        """Count the days on which anything was measured."""
        return int(np.isfinite(self.rows).any(axis=1).sum())

    def laid(self, sensors: Sequence[Sensor]) -> Floats:
        """Give the days with the columns in a given order, NaN for those there are none of; findings come last."""
        place = {sensor: index for index, sensor in enumerate(self.sensors)}
        columns = [self.rows[:, place[one]] if one in place else np.full(len(self.rows), np.nan) for one in sensors]
        return np.column_stack([*columns, self.findings])


def read_courses(connection: Connection, runs: Sequence[AssetRun], at: datetime, longest: timedelta) -> list[Course]:
    """Read the last days of runs, at most `longest` of each."""
    cut = [replace(run, begins_at=max(run.begins_at, run.ends_at - longest)) for run in runs]
    courses: list[Course] = []
    for first in range(0, len(cut), AT_ONCE):
        part = cut[first : first + AT_ONCE]
        measured, found = read_course_days(connection, part), read_course_findings(connection, part, at)
        courses += courses_of(part, measured, found)
    return courses


def courses_of(
    runs: Sequence[AssetRun], measured: Iterable[CourseDays], found: Iterable[CourseFinding]
) -> list[Course]:
    """Lay what was measured and found on the days of runs."""
    days_by_run: dict[int, list[CourseDays]] = {}
    for one in measured:
        days_by_run.setdefault(one.run, []).append(one)
    findings_by_run: dict[int, list[CourseFinding]] = {}
    for finding in found:
        findings_by_run.setdefault(finding.run, []).append(finding)
    return [
        course_of(run, days_by_run.get(index, ()), findings_by_run.get(index, ())) for index, run in enumerate(runs)
    ]


def course_of(run: AssetRun, measured: Sequence[CourseDays], found: Sequence[CourseFinding]) -> Course:
    """Lay a run's gauges and findings on its whole days."""
    first, end = day_of(run.begins_at), max(day_of(run.ends_at), day_of(run.begins_at))
    rows = np.full((end - first, 2 * len(measured)), np.nan)
    sensors: list[Sensor] = []
    for index, one in enumerate(measured):
        place = np.asarray(one.days) - first
        inside = (place >= 0) & (place < len(rows))
        for offset, (name, values) in enumerate((("mean", one.means), ("range", one.ranges))):
            sensors.append((one.quantity, one.channel, name))
            rows[place[inside], 2 * index + offset] = np.asarray(values, dtype=np.float64)[inside]
    findings = np.zeros((end - first, 2))
    for finding in found:
        begin = max(day_of(finding.told_at) - first, 0)
        until = len(findings) if finding.ended_at is None else max(day_of(finding.ended_at) - first, 0)
        findings[begin:until, 0] += 1
        findings[begin:until, 1] = np.maximum(findings[begin:until, 1], GRADE[finding.severity])
    return Course(run, sensors, rows, findings)


def day_of(at: datetime) -> int:
    """Give the number of the UTC day of an instant."""
    return int(at.timestamp() // DAY_S)


def runs_by_type(connection: Connection, territory_id: int | None, at: datetime) -> Mapping[str, list[AssetRun]]:
    """Read runs by the type of asset; an asset outlives its sensor's troubles."""
    found: dict[str, list[AssetRun]] = {}
    for run in read_runs(connection, territory_id, at.astimezone(UTC), sorted(OF_SENSOR)):
        found.setdefault(run.asset_type, []).append(run)
    return found
