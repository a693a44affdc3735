"""How well wrong clocks are found: a town whose messages arrive when they are sent, each clock fault struck on purpose.

`python -m bench.clocks` prints JSON lines: recall, delay and false findings, and how many values of the devices whose
clock was off stand at their true instant in the end. Everything else that happens to the town happens too.
"""

import argparse
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import numpy as np
import psycopg
import structlog

from analytics.clock.job import KIND_BY_VERDICT, watch_clocks
from analytics.evaluate.row import Row
from bench.database import drop_leftovers, fresh_database
from bench.virtual import VirtualWorker
from deploy.local.services import running
from deploy.town import register_town
from simulators.effect import Episode, faults
from simulators.grid import DAY_S
from simulators.stream import Stream, Telegram
from simulators.town import Town
from store.connect import connect

CHECKOUT = Path(__file__).resolve().parent / "evaluation"  # its servers, apart from the demo's and the tests'
START = datetime(2026, 3, 22, tzinfo=UTC)  # summer time begins on the 29th
# In a French winter an hour ahead is just what a clock shows that is set to local time.
KINDS_BY_FAULT = {"clock_off_by_hour": ("clock_hour_off", "clock_local_time"), "no_clock": ("clock_lost",)}
N_STRUCK = 10  # devices for each fault
TOGETHER_S = 30  # messages of so many seconds are a batch
SLOWEST_S = 20.0  # way of a message, drawn evenly
LOOK_EVERY_S = 1800
AROUND = timedelta(days=1)
FINDINGS = """
select f.finding_id, f.kind, d.external_id, f.started_at
from findings f join devices d using (device_id)
where f.finding_id > %s and f.kind = any (%s)
order by f.finding_id
"""
STORED = """
select d.external_id, s.channel, s.quantity, extract(epoch from m.observed_at)::float8, m.value
from measurements m join series s using (series_id) join devices d using (device_id)
where d.external_id = any (%s)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding about a clock, and the town's time when it was told."""

    kind: str
    device: str
    started_at: datetime
    told_at: datetime


