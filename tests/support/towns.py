"""Towns for tests: built, generated, and taken apart."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import DAY_S, Floats, Table
from simulators.town import Block, Town

START = datetime(2025, 1, 13, tzinfo=UTC)  # a Monday


def a_town(seed: int = 5, start: datetime = START, **more: object) -> Town:
    """Build a town; without a metered past unless asked for."""
    settings: dict[str, object] = {"history_days": 0, **more}
    return Town(seed, start=start, **settings)  # type: ignore[arg-type]


def a_quiet_town(seed: int = 5, start: datetime = START, **more: object) -> Town:
    """Build a town to which nothing happens."""
    town = a_town(seed, start, **more)
    with_episodes(town, [])
    return town


def with_episodes(town: Town, episodes: Sequence[Episode]) -> None:
    """Put given episodes in place of those drawn."""
    for index in range(-30, 12):
        start_s = town.setting.start_s + index * 60 * DAY_S
        inside = [e for e in episodes if start_s <= e.start_s < start_s + 60 * DAY_S]
        town.run.windows[index] = inside


def an_episode(town: Town, effect: Effect, asset: str, start_day: float, days: float, sign_days: float = 0) -> Episode:
    """Let an effect strike an asset, counted in days from the town's start."""
    start_s = town.setting.start_s + int(start_day * DAY_S)
    devices = town.roll.reached(effect, asset)
    end_s = start_s + int(days * DAY_S)
    first_s = start_s - int(sign_days * DAY_S)
    return Episode(effect.name, asset, devices, first_s, start_s, end_s, 0.5, 0.4, effect.is_lasting)


def generate_days(town: Town, n_days: int, first_day: int = 0, block: timedelta | None = None) -> list[Block]:
    """Generate some days from the town's start."""
    start = datetime.fromtimestamp(town.setting.start_s, UTC) + timedelta(days=first_day)
    return list(town.generate(start, start + timedelta(days=n_days), block))


Rows = dict[tuple[str, str, str], tuple[Floats, Floats]]


def by_series(town: Town, blocks: Iterable[Block]) -> Rows:
    """Give the instants (Unix seconds) and values of each (device, channel, quantity), in order of the instants."""
    found: dict[tuple[str, str, str], list[tuple[Floats, Floats]]] = {}
    for table in (table for block in blocks for table in block.tables):
        for device in np.unique(table.device).tolist():
            rows = table.device == device
            for position, column in enumerate(table.columns):
                values = table.values[rows, position]
                there = ~np.isnan(values)
                key = (town.devices[device].external_id, column.channel, column.quantity)
                found.setdefault(key, []).append((table.at_s[rows][there].astype(float), values[there]))
    return {key: sort(parts) for key, parts in found.items()}


def sort(parts: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Join the parts of a series by time."""
    at_s, values = (np.concatenate(pieces) for pieces in zip(*parts, strict=True))
    order = np.argsort(at_s, kind="stable")
    return at_s[order], values[order]


def all_rows(blocks: Iterable[Block]) -> Mapping[str, Table]:
    """Join the tables of each family, sorted by device and instant."""
    joined: dict[str, list[Table]] = {}
    for table in (table for block in blocks for table in block.tables):
        joined.setdefault(table.family, []).append(table)
    return {family: merge(tables) for family, tables in joined.items()}


def merge(tables: Sequence[Table]) -> Table:
    """Join tables of one family."""
    whole = Table(
        tables[0].family,
        tables[0].columns,
        np.concatenate([table.device for table in tables]),
        np.concatenate([table.at_s for table in tables]),
        np.concatenate([table.values for table in tables]),
        np.concatenate([table.sent_s for table in tables]),
        np.concatenate([table.flags for table in tables]),
    )
    return whole.take(np.lexsort((whole.sent_s, whole.at_s, whole.device)))
