"""Waiting until what came is computed: hours, days, and what looks at them."""

import time

from bench.soak.sampling import Sample, Sampler
from bench.soak.stack import SoakError

EVERY_S = 5.0
PATIENCE_S = 1800.0
STEADY_N = 12  # samples, about a minute: what looks at new hours waits for the rollups
FEW_VALUES = 1000  # between two samples: live come some a second
FEW_JOBS = 10  # what is planned again and again


def wait_until_computed(sampler: Sampler) -> Sample:
    """Wait, and give the last sample. Raises SoakError after half an hour, or where a program ends."""
    began, n_steady = time.monotonic(), 0
    last = sampler.sample(0)
    while n_steady < STEADY_N:
        sampler.stack.require_running()
        if time.monotonic() - began > PATIENCE_S:
            raise SoakError("the past is not computed within half an hour")
        time.sleep(EVERY_S)
        before, last = last, sampler.sample(0)
        n_steady = n_steady + 1 if is_settled(before, last) else 0
    return last


def is_settled(before: Sample, now: Sample) -> bool:
    """Say whether what came is computed, and only what is sent live still comes."""
    few = now.n_measurements - before.n_measurements < FEW_VALUES and now.figures["jobs"] < FEW_JOBS
    computed = now.figures["hours_behind"] < 2 and now.figures["late_hours"] == 0
    return now.n_measurements > 0 and few and computed
