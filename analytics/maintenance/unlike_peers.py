"""Something that has left its company while the others stayed: a lamp against its cabinet, a bay against its street.

A lamp's highest power of each day (over its dimming level, where it tells one: which of them a lamp sends falls into
the dimmed hours changes with the season) over its own usual one is compared with the middle of its cabinet (five lamps
at least): a quarter away for three days in a row is another lamp, a wrong dimming or a failing driver. What all do
together (dimming, an order, mains voltage) cancels out; a dark lamp is told by `dead_lamp`. A bay whose share of time
occupied has left that of its zone for a week (`analytics.parking.faulty`) sees badly. Rooms and thermometers are told
by `sensor_drift`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from analytics.maintenance import Hint, Span, Verdict, absent
from analytics.maintenance.faulty_bays import Bay, Bays, find_bays, read_bays
from analytics.sentence import local_day, local_day_fr
from store.inputs import Connection, Window
from store.series_days import SeriesDays, read_series_days

APART, NEAR = 0.25, 0.1
DARK = 0.1
LEAST_DIMMING = 10.0  # percent: below, the standing losses of the gear are most of the power
N_DAYS, LEAST_KNOWN, LEAST_PEERS = 3, 10, 5
SPEAKS = timedelta(days=2)
REACH = timedelta(days=35)
OLD = timedelta(days=7)  # what is usual is from before that


@dataclass(frozen=True, slots=True)
class Inputs:
    """Days of all bays, and of the power and dimming level of all lamps."""

    bays: Bays
    lamps: Sequence[SeriesDays]
    dimming: Sequence[SeriesDays] = ()


@dataclass(frozen=True, slots=True)
class Lamp:
    """The days of a lamp's power, and its highest power of each [W] as it would be without dimming."""

    power: SeriesDays
    highs: tuple[float, ...]


def read(connection: Connection, window: Window) -> Inputs:
    """Read what is judged."""
    of_lamps = Window(window.territory_id, ("street_light",), window.begins_at, window.ends_at)
    power = read_series_days(connection, of_lamps, ("active_power",))
    return Inputs(read_bays(connection, window), power, read_series_days(connection, of_lamps, ("dimming_level",)))


def tell(inputs: Inputs, span: Span) -> list[Verdict]:
    """Judge at each midnight; `score` is the distance over the smallest that counts."""
    families: dict[int, list[Lamp]] = {}
    dimming = {one.asset_id: dict(zip(one.days, one.highs, strict=True)) for one in inputs.dimming}
    for power in inputs.lamps:
        if power.parent_id is not None:
            families.setdefault(power.parent_id, []).append(Lamp(power, undimmed(power, dimming.get(power.asset_id))))
    verdicts = []
    for part in span.parts():
        verdicts += [judge_bay(bay, found is not None, part) for bay, found in find_bays(inputs.bays, "drifted", part)]
        verdicts += [verdict for family in families.values() for verdict in judge_family(family, part)]
    return verdicts


def undimmed(power: SeriesDays, dimming: Mapping[datetime, float] | None) -> tuple[float, ...]:
    """Give the highest power of each day as it would be without dimming; 0 on days without light."""
    if dimming is None:
        return power.highs
    levels = (dimming.get(day, 0.0) for day in power.days)
    rows = zip(power.highs, levels, strict=True)
    return tuple(high / (level / 100) if level >= LEAST_DIMMING else 0.0 for high, level in rows)


def judge_family(family: Sequence[Lamp], span: Span) -> Iterable[Verdict]:
    """Compare each lamp of a cabinet with the others."""
    levels = {lamp.power.series_id: levels_of(lamp, span.ends_at) for lamp in family}
    by_day: dict[datetime, list[float]] = {}
    for own in levels.values():
        for day, level in own.items():
            by_day.setdefault(day, []).append(level)
    company = {day: median(found) for day, found in by_day.items() if len(found) > LEAST_PEERS}
    for lamp in (one.power for one in family):
        own = levels[lamp.series_id]
        apart = [(day, own[day] / company[day] - 1) for day in sorted(own) if company.get(day, 0.0) > DARK]
        yield judge_lamp(lamp, apart, span)


def levels_of(lamp: Lamp, at: datetime) -> dict[datetime, float]:
    """Give a lamp's highest power of each of the last days over its usual one."""
    known = lamp.power.before(at, at - REACH)
    rows = list(zip(lamp.power.days[known], lamp.highs[known], strict=True))
    highest = max((high for day, high in rows if day < at - OLD), default=0.0)
    old = [high for day, high in rows if day < at - OLD and high > DARK * highest]  # nights on which it burned
    usual = median(old) if len(old) >= LEAST_KNOWN else 0.0
    if usual <= 0:
        return {}
    return {day: high / usual for day, high in rows if day >= at - OLD and high > DARK * usual}


def judge_lamp(lamp: SeriesDays, apart: Sequence[tuple[datetime, float]], span: Span) -> Verdict:
    """Say whether a lamp has left its company for days."""
    last = [distance for _, distance in apart[-N_DAYS:]]
    if len(last) < N_DAYS or span.ends_at - apart[-1][0] > SPEAKS:
        return absent(lamp, span, None)
    nearest = min(last, key=abs)
    if abs(nearest) < APART or min(last) * max(last) < 0:
        return absent(lamp, span, False if abs(last[-1]) < NEAR else None)
    percent = f"{100 * abs(nearest):.0f}"
    word_en, word_fr = ("more", "de plus") if nearest > 0 else ("less", "de moins")
    return present(
        lamp,
        (apart[-N_DAYS][0], abs(nearest) / APART),
        f"takes {percent} % {word_en} power than its cabinet's other lamps lead to expect; at most 25 % is usual."
        " To do: check lamp, driver and dimming.",
        f"prend {percent} % {word_fr} de puissance que ne le laissent attendre les autres lampes de son armoire ;"
        " d'habitude 25 % au plus. À faire : contrôler la lampe, le driver et la gradation.",
        span,
    )


def judge_bay(bay: Bay, is_apart: bool, span: Span) -> Verdict:
    """Say whether a bay has left its street."""
    if not is_apart:
        return absent(bay.series, span, False if bay.days.days else None)
    occupied, free = sum(bay.days.occupied_s[-7:]), sum(bay.days.free_s[-7:])
    percent = f"{100 * occupied / max(occupied + free, 1.0):.0f}"
    return present(
        bay.series,
        (span.ends_at - timedelta(days=7), 1.0),
        f"occupied for {percent} % of the week, 40 points and more away from what its street and its own past say."
        " To do: look at the bay; calibrate or change the sensor.",
        f"occupée {percent} % de la semaine, à 40 points et plus de ce que disent sa rue et son propre passé."
        " À faire : aller voir la place ; étalonner ou changer le capteur.",
        span,
    )


def present(series: SeriesDays, since: tuple[datetime, float], english: str, french: str, span: Span) -> Verdict:
    """Say what has left its company, since when and how far."""
    since_at, score = since
    return Verdict(
        series.asset_id,
        span.ends_at,
        True,
        since_at,
        score=score,
        severity="warning",
        sentence_en=f"{series.name}: since {local_day(since_at, span.time_zone)} {english}",
        sentence_fr=f"{series.name} : depuis le {local_day_fr(since_at, span.time_zone)}, {french}",
        evidence={
            "times_limit": round(score, 2),
            "curve_from": (span.ends_at - REACH).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
        device_id=series.device_id,
        series_id=series.series_id,
    )


HINT = Hint(
    name="unlike_peers",
    asset_types=("street_light", "parking_bay"),
    rhythm="day",
    reach=REACH,
    version="1",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