def main() -> None:
    """Run one town and print the figures."""
    parser = argparse.ArgumentParser(prog="bench.clocks", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--days", type=int, default=10)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    town = Town(asked.seed, f"town-{asked.seed}", START, scale=asked.scale, history_days=0)
    struck = strike(town, asked.days)
    with running(CHECKOUT) as services:
        drop_leftovers(services.database_url)
        with fresh_database(services) as database_url:
            register_town(database_url, town)
            found, truth = live(database_url, town, asked.days)
            n_right = count_right(database_url, truth, devices_of(town, struck, "clock_off_by_hour"))
    for figure in figures(town, struck, found, n_right, asked.days):
        print(figure.line())


def strike(town: Town, days: int) -> list[Episode]:
    """Strike some devices of any kind with each clock fault, once; what else was drawn stays. Gives those episodes."""
    draws = np.random.default_rng(town.seed)
    others = [episode for episode in town.window(0) if episode.kind not in KINDS_BY_FAULT]
    carried = [index for index, device in enumerate(town.devices) if device.gateway is not None]
    chosen = iter(draws.permutation(carried).tolist())
    episodes = []
    for name in KINDS_BY_FAULT:
        effect = faults()[name]
        for device in islice(chosen, N_STRUCK):
            length_s = int(draws.uniform(*effect.days) * DAY_S)
            start_s = town.setting.start_s + int(draws.uniform(1.5, days - effect.days[1] - 1) * DAY_S)
            episodes.append(Episode(name, "", (device,), start_s, start_s, start_s + length_s, 0.5, 0.5))
    town.run.windows[0] = sorted([*others, *episodes], key=lambda episode: episode.start_s)
    return episodes


Truth = dict[tuple[str, str, int], float]  # by device, key of the value and true instant [Unix s]


def live(database_url: str, town: Town, days: int) -> tuple[list[Found], Truth]:
    """Let the town's messages arrive one after the other, and clocks be judged every half hour."""
    draws = np.random.default_rng(town.seed + 1)
    found: list[Found] = []
    truth: Truth = {}
    last_id, looked_s = 0, town.setting.start_s
    with (
        connect(database_url, program="bench") as own,
        connect(database_url, program="bench", autocommit=True) as judge,
    ):
        worker = VirtualWorker(own, town.slug)
        for window_s, telegrams in windows(town, days):
            arrived_s = window_s + TOGETHER_S + float(draws.uniform(0.5, SLOWEST_S))
            worker.settle([(each.topic, each.payload) for each in telegrams], int(arrived_s * 1e6))
            for each in telegrams:
                note_truth(truth, each)
            if arrived_s - looked_s >= LOOK_EVERY_S:
                looked_s = int(arrived_s)
                told_at = datetime.fromtimestamp(looked_s, UTC)
                watch_clocks(judge, told_at, 20)
                for number, kind, device, started_at in judge.execute(
                    FINDINGS, (last_id, list(KIND_BY_VERDICT.values()))
                ):
                    found.append(Found(kind, device, started_at, told_at))
                    last_id = number
    return found, truth


def windows(town: Town, days: int) -> Iterator[tuple[int, list[Telegram]]]:
    """Give the town's messages by the half minute in which they are sent."""
    telegrams = Stream(town).telegrams(START, START, START + timedelta(days=days))
    for number, group in groupby(telegrams, key=lambda telegram: telegram.due_s // TOGETHER_S):
        yield number * TOGETHER_S, list(group)


def note_truth(truth: Truth, telegram: Telegram) -> None:
    """Note what was measured when a message was sent; damaged ones and those sent late tell nothing."""
    try:
        document: dict[str, Any] = msgspec.json.decode(telegram.payload)
    except msgspec.DecodeError:
        return
    at = document.get("at")
    if isinstance(at, int) and at >= telegram.due_s:
        device = telegram.topic.split("/")[2]
        for key, value in document["values"].items():
            truth.setdefault((device, key, telegram.due_s), value)


def devices_of(town: Town, struck: Sequence[Episode], kind: str) -> set[str]:
    """Name the devices that a kind of fault strikes."""
    return {town.devices[at].external_id for episode in struck if episode.kind == kind for at in episode.devices}


def count_right(database_url: str, truth: Truth, devices: set[str]) -> tuple[int, int]:
    """Count the values of these devices that stand at their true instant, and all that were sent."""
    with psycopg.connect(database_url) as connection:
        stored = {
            (device, f"{channel}/{quantity}" if channel else quantity, round(at_s)): value
            for device, channel, quantity, at_s, value in connection.execute(STORED, (list(devices),))
        }
    own = {key: value for key, value in truth.items() if key[0] in devices}
    return sum(stored.get(key) == value for key, value in own.items()), len(own)


def figures(
    town: Town, struck: Sequence[Episode], found: Sequence[Found], right: tuple[int, int], days: int
) -> Iterator[Row]:
    """Give recall and delay by fault, false findings per 100 devices and week, values put right."""
    for name, kinds in KINDS_BY_FAULT.items():
        own = [episode for episode in struck if episode.kind == name]
        delays = [delay for episode in own if (delay := delay_h(town, episode, found, kinds)) is not None]
        yield Row(f"clocks.{name}.recall", len(delays) / len(own), "1", goal=0.9, n=len(own))
        if delays:
            yield Row(f"clocks.{name}.delay_median", median(delays), "h", better="lower", n=len(delays))
    false = [one for one in found if not any(is_explained(town, episode, one) for episode in struck)]
    rate = 100 * len(false) / (len(town.devices) * days / 7)
    yield Row("clocks.false_findings", rate, "1/(100.device.wk)", better="lower", goal=1.0, n=len(false))
    yield Row("clocks.right_instants", right[0] / right[1], "1", goal=0.99, n=right[1])


def delay_h(town: Town, episode: Episode, found: Sequence[Found], kinds: Sequence[str]) -> float | None:
    """Give the hours from the fault to its first finding, None where there is none while it lasts."""
    own = [one for one in found if one.kind in kinds and is_explained(town, episode, one)]
    in_time = [
        (one.told_at.timestamp() - episode.start_s) / 3600 for one in own if one.told_at.timestamp() < episode.end_s
    ]
    return min(in_time, default=None)


def is_explained(town: Town, episode: Episode, one: Found) -> bool:
    """Say whether an episode accounts for a finding."""
    begin, end = (datetime.fromtimestamp(at, UTC) for at in (episode.start_s, episode.end_s))
    is_own = any(town.devices[at].external_id == one.device for at in episode.devices)
    return is_own and begin <= one.told_at <= end + AROUND


if __name__ == "__main__":
    main()
