"""What the town's people would type in: schedules, tariffs, plans, rounds, projects, notices. Never the truth."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from simulators.building import GAS_KWH_PER_M3
from simulators.building_plan import KINDS
from simulators.durable import write_whole
from simulators.effect import Episode
from simulators.episodes import WINDOW_S
from simulators.grid import DAY_S, Day
from simulators.lighting_plan import DIM_FROM, DIM_TO, OFF_PEAK_FROM, OFF_PEAK_TO
from simulators.lookalike.switch_off_order import OFF_FROM, OFF_TO
from simulators.rhythm import SCHOOL_HOLIDAYS_ZONE_A
from simulators.rounds import PLAN, SECTORS, START_HOUR, STREAMS, Round, RoundBook
from simulators.town import Town

# What people announce: effects that a town knows beforehand, and what it calls them.
ANNOUNCED = {
    "market_day": "fair",
    "meter_swap": "meter_swap",
    "planned_restart": "planned_restart",
    "roadworks": "roadworks",
}

NOTICE_GIVEN = timedelta(days=7)
CALIBRATED_FOR = timedelta(days=3 * 365)  # what certificates of carbon dioxide sensors state
# [s] between messages by a device's model before everything reports (as `Day.is_full` has it).
INTERVAL_BEFORE_S = {
    **dict.fromkeys(("compteur-armoire", "elec", "eau", "gaz", "chaleur", "station"), 3600),
    "passerelle": 3 * 3600,
}
# When people are in: hours and weekdays, as `building_plan.presence_of` lets them come and go.
OPENING = {
    "mairie": ("07:30", "19:00", (0, 1, 2, 3, 4)),
    "gymnase": ("08:00", "22:00", (0, 1, 2, 3, 4, 5, 6)),
    "mediatheque": ("09:30", "18:30", (1, 2, 4, 5)),
    "creche": ("07:00", "18:30", (0, 1, 2, 3, 4)),
    "salle": ("13:00", "23:48", (4, 5, 6)),
}


class Schedule(msgspec.Struct, frozen=True):
    """A window of an asset on some weekdays (Monday 0), local time `HH:MM`, over midnight where `from_hour` is later.

    `kind` is switch_off, dimming or opening; `level` 0 to 1 is what remains. Valid from a date to a date (not
    included), or on.
    """

    asset: str
    kind: str
    from_hour: str
    to_hour: str
    level: float
    valid_from: date
    valid_to: date | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


class Tariff(msgspec.Struct, frozen=True):
    """A price, in euros per unit without tax, of a use; off-peak hours are local, and absent where there are none."""

    energy: str
    use: str
    unit: str
    price_eur: float
    valid_from: date
    valid_to: date | None = None
    off_peak_price_eur: float | None = None
    off_peak_from_hour: str | None = None
    off_peak_to_hour: str | None = None


class Factor(msgspec.Struct, frozen=True):
    """A dated number that turns one amount into another, with where it was read."""

    factor: str
    value: float
    unit: str
    source: str
    valid_from: date
    valid_to: date | None = None


class CollectionPlan(msgspec.Struct, frozen=True):
    """The fixed plan of a sector and stream: weekdays (Monday 0) every so many weeks, counted from `first_on`.

    What one round takes lies between low and high.
    """

    sector: str
    waste_stream: str
    weekdays: tuple[int, ...]
    every_weeks: int
    first_on: date
    start_hour: str
    distance_low_km: float
    distance_high_km: float
    duration_low_h: float
    duration_high_h: float
    cost_low_eur: float
    cost_high_eur: float


class RoundDone(msgspec.Struct, frozen=True):
    """A round as the contractor declares it."""

    sector: str
    waste_stream: str
    started_at: datetime
    ended_at: datetime
    source: str = "declared"


class Project(msgspec.Struct, frozen=True):
    """What was invested where, and when it began to act; the baseline is the metered period before."""

    slug: str
    name: str
    domain: str
    assets: tuple[str, ...]
    started_on: date
    baseline_from: date
    baseline_to: date
    cost_eur: float


class Notice(msgspec.Struct, frozen=True):
    """Something announced: a fair, roadworks, a meter swapped, a gateway restarted. No asset: the whole town."""

    kind: str
    asset: str | None
    from_at: datetime
    to_at: datetime


class SendingInterval(msgspec.Struct, frozen=True):
    """How often the devices of a model sent in a span, where it was not as often as they are registered with [s]."""

    profile: str
    interval_s: int
    valid_from: datetime
    valid_to: datetime


class Reference(msgspec.Struct, frozen=True):
    """All of it for one town, known at `known_at`; what is announced is known a week before, nothing else is."""

    territory: str
    known_at: datetime
    latitude: float
    longitude: float
    time_zone: str
    school_holidays: tuple[tuple[date, date], ...]
    schedules: tuple[Schedule, ...]
    tariffs: tuple[Tariff, ...]
    factors: tuple[Factor, ...]
    collection_plans: tuple[CollectionPlan, ...]
    rounds_done: tuple[RoundDone, ...]
    projects: tuple[Project, ...]
    notices: tuple[Notice, ...]
    intervals: tuple[SendingInterval, ...]


def write_reference(path: Path, town: Town, known_at: datetime) -> None:
    """Write the reference data as JSON, whole or not at all."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(reference_of(town, known_at)), indent=1))


