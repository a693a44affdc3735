"""A sensor that has begun to jump about: a loose contact, a wet probe, a disturbed radar.

A parking bay: six times the changes that its rhythm and its street lead to expect (`analytics.parking.faulty`). Any
other sensor of something slow: the middle of what it moves within an hour has been four times the most of the month
that ended two weeks ago, for two days. The middle of a day's hours is not moved by some hours of heating or of a crowd.
What lasts for two weeks becomes usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.maintenance import Hint, Span, Verdict, absent
from analytics.maintenance.faulty_bays import Bay, Bays, find_bays, read_bays, spoke_last
from analytics.sentence import french_number, local_day, local_day_fr, lowered, number, spaced
from sensors.unit_sign import sign_of
from store.inputs import Connection, Window
from store.series_days import SeriesDays, Spreads, read_spreads

SLOW = (
    *("temperature", "relative_humidity", "co2", "air_temperature", "air_pressure", "water_pressure", "level"),
    *("bearing_temperature", "displacement", "strain"),
)
TIMES = 4.0
N_DAYS, LEAST_KNOWN = 2, 14
SPEAKS = timedelta(days=2)
REACH, OLD = timedelta(days=44), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Days of all bays, and the hourly spreads of all sensors of something slow."""

    bays: Bays
    spreads: Sequence[Spreads]


@dataclass(frozen=True, slots=True)
class Noise:
    """What is told of one sensor: since when, how many times as much as usual, and the numbers in words."""

    series: SeriesDays | Spreads
    since: datetime
    times: float
    words_en: str
    words_fr: str


def read(connection: Connection, window: Window) -> Inputs:
    """Read what is judged."""
    return Inputs(read_bays(connection, window), read_spreads(connection, window, SLOW))


def tell(inputs: Inputs, span: Span) -> list[Verdict]:
    """Judge each sensor at each midnight; `score` is how many times as much as usual it moves."""
    verdicts = []
    for part in span.parts():
        verdicts += [
            judge_bay(bay, found is not None, part) for bay, found in find_bays(inputs.bays, "chattering", part)
        ]
        verdicts += [judge(one, part) for one in inputs.spreads]
    return verdicts


def judge_bay(bay: Bay, is_chattering: bool, span: Span) -> Verdict:
    """Say of a bay how often it changed on the last day, and usually does."""
    series, changes = bay.series, bay.days.n_changes
    if not is_chattering:
        return absent(series, span, False if spoke_last(bay) else None)
    usual = sorted(changes)[len(changes) // 2]
    return present(
        Noise(
            series,
            span.begins_at,
            changes[-1] / max(usual, 1),
            f"changed {changes[-1]} times on the last day; {usual} is usual",
            f"a changé {changes[-1]} fois le dernier jour ; d'habitude {usual}",
        ),
        span,
    )


def judge(series: Spreads, span: Span) -> Verdict:
    """Compare what a sensor moved within the hours of the last days with the weeks before."""
    rows = zip(series.days, series.spreads, strict=True)
    known = [(day, spread) for day, spread in rows if span.ends_at - REACH <= day < span.ends_at]
    before, last = [spread for day, spread in known if day < span.ends_at - OLD], known[-N_DAYS:]
    usual = max(before, default=0.0)
    if len(before) < LEAST_KNOWN or usual <= 0 or span.ends_at - last[-1][0] > SPEAKS:
        return absent(series, span, None)
    now = min(spread for _, spread in last)
    if now < TIMES * usual:
        return absent(series, span, False if last[-1][1] <= usual else None)
    sign = spaced(sign_of(series.unit))
    moves, most = number(now), number(usual)
    return present(
        Noise(
            series,
            last[0][0],
            now / usual,
            f"{lowered(series.quantity_en)} moves by {moves}{sign} within an hour; at most {most}{sign} is usual",
            f"{lowered(series.quantity_fr)} bouge de {french_number(moves)}{sign} en une heure ; d'habitude"
            f" {french_number(most)}{sign} au plus",
        ),
        span,
    )


def present(noise: Noise, span: Span) -> Verdict:
    """Say how much a sensor jumps about."""
    return Verdict(
        noise.series.asset_id,
        span.ends_at,
        True,
        noise.since,
        score=noise.times,
        severity="warning",
        sentence_en=(
            f"{noise.series.name}: {noise.words_en}. Since {local_day(noise.since, span.time_zone)}."
            " To do: check contacts, cable and place of the sensor."
        ),
        sentence_fr=(
            f"{noise.series.name} : {noise.words_fr}. Depuis le {local_day_fr(noise.since, span.time_zone)}."
            " À faire : contrôler les contacts, le câble et l'emplacement du capteur."
        ),
        evidence={
            "times_usual": round(noise.times, 2),
            "curve_from": (span.ends_at - timedelta(days=14)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
        device_id=noise.series.device_id,
        series_id=noise.series.series_id,
    )


HINT = Hint(
    name="noisy_value",
    asset_types=(),
    rhythm="day",
    reach=REACH,
    version="1",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
