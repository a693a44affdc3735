"""The truth file: what was drawn and what it did, for tests and `make evaluate` alone."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import numpy as np

from simulators.building import BOILER_YIELD
from simulators.durable import write_whole
from simulators.effect import Episode, faults
from simulators.grid import DAY_S, Floats
from simulators.lighting import COMPONENTS
from simulators.reference import day_of, drawn_rounds
from simulators.rounds import SECTORS, STREAMS
from simulators.town import Town, TownError

VERSION = 2


class TrueEpisode(msgspec.Struct, frozen=True):
    """A fault or look-alike: signs from `precursor_at`, full from `start_at` until `end_at`; `asset` "" is the town."""

    kind: str
    is_fault: bool
    asset: str
    devices: tuple[str, ...]
    precursor_at: datetime
    start_at: datetime
    end_at: datetime
    strength: float
    is_lasting: bool


class TrueCabinet(msgspec.Struct, frozen=True):
    """Energy of a cabinet at its meter by UTC day [kWh], one list per rung of a ladder; and of it what was off-peak.

    `baseline`: the old lamps, hours and outages; then with new lamps (`relamped`), and dimming (`dimmed`), and
    switch-off (`switched_off`); `used` is what was drawn, with its outages and faults. The saving is baseline minus
    switched_off; switched_off minus used is what outages kept from being drawn (day burners: negative).
    """

    asset: str
    renovated_on: date
    saving_target: float
    kwh: dict[str, list[float]]
    off_peak_kwh: dict[str, list[float]]


class TrueSector(msgspec.Struct, frozen=True):
    """Rounds of a sector since its containers are watched: planned, driven, and the share left out."""

    sector: str
    waste_stream: str
    n_planned: int
    n_done: int
    avoided_ratio: float


class TrueBuilding(msgspec.Struct, frozen=True):
    """Heat delivered to a building and energy bought for it (gas or heat) by UTC day [kWh]."""

    asset: str
    heat_kwh: list[float]
    bought_kwh: list[float]


class Truth(msgspec.Struct, frozen=True):
    """The whole truth of one town from its first day (`days[0]`) to `generated_to`; daily lists run along `days`.

    `temperature_c` is the lowest, mean and highest of each day outdoors.
    """

    version: int
    seed: int
    territory: str
    scale: float
    n_lamps: int
    history_days: int
    full_from: datetime
    generated_to: datetime
    days: list[date]
    episodes: list[TrueEpisode]
    lighting: list[TrueCabinet]
    rounds: list[TrueSector]
    buildings: list[TrueBuilding]
    temperature_c: list[tuple[float, float, float]]


def write_truth(path: Path, town: Town, generated_to: datetime) -> None:
    """Write the truth of what has been generated so far, whole or not at all."""
    write_whole(path, msgspec.json.encode(truth_of(town, generated_to)))


def read_truth(path: Path) -> Truth:
    """Read a truth file."""
    return msgspec.json.decode(path.read_bytes(), type=Truth)


def truth_of(town: Town, generated_to: datetime) -> Truth:
    """Tell the truth about a town whose generation has come to an instant; only whole days enter daily lists."""
    to_s = int(generated_to.timestamp())
    run = town.run
    n_days = sum(start_s + DAY_S <= to_s for start_s, *_ in run.lighting.daily)
    return Truth(
        version=VERSION,
        seed=town.seed,
        territory=town.slug,
        scale=town.scale,
        n_lamps=town.setting.plan.n_lamps,
        history_days=(town.setting.start_s - town.setting.history_s) // DAY_S,
        full_from=datetime.fromtimestamp(town.setting.start_s, UTC),
        generated_to=generated_to,
        days=[day_of(start_s) for start_s, *_ in run.lighting.daily[:n_days]],
        episodes=[tell(town, episode) for episode in town.episodes(town.setting.history_s, to_s)],
        lighting=list(cabinets(town, n_days)),
        rounds=list(sectors(town, generated_to)),
        buildings=list(buildings(town, n_days)),
        temperature_c=[
            (round(low, 2), round(mean, 2), round(high, 2)) for _, low, mean, high in run.weather.daily[:n_days]
        ],
    )


def tell(town: Town, episode: Episode) -> TrueEpisode:
    """Write an episode with names and instants."""
    return TrueEpisode(
        kind=episode.kind,
        is_fault=episode.kind in faults(),
        asset=episode.asset,
        devices=tuple(town.devices[index].external_id for index in episode.devices),
        precursor_at=datetime.fromtimestamp(episode.precursor_s, UTC),
        start_at=datetime.fromtimestamp(episode.start_s, UTC),
        end_at=datetime.fromtimestamp(episode.end_s, UTC),
        strength=round(episode.strength, 3),
        is_lasting=episode.is_lasting,
    )


def cabinets(town: Town, n_days: int) -> Iterable[TrueCabinet]:
    """Give each cabinet's ladder."""
    plan, daily = town.run.lighting.plan, town.run.lighting.daily[:n_days]
    empty = np.empty((0, len(COMPONENTS), plan.n_cabinets))
    kwh = np.stack([day for _, day, _ in daily]) if daily else empty
    off_peak = np.stack([day for _, _, day in daily]) if daily else empty
    for index in range(plan.n_cabinets):
        renovated = day_of(int(plan.renovated_s[index]))
        yield TrueCabinet(
            asset=f"armoire-{index + 1:02d}",
            renovated_on=renovated,
            saving_target=round(float(plan.saving_target[index]), 4),
            kwh=by_rung(kwh[:, :, index]),
            off_peak_kwh=by_rung(off_peak[:, :, index]),
        )


