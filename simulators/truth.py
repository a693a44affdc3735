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

VERSION = 3
BRIEF_S = DAY_S // 2


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
    """Rounds of a sector since its containers are watched: planned, driven, and the share left out.

    `planned_at` and `was_done` tell of each round since the town's first day.
    """

    sector: str
    waste_stream: str
    n_planned: int
    n_done: int
    avoided_ratio: float
    planned_at: list[datetime]
    was_done: list[bool]


class TrueParking(msgspec.Struct, frozen=True):
    """All bays, and all car parks, by hour from `from_at` on: bay time and place time occupied and offered [s], cars.

    Bays count while they are open; `arrivals` are the cars that came to one.
    """

    from_at: datetime
    bay_occupied_s: list[float]
    bay_offered_s: list[float]
    bay_arrivals: list[float]
    place_occupied_s: list[float]
    place_offered_s: list[float]


class TrueBuilding(msgspec.Struct, frozen=True):
    """Heat delivered to a building and energy bought for it (gas or heat) by UTC day [kWh]."""

    asset: str
    heat_kwh: list[float]
    bought_kwh: list[float]


class Truth(msgspec.Struct, frozen=True):
    """The whole truth of one town from its first day (`days[0]`) to `generated_to`; daily lists run along `days`.

    `temperature_low_c` and `temperature_high_c` tell of each hour outdoors, from the first midnight (UTC) on. Beside
    the faults and look-alikes that were drawn, `episodes` tells of every container that overflowed, drawn or not:
    `overflow` of half a day and more, `brief_overflow` below; its signs begin when it was emptied the last time.
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
    parking: TrueParking
    buildings: list[TrueBuilding]
    temperature_low_c: list[float]
    temperature_high_c: list[float]


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
    hourly = [day for _, day in run.weather.hourly[:n_days]]
    temperature = np.concatenate(hourly, axis=1) if hourly else np.empty((2, 0))
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
        episodes=[*(tell(town, one) for one in town.episodes(town.setting.history_s, to_s)), *overflows(town, to_s)],
        lighting=list(cabinets(town, n_days)),
        rounds=list(sectors(town, generated_to)),
        parking=parking(town, to_s),
        buildings=list(buildings(town, n_days)),
        temperature_low_c=np.round(temperature[0], 2).tolist(),
        temperature_high_c=np.round(temperature[1], 2).tolist(),
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


def overflows(town: Town, to_s: int) -> Iterable[TrueEpisode]:
    """Tell of the containers that overflowed."""
    for one in town.run.waste.overflows_until(to_s):
        slug = town.run.waste.assets[one.container].slug
        yield TrueEpisode(
            kind="overflow" if one.end_s - one.start_s >= BRIEF_S else "brief_overflow",
            is_fault=True,
            asset=slug,
            devices=(slug,),
            precursor_at=datetime.fromtimestamp(one.emptied_s, UTC),
            start_at=datetime.fromtimestamp(one.start_s, UTC),
            end_at=datetime.fromtimestamp(one.end_s, UTC),
            strength=1.0,
            is_lasting=False,
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
    """Tell the rounds, and count those since containers are watched."""
    rounds = [entry for entry in drawn_rounds(town, until) if entry.start_s < until.timestamp()]
    for sector, name in enumerate(SECTORS):
        for stream, waste_stream in enumerate(STREAMS):
            own = [entry for entry in rounds if (entry.sector, entry.stream) == (sector, stream)]
            watched = [entry.is_done for entry in own if town.setting.start_s <= entry.start_s]
            yield TrueSector(
                sector=name,
                waste_stream=waste_stream,
                n_planned=len(watched),
                n_done=sum(watched),
                avoided_ratio=round(1 - sum(watched) / len(watched), 4) if watched else 0.0,
                planned_at=[datetime.fromtimestamp(entry.start_s, UTC) for entry in own],
                was_done=[entry.is_done for entry in own],
            )


def parking(town: Town, to_s: int) -> TrueParking:
    """Tell how full the bays and car parks were, by hour."""
    days = [(bays, parks) for start_s, bays, parks in town.run.parking.hourly if start_s + DAY_S <= to_s]
    bays = np.concatenate([day for day, _ in days], axis=1) if days else np.empty((3, 0))
    parks = np.concatenate([day for _, day in days], axis=1) if days else np.empty((2, 0))
    rows = [np.round(row, 1).tolist() for row in (*bays, *parks)]
    return TrueParking(datetime.fromtimestamp(town.setting.start_s, UTC), *rows)


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
