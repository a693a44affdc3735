"""A town with its seed: what stands in it, and what its devices measure from one day to the next."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Protocol
from zlib import crc32

import numpy as np

from simulators.building import Building
from simulators.chance import HIGHEST_SEED, Chance
from simulators.description import Asset, Device, Territory, plan_town
from simulators.effect import Effect, Episode, faults, lookalikes
from simulators.episodes import WINDOW_S, Roll, draw_window
from simulators.gateway import Gateways
from simulators.grid import DAY_S, Day, Grid, Table
from simulators.lighting import Lighting
from simulators.mobility import Mobility
from simulators.parking import Parking
from simulators.place import Setting
from simulators.structure import Structure
from simulators.waste import Waste
from simulators.water import Water
from simulators.weather import Sky, Weather

NAME = "Val-de-Tille"
LATITUDE, LONGITUDE = 47.52, 5.10
SPREAD_S = 300  # devices do not all send in the same second
# Families that measure on the clock's quarters, as meters do.
PUNCTUAL = {"cabinet", "electricity_meter", "gas_meter", "heat_meter", "water_meter", "weather"}
HISTORY_DAYS = 400  # a metered year and the month in which cabinets are renovated
EARLIEST, LATEST = datetime(2016, 1, 1, tzinfo=UTC), datetime(2039, 1, 1, tzinfo=UTC)


class TownError(ValueError):
    """The town asked for makes no sense."""


class Domain(Protocol):
    """One field of the town: draws a day's state, which effects may bend, then measures it."""

    name: str
    assets: list[Asset]
    devices: list[Device]

    def drive(self, day: Day, sky: Sky) -> Grid: ...

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]: ...


@dataclass(frozen=True, slots=True)
class Block:
    """What the town measured in one stretch of time, [start_s, end_s) by the instants of measurement."""

    start_s: int
    end_s: int
    tables: Sequence[Table]

    def n_measurements(self) -> int:
        """Count the values."""
        return sum(table.n_measurements() for table in self.tables)


