"""A small town that lives: its messages arrive when they are sent, and what shows in arrivals is judged.

The towns of the evaluation are sent in a burst, in which nothing is late, repeated or without a time of its own as it
would have been. Beside each, a smaller one of the same seed lives for eight days, struck on purpose by each fault that
shows in arrivals; clocks, ledger and rejections are judged every six hours. There is no broker: what
brings messages in cannot be moved in time (`bench.virtual`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

import numpy as np

from analytics.clock.job import watch_clocks
from analytics.hint import steps, tell_step
from analytics.maintenance import hints
from bench.database import fresh_database
from bench.evaluation.expected import KINDS_OF_ARRIVAL, TOLD_BY_ARRIVAL
from bench.evaluation.findings import judge_town
from bench.evaluation.matching import Judged
from bench.evaluation.town import Evaluated, start_of
from bench.virtual import VirtualWorker
from deploy.local.services import Services
from deploy.town import register_town
from simulators.effect import Episode, faults
from simulators.grid import DAY_S
from simulators.reference import reference_of
from simulators.stream import Stream, Telegram
from simulators.town import Town
from simulators.truth import truth_of
from store import ledger
from store.connect import connect
from store.hints import read_hint_marks, save_hint_mark
from store.inputs import Connection

SCALE, DAYS = 0.1, 8
N_STRUCK = 4  # of each kind
FIRST_DAY = 2.5  # of a fault: what is usual must be known
LONGEST_DAYS = 4.0  # of a fault; some would last for longer
TOGETHER_S = 120  # messages of so many seconds are a batch
SLOWEST_S = 20.0  # way of a message, drawn evenly
LOOK_S = 6 * 3600


def judge_live(services: Services, seed: int) -> Judged:
    """Let a town live and judge what was told of arrivals."""
    start = start_of(seed, DAYS)
    town = Town(seed, f"live-{seed}", start, scale=SCALE, history_days=0)
    end = start + timedelta(days=DAYS)
    strike(town)
    with fresh_database(services) as database_url:
        register_town(database_url, town)
        rounds = live(database_url, town, end)
        evaluated = Evaluated(seed, database_url, truth_of(town, end), reference_of(town, end), rounds, {})
        return only_arrivals(judge_town(evaluated))


def strike(town: Town) -> None:
    """Strike devices of any kind, or gateways, with the faults that show in arrivals; what else was drawn stays."""
    draws = np.random.default_rng(town.seed)
    others = [episode for episode in town.window(0) if episode.kind not in TOLD_BY_ARRIVAL]
    carried = [index for index, device in enumerate(town.devices) if device.gateway is not None]
    free: list[int] = draws.permutation(carried).tolist()
    gateways = iter(draws.permutation(sorted({town.devices[index].gateway or "" for index in carried})).tolist())
    episodes = []
    for name in TOLD_BY_ARRIVAL:
        for _ in range(N_STRUCK):
            if faults()[name].reach == "gateway":
                asset = next(gateways)
                devices = town.roll.reached(faults()[name], asset)
            else:
                asset, devices = "", (take_device(town, name, free),)
            episodes.append(strike_one(town, name, asset, devices, draws))
    town.run.windows[0] = sorted([*others, *episodes], key=lambda episode: episode.start_s)


def take_device(town: Town, name: str, free: list[int]) -> int:
    """Take a device for a fault; `garbage` damages every third minute, which fixed rhythms meet always or never."""
    able = (index for index in free if name != "garbage" or town.devices[index].family == "bay")
    device = next(able)
    free.remove(device)
    return device


def strike_one(town: Town, name: str, asset: str, devices: tuple[int, ...], draws: np.random.Generator) -> Episode:
    """Draw when a fault strikes, so that it ends a day before the town does."""
    length_s = int(min(draws.uniform(*faults()[name].days), LONGEST_DAYS) * DAY_S)
    latest_s = (DAYS - 1) * DAY_S - length_s
    start_s = town.setting.start_s + int(draws.uniform(FIRST_DAY * DAY_S, latest_s))
    about = asset or next(iter(town.devices[devices[0]].placements.values()))
    return Episode(name, about, devices, start_s, start_s, start_s + length_s, 0.5, 0.5)


def live(database_url: str, town: Town, end: datetime) -> list[tuple[datetime, int]]:
    """Let messages arrive one after the other; give when was looked, each with the last finding then."""
    draws = np.random.default_rng(town.seed + 1)
    rounds: list[tuple[datetime, int]] = []
    with (
        connect(database_url, program="bench") as own,
        connect(database_url, program="bench", autocommit=True) as judge,
    ):
        worker = VirtualWorker(own, town.slug)
        begin_hints(judge, town)
        for look_s, batches in groupby(windows(town, end), key=lambda window: window[0] // LOOK_S * LOOK_S):
            for window_s, telegrams in batches:
                arrived_s = window_s + TOGETHER_S + float(draws.uniform(0.5, SLOWEST_S))
                worker.settle([(each.topic, each.payload) for each in telegrams], int(arrived_s * 1e6))
            rounds.append(look(judge, datetime.fromtimestamp(look_s + LOOK_S, UTC)))
    return rounds


def windows(town: Town, end: datetime) -> Iterator[tuple[int, Sequence[Telegram]]]:
    """Give the town's messages by the two minutes in which they are sent."""
    start = datetime.fromtimestamp(town.setting.start_s, UTC)
    telegrams = Stream(town).telegrams(start, start, end)
    for number, group in groupby(telegrams, key=lambda telegram: telegram.due_s // TOGETHER_S):
        yield number * TOGETHER_S, list(group)


def begin_hints(connection: Connection, town: Town) -> None:
    """Have the hints about arrivals begin with the town: no rollups are computed that would say when it began."""
    start = datetime.fromtimestamp(town.setting.start_s, UTC)
    (territory_id,) = connection.execute("select min(territory_id) from devices").fetchone() or (0,)
    for name in KINDS_OF_ARRIVAL:
        if hint := hints().get(name):
            save_hint_mark(connection, int(territory_id), name, hint.version, start)


def look(connection: Connection, now: datetime) -> tuple[datetime, int]:
    """Judge clocks and arrivals at an instant; give it with the number of the last finding."""
    ledger.fold(connection)
    watch_clocks(connection, now, 20)
    for hint in (hints()[name] for name in KINDS_OF_ARRIVAL if name in hints()):
        for mark in read_hint_marks(connection, hint.name, hint.version, hint.asset_types):
            for span in steps(hint, mark, now, 1):
                tell_step(connection, [hint], mark, span)
    row = connection.execute("select coalesce(max(finding_id), 0) from findings").fetchone()
    return now, int(row[0]) if row else 0


def only_arrivals(judged: Judged) -> Judged:
    """Keep what was struck on purpose and what was told of arrivals."""
    return replace(
        judged,
        cases=tuple(case for case in judged.cases if case.kind in TOLD_BY_ARRIVAL),
        asset_weeks={kind: n if kind in KINDS_OF_ARRIVAL else 0.0 for kind, n in judged.asset_weeks.items()},
    )


def without_arrivals(judged: Judged) -> Judged:
    """Leave out what a burst of messages cannot show."""
    return replace(
        judged,
        cases=tuple(case for case in judged.cases if case.kind not in TOLD_BY_ARRIVAL),
        asset_weeks={kind: 0.0 if kind in KINDS_OF_ARRIVAL else n for kind, n in judged.asset_weeks.items()},
    )
