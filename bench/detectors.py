"""How fast a fleet is scored: `python -m bench.detectors [--series N]`. One JSON object a line.

A day of values every 15 minutes of each series by the ensemble of `unusual_value`, with what was learnt read from JSON
and written to it again, as `vigie analyse` does per batch; no database. Two processes, as two workers would. The series
have learnt two weeks before.
"""

import argparse
import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np

from analytics.detectors import Part, detectors
from analytics.ensemble import Ensemble, ensembles_of, make_members, save_members, score_series
from analytics.episode import Episode, load_episode
from analytics.evaluate.row import Row
from analytics.watch import N_SERIES

STEP_S = 900.0
DAY_ROWS = 96
LEARNT_DAYS = 14
N_KINDS = 50  # different series; the rest of the fleet are copies of them
N_PROCESSES = 2
MAX_S = 20.0
MAX_BYTES = 12_000.0


def main() -> None:
    """Score a day of a fleet and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=20_000)
    for row in measure(parser.parse_args().series):
        print(row.line(), flush=True)


def measure(n_series: int) -> Iterator[Row]:
    """Give seconds of wall clock and of the processors, values per second, bytes of memory per series."""
    batches = [(begin, min(begin + N_SERIES, n_series)) for begin in range(0, n_series, N_SERIES)]
    with ProcessPoolExecutor(N_PROCESSES, initializer=a_fleet) as pool:
        list(pool.map(score_batch, [(0, 1)] * N_PROCESSES))  # each has drawn its fleet
        began = time.perf_counter()
        scored = list(pool.map(score_batch, batches))
        seconds = time.perf_counter() - began
    n_scored = sum(n for n, _ in scored)
    yield Row("detectors.day_of_fleet_s", seconds, "s", "lower", goal=MAX_S, n=n_series)
    yield Row("detectors.day_of_fleet_cpu_s", sum(cpu_s for _, cpu_s in scored), "s", "lower", n=n_series)
    yield Row("detectors.values_per_s", n_scored / seconds, "1/s", n=n_scored)
    yield Row("detectors.state_bytes", max(len(state) for state in a_fleet()[0]), "B", "lower", goal=MAX_BYTES)


def the_ensemble() -> Ensemble:
    """Give the ensemble that looks at gauges."""
    return next(one for one in ensembles_of(detectors().values()) if one.finding_kind == "unusual_value")


@cache
def a_fleet() -> tuple[list[str], list[Part]]:
    """Draw series, let two weeks be learnt; give what is kept of each, and its next day."""
    ensemble, rng = the_ensemble(), np.random.default_rng(1)
    at_s = 1_740_000_000.0 + STEP_S * np.arange((LEARNT_DAYS + 1) * DAY_ROWS)
    wave = np.sin(at_s / 86_400.0 * 2 * np.pi)
    drawn = [20 + rng.uniform(0, 8) * wave + rng.normal(0, rng.uniform(0.1, 2), at_s.size) for _ in range(N_KINDS)]
    made = [make_members(ensemble) for _ in drawn]
    learnt = score_series(ensemble, made, [(at_s[:-DAY_ROWS], own[:-DAY_ROWS]) for own in drawn])
    states = []
    for members, scores in zip(made, learnt, strict=True):
        episode = Episode()
        episode.follow(ensemble, at_s[:-DAY_ROWS], scores)
        states.append(json.dumps({"members": save_members(ensemble, members), "episode": episode.save()}))
    return states, [(at_s[-DAY_ROWS:], own[-DAY_ROWS:]) for own in drawn]


def score_batch(span: tuple[int, int]) -> tuple[int, float]:
    """Score a batch from what was kept to what is kept again; give how many values had a score, and CPU seconds."""
    cpu, ensemble, (states, parts) = time.process_time(), the_ensemble(), a_fleet()
    chosen = [index % N_KINDS for index in range(*span)]
    loaded = [json.loads(states[index]) for index in chosen]
    members = [make_members(ensemble, state["members"]) for state in loaded]
    episodes = [load_episode(state["episode"]) for state in loaded]
    scores = score_series(ensemble, members, [parts[index] for index in chosen])
    for one, episode, index, own in zip(members, episodes, chosen, scores, strict=True):
        episode.follow(ensemble, parts[index][0], own)
        json.dumps({"members": save_members(ensemble, one), "episode": episode.save()})
    return sum(int(np.isfinite(own[-1].value).sum()) for own in scores), time.process_time() - cpu


if __name__ == "__main__":
    main()
