"""IMS bearings (Lee, Qiu, Yu and Lin 2007): four bearings on one shaft run until they fail, judged as pumps are.

Mean absolute acceleration of snapshots ten minutes apart. An hour (median of its snapshots) is a step of the rule that
tells of a pump's wear day by day (`analytics.rotating.wear`), its limits unchanged: the rig wears out in a week what a
pump does in years. Clean, and the ordinary sigma, come from the first fifth of the hours and stay (the hint's move on
with its three months); nothing else is learnt. Which bearing failed is known by the month in which a test began.

Lead is from the end of the hour in which the alarm first stands (it never says more than was known then) to the last
snapshot; 0 where it never stands. A bearing with two sensors alarms by either. The rise of a neighbour that the
failing one shakes is not its own (`own_rise`). Reference: CUSUM of plain z over the first fifth of the snapshots, slack
1.5, limit 20, z cut at 4.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np

from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.files import find_files, read_text
from analytics.evaluate.row import Row
from analytics.maintenance.gauges import HOUR_S
from analytics.rotating.wear import Floats, own_rise, worn_steps
from analytics.spread import spread_of_steps

FAILED_BY_MONTH: Mapping[str, tuple[str, tuple[int, ...]]] = MappingProxyType(
    {"2003.10": ("test1", (3, 4)), "2004.02": ("test2", (1,)), "2004.03": ("test3", (3,))}
)
REFERENCE_SHARE = 0.2
GOAL_LEAD_H = {"test2": 48.0}
LEAST_LEVEL = 1e-6


@dataclass(frozen=True, slots=True)
class Test:
    """A run to failure: instants [Unix s] (n,), levels (n, n_sensors), each sensor's bearing, those that failed."""

    name: str
    at_s: Floats
    levels: Floats
    bearings: tuple[int, ...]
    failed: tuple[int, ...]


Alarms = Mapping[int, float]  # first alarm of a bearing, in hours before the end


def run(asked: Asked) -> Iterator[Row]:
    """Measure on each test found."""
    paths = find_files(asked.data, is_test, "run to failure of IMS bearings")
    tests = {test.name: test for path in paths if (test := read_test(path)) is not None}
    if not tests:
        raise NoDataError(f"{asked.data} holds no test whose failed bearing is known")
    shortest = []
    for name in sorted(tests):
        own, plain = hourly_alarms(tests[name]), plain_alarms(tests[name])
        yield from measure(tests[name], own, plain)
        shortest.append((lead(tests[name], own), lead(tests[name], plain)))
    own_h, plain_h = min(shortest)
    yield Row("bearing.lead_h", own_h, "h", reference=plain_h, n=len(tests))


def measure(test: Test, own: Alarms, plain: Alarms) -> Iterator[Row]:
    """Say how long before the end the failed bearings were told, and which others were."""
    goal = GOAL_LEAD_H.get(test.name)
    yield Row(f"bearing.lead_h.{test.name}", lead(test, own), "h", reference=lead(test, plain), goal=goal)
    for bearing in test.failed if len(test.failed) > 1 else ():
        told, beside = own.get(bearing, 0.0), plain.get(bearing, 0.0)
        yield Row(f"bearing.lead_h.{test.name}.bearing{bearing}", told, "h", reference=beside)
    n = len(set(test.bearings) - set(test.failed))
    before, beside = n_false(test, own, lead(test, own)), n_false(test, plain, lead(test, plain))
    yield Row(f"bearing.false_before.{test.name}", before, "{bearing}", "lower", beside, 0.0, n=n)
    ever, beside = n_false(test, own, 0.0), n_false(test, plain, 0.0)
    yield Row(f"bearing.false_ever.{test.name}", ever, "{bearing}", "lower", beside, n=n)


def is_test(head: str) -> bool:
    """Tell a test by its first line."""
    return head.partition("\n")[0].strip().startswith(",Datetime,Bearing 1")


def read_test(path: Path) -> Test | None:
    """Read a file; None if it began in a month in which no test is known to have begun."""
    names, *lines = [line.split(",") for line in read_text(path).splitlines() if line.strip()]
    known = FAILED_BY_MONTH.get(lines[0][1][:7]) if lines else None
    if known is None:
        return None
    at = [datetime.strptime(line[1], "%Y.%m.%d.%H.%M.%S").replace(tzinfo=UTC).timestamp() for line in lines]
    bearings = tuple(int(name.split()[1].split("-")[0]) for name in names[2:])
    order = np.argsort(at, kind="stable")
    return Test(known[0], np.array(at)[order], np.array([line[2:] for line in lines], float)[order], bearings, known[1])


def hourly_alarms(test: Test) -> Alarms:
    """Apply the rule of wear to medians of hours, clean fixed, the rises of neighbours left out."""
    hours, first = np.unique(np.floor((test.at_s - test.at_s[0]) / HOUR_S), return_index=True)
    levels = np.array([np.median(part, axis=0) for part in np.split(test.levels, first[1:])])
    logs = np.log(np.maximum(levels, LEAST_LEVEL))
    n_reference = int(REFERENCE_SHARE * len(logs))
    logs -= np.median(logs[:n_reference], axis=0)
    is_own = own_rise(logs)
    ends_s = test.at_s[0] + (hours + 1) * HOUR_S
    firsts: dict[int, float] = {}
    for sensor, bearing in enumerate(test.bearings):
        alarm = worn_steps(logs[:, sensor], spread_of_steps(logs[:n_reference, sensor])) & is_own[:, sensor]
        note_first(firsts, bearing, np.flatnonzero(alarm[n_reference:]) + n_reference, test.at_s[-1] - ends_s)
    return firsts


def plain_alarms(test: Test) -> Alarms:
    """Do the same with the reference: each snapshot, mean and standard deviation, no rule about how high or lasting."""
    n_reference = int(REFERENCE_SHARE * len(test.levels))
    part = test.levels[:n_reference]
    z = np.minimum((test.levels - part.mean(axis=0)) / np.maximum(part.std(axis=0), LEAST_LEVEL), 4.0)
    firsts: dict[int, float] = {}
    for sensor, bearing in enumerate(test.bearings):
        total, over = 0.0, []
        for index in range(n_reference, len(z)):
            total = max(0.0, total + float(z[index, sensor]) - 1.5)
            over += [index] if total > 20 else []
        note_first(firsts, bearing, np.array(over, dtype=np.int64), test.at_s[-1] - test.at_s)
    return firsts


def note_first(firsts: dict[int, float], bearing: int, at: np.typing.NDArray[np.int64], left_s: Floats) -> None:
    """Keep the earlier of two sensors' first alarms."""
    if at.size:
        firsts[bearing] = max(firsts.get(bearing, 0.0), max(0.0, float(left_s[at[0]]) / HOUR_S))


def lead(test: Test, alarms: Alarms) -> float:
    """Give the earliest true alarm, in hours before the end, 0 for none."""
    return max((alarms.get(bearing, 0.0) for bearing in test.failed), default=0.0)


def n_false(test: Test, alarms: Alarms, before_h: float) -> float:
    """Count the sound bearings with an alarm earlier than so many hours before the end."""
    return float(sum(at_h > before_h for bearing, at_h in alarms.items() if bearing not in test.failed))


EVALUATION = Evaluation("bearing", "wear of bearings told before they fail", run)
