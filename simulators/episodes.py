"""When and where effects strike: in each window of sixty days every kind once per 400 lamps' worth of town."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from simulators.chance import Chance
from simulators.description import Asset, Device
from simulators.effect import Effect, Episode, faults, lookalikes
from simulators.grid import DAY_S

WINDOW_S = 60 * DAY_S
MARGIN_S = DAY_S // 2
# In the metered years before the full town, gateways and cabinets fail this often in a window.
HISTORY_COUNT = 2


@dataclass(frozen=True, slots=True)
class Roll:
    """The assets and devices of a town as effects choose among them."""

    assets: Sequence[Asset]
    devices: Sequence[Device]
    by_type: Mapping[str, Sequence[Asset]] = field(init=False)

    def __post_init__(self) -> None:
        by_type: dict[str, list[Asset]] = {}
        for asset in self.assets:
            by_type.setdefault(asset.type, []).append(asset)
        object.__setattr__(self, "by_type", by_type)

    def candidates(self, effect: Effect) -> Sequence[str]:
        """Give the slugs of the assets an effect may strike, "" for the town as a whole."""
        if not effect.asset_type:
            return [""]
        assets = self.by_type.get(effect.asset_type, ())
        return [asset.slug for asset in assets if effect.suits is None or effect.suits(asset)]

    def reached(self, effect: Effect, asset: str) -> tuple[int, ...]:
        """Give the positions of the devices that show an effect on an asset."""
        if effect.reach == "none":
            return ()
        if effect.reach == "gateway":
            return self.select(lambda device: asset in (device.gateway, device.external_id))
        if effect.reach == "children":
            family = {child.slug for child in self.assets if child.parent == asset} | {asset}
            return self.select(lambda device: not family.isdisjoint(device.placements.values()))
        return self.select(lambda device: asset in device.placements.values())

    def select(self, is_chosen: Callable[[Device], bool]) -> tuple[int, ...]:
        """Give the positions of the devices that pass a test."""
        return tuple(index for index, device in enumerate(self.devices) if is_chosen(device))


def draw_window(
    chance: Chance,
    roll: Roll,
    window_s: tuple[int, int],
    is_full: bool,
    count: int,
    effects: Mapping[str, Effect] | None = None,
) -> list[Episode]:
    """Draw the episodes of one window; no asset has two at a time (gateways and clocks apart).

    `window_s` is its span in Unix seconds, `count` how many of each kind on single assets, `effects` those that may
    strike (default: all).
    """
    chosen = {**faults(), **lookalikes()} if effects is None else effects
    taken: dict[str, list[tuple[int, int]]] = {}
    episodes: list[Episode] = []
    for name, effect in sorted(chosen.items(), key=lambda item: (item[1].rank, item[0])):
        if not is_full and not effect.in_history:
            continue
        draws = chance.of(f"effect {name}", window_s[0] // DAY_S)
        wanted = 1 if effect.reach in ("none", "gateway") else count
        for _ in range(wanted if is_full else HISTORY_COUNT):
            episode = draw_episode(effect, roll, window_s, taken, draws)
            if episode is not None:
                episodes.append(episode)
                taken.setdefault(episode.asset, []).append((episode.precursor_s, episode.end_s))
    return sorted(episodes, key=lambda episode: (episode.start_s, episode.kind, episode.asset))


def draw_episode(
    effect: Effect,
    roll: Roll,
    window_s: tuple[int, int],
    taken: Mapping[str, Sequence[tuple[int, int]]],
    draws: np.random.Generator,
) -> Episode | None:
    """Draw one episode that fits into the window and meets no other on its asset; None where there is no room."""
    candidates = roll.candidates(effect)
    if not candidates:
        return None
    for _ in range(20):
        asset = candidates[int(draws.integers(len(candidates)))]
        times = draw_times(effect, window_s, draws)
        strength, luck = float(draws.random()), float(draws.random())
        if times is None or not is_free(taken.get(asset, ()), times):
            continue
        devices = roll.reached(effect, asset)
        return Episode(effect.name, asset, devices, *times, strength, luck, effect.is_lasting)
    return None


def draw_times(effect: Effect, window_s: tuple[int, int], draws: np.random.Generator) -> tuple[int, int, int] | None:
    """Draw first signs, start and end, to the minute, inside the window."""
    sign_s = int(draws.uniform(*effect.precursor_days) * DAY_S)
    last_s = int(draws.uniform(*effect.days) * DAY_S)
    first, latest = window_s[0] + sign_s, window_s[1] - last_s
    start_s = effect.when(draws, first, latest) if effect.when else int(draws.uniform(first, latest)) // 60 * 60
    if start_s is None or (effect.months and datetime.fromtimestamp(start_s, UTC).month not in effect.months):
        return None
    return start_s - sign_s, start_s, start_s + last_s


def is_free(others: Sequence[tuple[int, int]], times: tuple[int, int, int]) -> bool:
    """Say whether an asset has no other episode near these times."""
    first, _, last = times
    return all(last + MARGIN_S < start or first - MARGIN_S > end for start, end in others)