def reference_of(town: Town, known_at: datetime) -> Reference:
    """Say what the town's people have written down by an instant."""
    setting = town.setting
    known_s = int((known_at + NOTICE_GIVEN).timestamp())
    episodes = [episode for episode in town.episodes(setting.history_s, known_s) if episode.start_s < known_s]
    return Reference(
        territory=town.slug,
        known_at=known_at,
        latitude=setting.latitude,
        longitude=setting.longitude,
        time_zone=town.territory.time_zone,
        school_holidays=tuple(SCHOOL_HOLIDAYS_ZONE_A),
        schedules=tuple([*schedules(town), *orders(episodes), *openings(town)]),
        tariffs=tuple(tariffs(town)),
        factors=tuple(factors(day_of(setting.history_s))),
        collection_plans=tuple(plans(town)),
        rounds_done=tuple(declared(drawn_rounds(town, known_at), known_at)),
        projects=tuple(projects(town)),
        notices=(*notices(episodes), *certificates(town, known_at)),
        intervals=tuple(intervals(town)),
    )


def schedules(town: Town) -> Iterable[Schedule]:
    """Give the council's switch-off and dimming hours of each cabinet, from its renovation on."""
    plan = town.run.lighting.plan
    for index in range(plan.n_cabinets):
        slug, since = f"armoire-{index + 1:02d}", day_of(int(plan.renovated_s[index]))
        if plan.off_from[index] != plan.off_to[index]:
            hours = clock(plan.off_from[index]), clock(plan.off_to[index])
            yield Schedule(slug, "switch_off", *hours, 0.0, since)
        if plan.dim_level[index] < 1:
            level = round(float(plan.dim_level[index]), 2)
            yield Schedule(slug, "dimming", clock(DIM_FROM), clock(DIM_TO), level, since)


def intervals(town: Town) -> Iterable[SendingInterval]:
    """Say how often meters, the weather station and gateways sent in the metered past, when nothing else did."""
    setting = town.setting
    if setting.history_s == setting.start_s:
        return
    span = datetime.fromtimestamp(setting.history_s, UTC), datetime.fromtimestamp(setting.start_s, UTC)
    for model in sorted({device.model for device in town.devices} & INTERVAL_BEFORE_S.keys()):
        yield SendingInterval(model, INTERVAL_BEFORE_S[model], *span)


def openings(town: Town) -> Iterable[Schedule]:
    """Give the opening hours of the public buildings that keep the same week all year; a school does not."""
    since = day_of(town.setting.history_s)
    buildings = [asset for asset in town.run.building.assets if asset.type == "building"]
    for asset, kind in zip(buildings, town.run.building.plan.kinds.tolist(), strict=True):
        if KINDS[kind][0] in OPENING:
            from_hour, to_hour, weekdays = OPENING[KINDS[kind][0]]
            yield Schedule(asset.slug, "opening", from_hour, to_hour, 1.0, since, None, weekdays)


def orders(episodes: Iterable[Episode]) -> Iterable[Schedule]:
    """Give the temporary switch-off orders."""
    for episode in episodes:
        if episode.kind == "switch_off_order":
            since, until = day_of(episode.start_s), day_of(episode.end_s) + timedelta(days=1)
            yield Schedule(episode.asset, "switch_off", clock(OFF_FROM), clock(OFF_TO), 0.0, since, until)


def tariffs(town: Town) -> Iterable[Tariff]:
    """Give prices by calendar year, dearer from one to the next, with cheap nights for electricity."""
    draws = town.setting.chance.of("tariffs")
    first = day_of(town.setting.history_s).year
    power, gas, heat, water = 0.17 * draws.uniform(0.9, 1.1), 0.95, 0.085, 2.1
    for year in range(first, first + 6):
        span = date(year, 1, 1), date(year + 1, 1, 1)
        for use in ("lighting", "building"):
            price, low = round(power, 4), round(0.72 * power, 4)
            yield Tariff("electricity", use, "kW.h", price, *span, low, clock(OFF_PEAK_FROM), clock(OFF_PEAK_TO))
        yield Tariff("gas", "building", "m3", round(gas, 3), *span)
        yield Tariff("heat", "building", "kW.h", round(heat, 4), *span)
        yield Tariff("water", "building", "m3", round(water, 2), *span)
        power, gas, heat, water = (price * draws.uniform(0.97, 1.13) for price in (power, gas, heat, water))


