"""A simulated town's lighting, recorded without broker and store, as the rollups would give it to the KPI."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from analytics.kpi.figure import Figure
from simulators.effect import Effect, faults, lookalikes
from simulators.grid import DAY_S, Day, Floats, Integers
from simulators.reference import orders, schedules
from simulators.town import Town, bend
from store.baseline import MeteredDay, ProjectAsset, ScheduledHours
from store.lighting import CabinetFacts, CountedSpells, LampOutage, PowerHours

DAY = timedelta(days=1)
HOUR_S = 3600
HISTORY_DAYS, STUDY_DAYS = 400, 33
SCALE = 0.25
LONGEST_HOLD_S = 7200
SILENCE_H = (4, 36)  # a gateway's silence lasts between these
CABINETS_PER_GATEWAY = 3


@dataclass(frozen=True, slots=True)
class Track:
    """What one device said of one quantity: instants [Unix s] and values, in order."""

    at_s: Integers
    values: Floats

    def without(self, spans: Sequence[tuple[int, int]]) -> "Track":
        """Leave out what was said in these spans."""
        kept = np.ones(self.at_s.size, dtype=bool)
        for begin, end in spans:
            kept &= (self.at_s < begin) | (self.at_s >= end)
        return Track(self.at_s[kept], self.values[kept])


@dataclass(frozen=True, slots=True)
class Recorded:
    """A town's lighting: meters by cabinet, power by lamp, who stands where; asset ids are positions from 1 on."""

    town: Town
    meters: tuple[Track, ...]
    lamps: tuple[Track, ...]
    projects: tuple[ProjectAsset, ...]
    schedules: tuple[ScheduledHours, ...]
    period: tuple[date, date]

    @property
    def time_zone(self) -> str:
        """The town's civil time."""
        return self.town.territory.time_zone

    @property
    def baseline(self) -> tuple[date, date]:
        """The days of all baselines."""
        return min(one.baseline_from for one in self.projects), max(one.baseline_to for one in self.projects)

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The period's instants, noon to noon."""
        first, end = (noon(day, self.time_zone) for day in self.period)
        return first, end

    def silence(self, share: float) -> "Recorded":
        """Let gateways fall silent for this share of the time, in spells of hours."""
        draws = np.random.default_rng([self.town.seed, 7])
        begin, end = self.town.setting.history_s, self.town.setting.start_s + STUDY_DAYS * DAY_S
        n_gateways = -(-len(self.meters) // CABINETS_PER_GATEWAY)
        spans = [draw_silences(draws, begin, end, share) for _ in range(n_gateways)]
        cabinet = self.town.run.lighting.plan.lamp_cabinet
        return replace(
            self,
            meters=tuple(one.without(spans[n // CABINETS_PER_GATEWAY]) for n, one in enumerate(self.meters)),
            lamps=tuple(
                one.without(spans[int(cabinet[n]) // CABINETS_PER_GATEWAY]) for n, one in enumerate(self.lamps)
            ),
        )


def noon(day: date, time_zone: str) -> datetime:
    """Give the noon of a civil day."""
    return datetime.combine(day, time(12), ZoneInfo(time_zone)).astimezone(UTC)


def draw_silences(draws: np.random.Generator, begin: int, end: int, share: float) -> list[tuple[int, int]]:
    """Draw silences that cover this share of a span."""
    shortest, longest = SILENCE_H
    mean_s = (shortest + longest) / 2 * HOUR_S
    n_silences = round(share * (end - begin) / mean_s)
    starts = np.sort(draws.integers(begin, end, n_silences))
    lengths = draws.uniform(shortest, longest, n_silences) * HOUR_S
    return [(int(at), int(at + length)) for at, length in zip(starts, lengths, strict=True)]


def record(seed: int) -> Recorded:
    """Run a town's lighting from the first day of its history to the end of the month of study."""
    month = seed % 12 + 1
    start = datetime(2026, month, 1, tzinfo=UTC)
    town = Town(seed, f"study-{seed}", start, scale=SCALE, history_days=HISTORY_DAYS)
    meters, lamps = run_lighting(town)
    renovated = [datetime.fromtimestamp(int(at), UTC).date() for at in town.run.lighting.plan.renovated_s]
    cabinets = town.run.lighting.assets[: len(meters)]
    year = timedelta(days=365)
    projects = tuple(
        ProjectAsset(
            number, f"works-{number}", one.longitude, one.latitude, since, since - year, since, town.territory.time_zone
        )
        for number, (one, since) in enumerate(zip(cabinets, renovated, strict=True), 1)
    )
    first = start.date()
    return Recorded(town, meters, lamps, projects, hours_of(town), (first, (first + timedelta(days=31)).replace(day=1)))


def run_lighting(town: Town) -> tuple[tuple[Track, ...], tuple[Track, ...]]:
    """Advance weather and lighting day by day; give the meters' counters and the lamps' powers."""
    run, setting = town.run, town.setting
    effects: dict[str, Effect] = {**faults(), **lookalikes()}
    said: list[tuple[Integers, Integers, Floats, str]] = []
    for start_s in range(setting.history_s, setting.start_s + STUDY_DAYS * DAY_S, DAY_S):
        day = Day(start_s, start_s >= setting.start_s)
        acting = [(effects[one.kind], one) for one in town.episodes(start_s, start_s + DAY_S)]
        weather = run.weather.drive(day)
        bend(weather, acting)
        sky = run.weather.sky(weather)
        grid = run.lighting.drive(day, sky)
        bend(grid, acting)
        for table in run.lighting.measure(day, grid, sky):
            said.append((table.device, table.at_s, table.values[:, 0], table.family))
    n_cabinets = run.lighting.plan.n_cabinets
    meters = tracks([one for one in said if one[3] == "cabinet"], 0, n_cabinets)
    return meters, tracks([one for one in said if one[3] == "lamp"], n_cabinets, run.lighting.plan.lamp_cabinet.size)


def tracks(said: Sequence[tuple[Integers, Integers, Floats, str]], first: int, n: int) -> tuple[Track, ...]:
    """Sort what was said by device."""
    device = np.concatenate([one[0] for one in said]) - first
    at_s, values = np.concatenate([one[1] for one in said]), np.concatenate([one[2] for one in said])
    order = np.lexsort((at_s, device))
    edges = np.searchsorted(device[order], np.arange(n + 1))
    return tuple(Track(at_s[order[a:b]], values[order[a:b]]) for a, b in pairwise(edges.tolist()))


def hours_of(town: Town) -> tuple[ScheduledHours, ...]:
    """Give the commune's hours and orders of each cabinet."""
    setting = town.setting
    episodes = town.episodes(setting.history_s, setting.start_s + STUDY_DAYS * DAY_S)
    number = {asset.slug: n for n, asset in enumerate(town.run.lighting.assets, 1)}
    return tuple(
        ScheduledHours(
            number[one.asset],
            one.kind,
            time.fromisoformat(one.from_hour),
            time.fromisoformat(one.to_hour),
            one.level,
            one.valid_from,
            one.valid_to,
        )
        for one in (*schedules(town), *orders(episodes))
    )


def counts(track: Track) -> tuple[Integers, Integers, Floats]:
    """Give per hour in which a meter spoke: its last instant, the seconds since the last before, and the increase."""
    last = np.concatenate([np.diff(track.at_s // HOUR_S) > 0, [True]])
    at_s, values = track.at_s[last], track.values[last]
    return at_s[1:], np.diff(at_s), np.diff(values)


def metered_days(town: Recorded, span: tuple[date, date]) -> tuple[MeteredDay, ...]:
    """Give what each meter counted by night, noon to noon."""
    zone = ZoneInfo(town.time_zone)
    rows: list[MeteredDay] = []
    for number, track in enumerate(town.meters, 1):
        at_s, lasted, kwh = counts(track)
        begin, end = (noon(day, town.time_zone).timestamp() for day in span)
        inside = (at_s // HOUR_S * HOUR_S >= begin) & (at_s // HOUR_S * HOUR_S < end)
        sums: dict[date, list[float]] = {}
        for bucket, seconds, amount in zip(at_s[inside] // HOUR_S * HOUR_S, lasted[inside], kwh[inside], strict=True):
            day = (datetime.fromtimestamp(int(bucket), zone).replace(tzinfo=None) - timedelta(hours=12)).date()
            total = sums.setdefault(day, [0.0, 0.0])
            total[0] += float(amount)
            total[1] += float(seconds)
        rows += [MeteredDay(number, number, day, kwh_, 0.0, span_s, 0) for day, (kwh_, span_s) in sums.items()]
    return tuple(rows)


def spells_of(town: Recorded) -> tuple[CountedSpells, ...]:
    """Give the spells that each meter counted in the period."""
    begin, end = (at.timestamp() for at in town.window)
    spells = []
    for number, track in enumerate(town.meters, 1):
        at_s, lasted, kwh = counts(track)
        inside = (at_s // HOUR_S * HOUR_S >= begin) & (at_s // HOUR_S * HOUR_S < end)
        columns = (at_s[inside].astype(float), lasted[inside].astype(float), kwh[inside])
        spells.append(CountedSpells(number, number, *(tuple(column.tolist()) for column in columns)))
    return tuple(spells)


def power_hours(town: Recorded) -> tuple[PowerHours, ...]:
    """Give each lamp's mean power by hour, a value held until the next but no longer than two hours."""
    begin, end = (int(at.timestamp()) for at in town.window)
    plan, assets = town.town.run.lighting.plan, town.town.run.lighting.assets
    n_cabinets = plan.n_cabinets
    rows = []
    for number, track in enumerate(town.lamps):
        asset = assets[n_cabinets + number]
        nominal = float(str(asset.attributes["nominal_power_w"]))
        watts = hourly_means(track, begin, end)
        parent = int(plan.lamp_cabinet[number]) + 1
        asset_id = n_cabinets + number + 1
        rows.append(PowerHours(asset_id, parent, asset_id, asset.longitude, asset.latitude, nominal, 0, watts))
    return tuple(rows)


def hourly_means(track: Track, begin: int, end: int) -> tuple[float | None, ...]:
    """Give the mean of the held curve in each hour; None where less than half of it is known."""
    until = np.minimum(np.append(track.at_s[1:], end + LONGEST_HOLD_S), track.at_s + LONGEST_HOLD_S)
    edges = np.arange(begin, end + 1, HOUR_S)
    points = np.ravel(np.column_stack([track.at_s, until])).astype(float)
    lasted = (until - track.at_s).astype(float)
    known = np.interp(edges, points, np.repeat(np.cumsum(lasted), 2) - np.ravel(np.column_stack([lasted, 0 * lasted])))
    amount = lasted * track.values
    total = np.interp(edges, points, np.repeat(np.cumsum(amount), 2) - np.ravel(np.column_stack([amount, 0 * amount])))
    covered = np.diff(known)
    means = np.diff(total) / np.maximum(covered, 1e-9)
    return tuple(mean if seconds >= HOUR_S / 2 else None for mean, seconds in zip(means.tolist(), covered, strict=True))


def cabinets_of(town: Recorded) -> tuple[CabinetFacts, ...]:
    """Give what the inventory says of the cabinets."""
    plan = town.town.run.lighting.plan
    watts = plan.per_cabinet(plan.inventory_w)
    n_lamps = plan.per_cabinet(np.ones(plan.lamp_cabinet.size))
    return tuple(
        CabinetFacts(
            one.asset_id, one.longitude, one.latitude, float(watts[n]), int(n_lamps[n]), int(n_lamps[n]),
            float(n_lamps[n]), None, None, None, None,
        )
        for n, one in enumerate(town.projects)
    )  # fmt: skip


def outages_of(figures: Sequence[Figure], town: Recorded) -> tuple[LampOutage, ...]:
    """Give the outages of lamps by cabinet, as their KPI tells them."""
    cabinets = {one.asset_id for one in town.projects}
    return tuple(
        LampOutage(one.asset_id, one.value, one.low, one.high)
        for one in figures
        if one.kpi == "street_light_outage_energy" and one.asset_id in cabinets and one.asset_id is not None
        if one.value is not None and one.low is not None and one.high is not None
    )