def by_rung(daily: Floats) -> dict[str, list[float]]:
    """Name the columns of a ladder (n_days, n_rungs)."""
    return {name: np.round(daily[:, rung], 3).tolist() for rung, name in enumerate(COMPONENTS)}


def sectors(town: Town, until: datetime) -> Iterable[TrueSector]:
    """Count the rounds since containers are watched."""
    until_s = until.timestamp()
    watched = [entry for entry in drawn_rounds(town, until) if town.setting.start_s <= entry.start_s < until_s]
    for sector, name in enumerate(SECTORS):
        for stream, waste_stream in enumerate(STREAMS):
            own = [entry.is_done for entry in watched if (entry.sector, entry.stream) == (sector, stream)]
            avoided = 1 - sum(own) / len(own) if own else 0.0
            yield TrueSector(name, waste_stream, len(own), sum(own), round(avoided, 4))


def buildings(town: Town, n_days: int) -> Iterable[TrueBuilding]:
    """Give each building's heat."""
    building = town.run.building
    slugs = [asset.slug for asset in building.assets if asset.type == "building"]
    daily = building.daily[:n_days]
    heat = np.stack([kwh for _, kwh in daily]) if daily else np.empty((0, len(slugs)))
    bought = heat / np.where(building.plan.has_boiler, BOILER_YIELD, 1.0)
    for index, slug in enumerate(slugs):
        yield TrueBuilding(slug, np.round(heat[:, index], 2).tolist(), np.round(bought[:, index], 2).tolist())


def find_earlier_run(path: Path, seed: int, territory: str) -> Truth | None:
    """Give the truth that an earlier run of a town left in a file, None where there is no file.

    Raises
    ------
    TownError
        The file tells of another seed or territory, or is no truth file: it is not written over.
    """
    if not path.exists():
        return None
    try:
        earlier = read_truth(path)
    except (msgspec.MsgspecError, OSError) as error:
        raise TownError(f"{path} is not a truth file; choose another name") from error
    if (earlier.seed, earlier.territory) != (seed, territory):
        about = f"{earlier.territory}, seed {earlier.seed}"
        raise TownError(f"{path} tells the truth about another town ({about}); choose another name or delete it")
    return earlier