def factors(since: date) -> Iterable[Factor]:
    """Give what the town's bills and its contractor say."""
    yield Factor("gas_heating_value", GAS_KWH_PER_M3, "kW.h/m3", "gas bills", since)
    yield Factor("collection_fuel_low", 0.5, "L/km", "the contractor's fleet", since)
    yield Factor("collection_fuel_high", 0.7, "L/km", "the contractor's fleet", since)


def plans(town: Town) -> Iterable[CollectionPlan]:
    """Give the fixed collection plan of each sector and stream, and what one of its rounds takes."""
    draws = town.setting.chance.of("rounds' amounts")
    monday = day_of(town.setting.history_s) - timedelta(days=day_of(town.setting.history_s).weekday())
    for index, sector in enumerate(SECTORS):
        for stream in STREAMS:
            weekdays, every_weeks = PLAN[stream]
            shifted = tuple(sorted((weekday + index) % 7 for weekday in weekdays))
            first = monday
            while (first.toordinal() - date(1970, 1, 1).toordinal() + 3) // 7 % every_weeks != index % every_weeks:
                first += timedelta(days=7)
            km, hours = float(draws.uniform(25, 60)), float(draws.uniform(3.5, 6.5))
            ranges = [round(share * mean, 1) for mean in (km, hours, 62 * hours) for share in (0.9, 1.1)]
            yield CollectionPlan(sector, stream, shifted, every_weeks, first, clock(START_HOUR[stream]), *ranges)


def drawn_rounds(town: Town, until: datetime) -> list[Round]:
    """Draw the rounds from the town's first day to an instant, driven or not."""
    book = RoundBook(town.setting.chance)
    for start_s in range(town.setting.history_s, int(until.timestamp()), DAY_S):
        book.advance(Day(start_s, start_s >= town.setting.start_s))
    return book.rounds


def declared(rounds: Iterable[Round], known_at: datetime) -> Iterable[RoundDone]:
    """Give the rounds that were written down."""
    for entry in rounds:
        ended_at = datetime.fromtimestamp(entry.end_s, UTC)
        if entry.is_declared and ended_at <= known_at:
            started_at = datetime.fromtimestamp(entry.start_s, UTC)
            yield RoundDone(SECTORS[entry.sector], STREAMS[entry.stream], started_at, ended_at)


def projects(town: Town) -> Iterable[Project]:
    """Give one lighting project per cabinet, and the collection project."""
    plan, draws = town.run.lighting.plan, town.setting.chance.of("costs")
    year = timedelta(days=365)
    for index in range(plan.n_cabinets):
        renovated = day_of(int(plan.renovated_s[index]))
        n_new = int(((plan.new_w < 0.9 * plan.old_w) & (plan.lamp_cabinet == index)).sum())
        cost = round(float(620 * n_new * draws.uniform(0.85, 1.2) + 1800))
        name, assets = f"Rénovation de l'armoire {index + 1}", (f"armoire-{index + 1:02d}",)
        slug = f"eclairage-{index + 1:02d}"
        yield Project(slug, name, "lighting", assets, renovated, renovated - year, renovated, cost)
    start = day_of(town.setting.start_s)
    containers = tuple(asset.slug for asset in town.assets if asset.type == "waste_container")
    cost = round(140.0 * len(containers))
    yield Project("collecte", "Collecte à la demande", "waste", containers, start, start - year, start, cost)


def notices(episodes: Iterable[Episode]) -> Iterable[Notice]:
    """Give what is announced."""
    for episode in episodes:
        if episode.kind in ANNOUNCED:
            span = datetime.fromtimestamp(episode.start_s, UTC), datetime.fromtimestamp(episode.end_s, UTC)
            yield Notice(ANNOUNCED[episode.kind], episode.asset or None, *span)


def certificates(town: Town, known_at: datetime) -> Iterable[Notice]:
    """Give the calibrations that run out, from a month before on, and the new ones."""
    known_s = int(known_at.timestamp())
    for episode in town.episodes(town.setting.history_s, known_s + WINDOW_S):
        if episode.kind == "calibration_due" and episode.precursor_s <= known_s:
            due_at, done_at = (datetime.fromtimestamp(at_s, UTC) for at_s in (episode.start_s, episode.end_s))
            yield Notice("calibration", episode.asset, due_at - CALIBRATED_FOR, due_at)
            if done_at <= known_at:
                yield Notice("calibration", episode.asset, done_at, done_at + CALIBRATED_FOR)


def clock(hour: float) -> str:
    """Write an hour as HH:MM."""
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"


def day_of(at_s: int) -> date:
    """Give the UTC date of an instant."""
    return datetime.fromtimestamp(at_s, UTC).date()