class Town:
    """One seeded town; the same arguments always give the same town and the same measurements.

    Everything reports from `start`, meters alone from `history_days` before. `scale` multiplies the town, `lamps` sets
    the number of street lights alone.

    Raises
    ------
    TownError
        A seed outside 0 to 4,294,967,295; a slug that is none; a start outside 2016 to 2038; a size out of range.
    """

    def __init__(
        self,
        seed: int = 1,
        slug: str = "val-de-tille",
        start: datetime | None = None,
        *,
        scale: float = 1.0,
        lamps: int | None = None,
        history_days: int = HISTORY_DAYS,
    ) -> None:
        check(seed, slug, start, history_days)
        try:
            plan = plan_town(scale, lamps)
        except ValueError as error:
            raise TownError(str(error)) from error
        start_s = midnight_s(start or datetime.now(UTC) - timedelta(days=60))
        self.seed, self.slug, self.scale = seed, slug, scale
        self.count = max(1, round(scale))
        chance = Chance(seed)
        offset = chance.of("town").uniform(-0.3, 0.3, 2)
        latitude, longitude = LATITUDE + float(offset[0]), LONGITUDE + float(offset[1])
        history_s = start_s - history_days * DAY_S
        self.setting = Setting(chance, plan, round(latitude, 4), round(longitude, 4), history_s, start_s)
        self.territory = Territory(slug, NAME if slug == "val-de-tille" else f"{NAME} ({slug})")
        self.run = Run(self)
        self.roll = Roll(self.run.assets, self.run.devices)

    @property
    def assets(self) -> Sequence[Asset]:
        """All assets, parents before their children."""
        return self.roll.assets

    @property
    def devices(self) -> Sequence[Device]:
        """All devices, gateways before what they carry; tables name devices by their position here."""
        return self.roll.devices

    def episodes(self, from_s: int, to_s: int) -> list[Episode]:
        """Give faults and look-alikes that touch a span, in order of their start."""
        setting = self.setting
        first = (setting.history_s - setting.start_s) // WINDOW_S
        found: list[Episode] = []
        for index in range(first, -(-(to_s - setting.start_s) // WINDOW_S)):
            found += [episode for episode in self.window(index) if episode.touches(from_s, to_s)]
        return found

    def window(self, index: int) -> Sequence[Episode]:
        """Give the episodes of one window of sixty days, counted from the start of the full town."""
        windows = self.run.windows
        if index not in windows:
            start_s = self.setting.start_s + index * WINDOW_S
            span = (start_s, start_s + WINDOW_S)
            windows[index] = draw_window(self.setting.chance, self.roll, span, index >= 0, self.count)
        return windows[index]

    def generate(self, from_at: datetime, to_at: datetime, block: timedelta | None = None) -> Iterator[Block]:
        """Give everything measured in [from_at, to_at), in blocks (default: UTC days), in order of measurement.

        What comes does not depend on the length of the blocks. State is carried from the town's first day, which costs
        time where `from_at` is long after it.

        Raises
        ------
        TownError
            The span ends before it starts, or lies before the town's history.
        """
        from_s, to_s = int(from_at.timestamp()), int(to_at.timestamp())
        if to_s <= from_s:
            raise TownError(f"the period must end after it starts, not run from {from_at} to {to_at}")
        if from_s < self.setting.history_s:
            raise TownError(f"this town has no data before {datetime.fromtimestamp(self.setting.history_s, UTC)}")
        self.clear()
        step_s = int(block.total_seconds()) if block else DAY_S
        yield from cut(self.days(to_s), from_s, to_s, step_s)

    def clear(self) -> None:
        """Forget what was generated."""
        self.run = Run(self, self.run.windows)

    def days(self, to_s: int) -> Iterator[Block]:
        """Advance day by day from the first day of the town."""
        for start_s in range(self.setting.history_s, to_s, DAY_S):
            yield Block(start_s, start_s + DAY_S, self.run.advance(Day(start_s, start_s >= self.setting.start_s), self))


class Run:
    """The town's state while it is generated: weather, domains, and the windows of episodes drawn so far."""

    def __init__(self, town: Town, windows: dict[int, Sequence[Episode]] | None = None) -> None:
        setting = town.setting
        self.weather = Weather(setting)
        self.lighting, self.waste = Lighting(setting), Waste(setting)
        self.building, self.parking = Building(setting), Parking(setting)
        others: list[Domain] = [Water(setting), Structure(setting), Mobility(setting)]
        self.domains: list[Domain] = [self.lighting, self.waste, self.building, self.parking, *others]
        members: list[Weather | Domain] = [self.weather, *self.domains]
        slugs = dict.fromkeys(device.gateway for member in members for device in member.devices if device.gateway)
        self.gateways = Gateways(setting, list(slugs))
        self.domains.append(self.gateways)
        ordered: list[Weather | Domain] = [self.gateways, *members]
        self.assets = list(chain.from_iterable(member.assets for member in ordered))
        self.devices = list(chain.from_iterable(member.devices for member in ordered))
        sizes = [len(member.devices) for member in ordered]
        self.first = dict(zip((member.name for member in ordered), np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
        self.phase_s = np.array([crc32(device.external_id.encode()) % SPREAD_S for device in self.devices])
        self.windows: dict[int, Sequence[Episode]] = {} if windows is None else windows

    def advance(self, day: Day, town: Town) -> list[Table]:
        """Make one day: weather, then each domain's state, effects, measurements; then effects on what is sent."""
        episodes = town.episodes(day.start_s, day.start_s + DAY_S)
        effects: Mapping[str, Effect] = {**faults(), **lookalikes()}
        acting = [(effects[episode.kind], episode) for episode in episodes]
        weather = self.weather.drive(day)
        bend(weather, acting)
        sky = self.weather.sky(weather)
        tables = self.placed(self.weather.name, self.weather.measure(day, weather, sky))
        for domain in self.domains:
            if not day.is_full and domain.name in ("parking", "structure", "water", "mobility"):
                continue
            grid = domain.drive(day, sky)
            bend(grid, acting)
            tables += self.placed(domain.name, domain.measure(day, grid, sky))
        return [send(table, acting) for table in tables]

    def placed(self, domain: str, tables: list[Table]) -> list[Table]:
        """Turn positions within a domain into positions within the town, and let each device keep its own minute."""
        placed = []
        for table in tables:
            device = table.device + self.first[domain]
            at_s = table.at_s + (0 if table.family in PUNCTUAL else self.phase_s[device])
            placed.append(replace(table, device=device, at_s=at_s, sent_s=at_s))
        return placed


def bend(grid: Grid, acting: Sequence[tuple[Effect, Episode]]) -> None:
    """Let effects change the physical state of a domain."""
    for effect, episode in acting:
        if effect.bend is not None and grid.domain in effect.domains:
            effect.bend(episode, grid)


def send(table: Table, acting: Sequence[tuple[Effect, Episode]]) -> Table:
    """Let effects change what devices send."""
    for effect, episode in acting:
        if effect.send is not None:
            table = effect.send(episode, table)
    return table


def cut(days: Iterator[Block], from_s: int, to_s: int, step_s: int) -> Iterator[Block]:
    """Cut days into blocks of another length, or join them, without what lies outside the span."""
    held: list[Table] = []
    start_s = from_s
    for day in days:
        if day.end_s <= from_s:
            continue
        held += day.tables
        while start_s + step_s <= day.end_s and start_s < to_s:
            end_s = min(start_s + step_s, to_s)
            yield Block(start_s, end_s, between(held, start_s, end_s))
            start_s = end_s
        held = between(held, start_s, to_s)
    if start_s < to_s:
        yield Block(start_s, to_s, between(held, start_s, to_s))


def between(tables: Sequence[Table], start_s: int, end_s: int) -> list[Table]:
    """Keep the rows measured in [start_s, end_s), tables without any left out."""
    kept = []
    for table in tables:
        inside = (table.at_s >= start_s) & (table.at_s < end_s)
        if inside.all() and inside.size:
            kept.append(table)
        elif inside.any():
            kept.append(table.take(inside))
    return kept


def check(seed: int, slug: str, start: datetime | None, history_days: int) -> None:
    """Refuse what makes no sense, in a sentence."""
    if not 0 <= seed <= HIGHEST_SEED:
        raise TownError(f"the seed must lie between 0 and {HIGHEST_SEED:,}, not {seed:,}")
    if not re.fullmatch(r"[a-z0-9-]{1,63}", slug):
        raise TownError(f"a territory's slug has small letters, digits and hyphens only, not {slug!r}")
    if start is not None and start.tzinfo is None:
        raise TownError("the start must have a time zone")
    if start is not None and not EARLIEST <= start < LATEST:
        raise TownError(f"the start must lie between 2016 and 2038, not in {start.year}")
    if not 0 <= history_days <= 1500:
        raise TownError(f"the metered history may last 0 to 1,500 days, not {history_days}")


def midnight_s(at: datetime) -> int:
    """Give the UTC midnight before an instant."""
    return int(at.timestamp()) // DAY_S * DAY_S
