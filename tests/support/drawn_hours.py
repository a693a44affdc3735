"""Hours of a simulated town as hints read them, computed in memory: many towns without a store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from sensors.quantity import find_quantity
from simulators.effect import faults, lookalikes
from simulators.grid import DAY_S, Day, Floats, Table
from simulators.town import Town, bend, send
from store.gauge_hours import GaugeHours, NamedAsset, StateHour
from store.water import NightFlow

HOUR_S, MINUTE_S = 3600, 60
ZONE = ZoneInfo("Europe/Paris")
Values = tuple[Floats, Floats]


def draw(town: Town, domains: Sequence[str], n_days: int) -> dict[tuple[str, str], Values]:
    """Let some domains of a town live, and give (instants, values) by (asset, quantity) of their main channels."""
    found: dict[tuple[str, str], list[Values]] = {}
    for start_s in range(town.setting.start_s, town.setting.start_s + n_days * DAY_S, DAY_S):
        for table in tables_of(town, domains, Day(start_s, True)):
            for key, part in parts_of(town, table):
                found.setdefault(key, []).append(part)
    return {key: join(parts) for key, parts in found.items()}


def tables_of(town: Town, domains: Sequence[str], day: Day) -> Iterator[Table]:
    """Make one day as `Run.advance` does, of some domains only."""
    effects = {**faults(), **lookalikes()}
    acting = [(effects[one.kind], one) for one in town.episodes(day.start_s, day.start_s + DAY_S)]
    weather = town.run.weather.drive(day)
    bend(weather, acting)
    sky = town.run.weather.sky(weather)
    for domain in (one for one in town.run.domains if one.name in domains):
        grid = domain.drive(day, sky)
        bend(grid, acting)
        for table in town.run.placed(domain.name, domain.measure(day, grid, sky)):
            yield send(table, acting)


def parts_of(town: Town, table: Table) -> Iterator[tuple[tuple[str, str], Values]]:
    """Take a table apart by asset and quantity."""
    for device in np.unique(table.device).tolist():
        rows = table.device == device
        for place, column in enumerate(table.columns):
            values = table.values[rows, place]
            there = ~np.isnan(values)
            if column.channel == "" and there.any():
                asset = town.devices[device].placements["*"]
                yield (asset, column.quantity), (table.at_s[rows][there].astype(float), values[there])


def join(parts: Sequence[Values]) -> Values:
    """Join parts by time, one value an instant."""
    at_s, values = (np.concatenate(pieces) for pieces in zip(*parts, strict=True))
    at_s, first = np.unique(at_s, return_index=True)
    return at_s, values[first]


def gauge_hours(town: Town, drawn: Mapping[tuple[str, str], Values], quantities: Sequence[str]) -> list[GaugeHours]:
    """Roll some quantities up by the hour: means over the minutes for which a value is held."""
    place = {asset.slug: index for index, asset in enumerate(town.assets)}
    found = []
    for (slug, quantity), (at_s, values) in drawn.items():
        known = find_quantity(quantity)
        if quantity not in quantities or known is None:
            continue
        asset = town.assets[place[slug]]
        parent = None if asset.parent is None else place[asset.parent] + 1
        about = (len(found) + 1, place[slug] + 1, asset.name, parent, asset.attributes, quantity)
        found.append(GaugeHours(*about, *roll_up(town, at_s, values, known.longest_hold_s)))
    return found


def roll_up(town: Town, at_s: Floats, values: Floats, hold_s: float) -> tuple[Floats, ...]:
    """Give (begins, lowest, mean, highest, covered seconds, number of values) of the hours with a known value."""
    begin_s = float(town.setting.start_s)
    n_hours = int((at_s[-1] - begin_s) // HOUR_S) + 1
    minutes = begin_s + MINUTE_S * np.arange(n_hours * 60) + MINUTE_S / 2
    last = np.searchsorted(at_s, minutes, side="right") - 1
    is_held = (last >= 0) & (minutes - at_s[np.maximum(last, 0)] <= hold_s)
    held = np.where(is_held, values[np.maximum(last, 0)], 0.0).reshape(n_hours, 60)
    n_held = is_held.reshape(n_hours, 60).sum(axis=1)
    mean = held.sum(axis=1) / np.maximum(n_held, 1)
    hour = ((at_s - begin_s) // HOUR_S).astype(np.int64)
    low, high = mean.copy(), mean.copy()
    own, first = np.unique(hour, return_index=True)
    low[own], high[own] = np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)
    known = n_held > 0
    begins = begin_s + HOUR_S * np.arange(n_hours)
    counts = np.bincount(hour, minlength=n_hours).astype(float)
    return begins[known], low[known], mean[known], high[known], (n_held * 60.0)[known], counts[known]


def gauge_days(hours: Sequence[GaugeHours]) -> list[GaugeHours]:
    """Roll hours with values up by the civil day."""
    found = []
    for row in hours:
        there = row.n_values > 0
        dates = [datetime.fromtimestamp(at, UTC).astimezone(ZONE).date() for at in row.begins_s[there].tolist()]
        days = [datetime(at.year, at.month, at.day, tzinfo=ZONE).timestamp() for at in dates]
        begins, first = np.unique(days, return_index=True)
        low, high = np.minimum.reduceat(row.low[there], first), np.maximum.reduceat(row.high[there], first)
        sums, n = np.add.reduceat(row.mean[there], first), np.diff([*first.tolist(), len(days)])
        found.append(
            replace(row, begins_s=begins, low=low, mean=sums / n, high=high, covered_s=n * 3600.0, n_values=n * 1.0)
        )
    return found


def state_hours(town: Town, drawn: Mapping[tuple[str, str], Values], quantities: Sequence[str]) -> list[StateHour]:
    """Roll states up by the hour."""
    place = {asset.slug: index for index, asset in enumerate(town.assets)}
    found = []
    for (slug, quantity), (at_s, values) in drawn.items():
        if quantity not in quantities:
            continue
        known = find_quantity(quantity)
        assert known is not None
        begins, low, _, high, covered, _ = roll_up(town, at_s, values, known.longest_hold_s)
        for begin, seconds, codes in zip(begins.tolist(), covered.tolist(), zip(low, high, strict=True), strict=True):
            at = datetime.fromtimestamp(begin, UTC)
            name = town.assets[place[slug]].name
            found += [StateHour(place[slug] + 1, name, quantity, at, int(code), seconds) for code in sorted(set(codes))]
    return found


def night_flows(flows: Sequence[GaugeHours]) -> list[NightFlow]:
    """Give the flow of each night between two and four in the morning."""
    found = []
    for row in flows:
        nights: dict[object, list[tuple[float, float]]] = {}
        for begin, mean, covered in zip(row.begins_s.tolist(), row.mean.tolist(), row.covered_s.tolist(), strict=True):
            at = datetime.fromtimestamp(begin, UTC).astimezone(ZONE)
            if at.hour in (2, 3):
                nights.setdefault(at.date(), []).append((mean, covered))
        for day, parts in nights.items():
            known_s = sum(covered for _, covered in parts)
            flow = sum(mean * covered for mean, covered in parts) / known_s
            found.append(NightFlow(row.asset_id, row.series_id, day, flow, known_s))  # type: ignore[arg-type]
    return found


def named_assets(town: Town, types: Sequence[str]) -> list[NamedAsset]:
    """Give a town's assets of some types."""
    place = {asset.slug: index + 1 for index, asset in enumerate(town.assets)}
    return [
        NamedAsset(place[asset.slug], asset.name, None if asset.parent is None else place[asset.parent])
        for asset in town.assets
        if asset.type in types
    ]
