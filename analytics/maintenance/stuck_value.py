"""A sensor that says the same thing although what it measures moves.

A parking bay: no car came or went for days in which many should have (`analytics.maintenance.faulty_bays`). Any other
sensor of something that never stands still (air, water, temperatures, walls): not one other value for two days and
more, where no day of the four weeks before was without a change. What is switched or commanded is left out: a boiler
rests in summer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.maintenance import Hint, Span, Verdict, absent
from analytics.maintenance.faulty_bays import Bays, judge_bays, read_bays
from analytics.sentence import french_number, local_day, local_day_fr, lowered, number, spaced
from sensors.unit_sign import sign_of
from store.inputs import Connection, Window
from store.series_days import SeriesDays, read_series_days

NATURAL = (
    *("temperature", "relative_humidity", "co2", "air_temperature", "air_pressure", "water_pressure", "level"),
    *("container_temperature", "bearing_temperature", "displacement", "strain", "sound_level", "wind_speed"),
)
LEAST_VALUES = 8  # of a day, for it to tell anything
LEAST_RUN, LEAST_KNOWN = 2, 14  # days
SPEAKS = timedelta(days=2)
REACH = timedelta(days=42)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Days of all bays, and of all sensors of what never stands still."""

    bays: Bays
    series: Sequence[SeriesDays]


def read(connection: Connection, window: Window) -> Inputs:
    """Read what is judged."""
    return Inputs(read_bays(connection, window), read_series_days(connection, window, NATURAL))


def tell(inputs: Inputs, span: Span) -> list[Verdict]:
    """Judge each sensor at each midnight; `score` is the number of days without a change."""
    verdicts: list[Verdict] = []
    for part in span.parts():
        verdicts += judge_bays(inputs.bays, part)
        verdicts += (judge(one, part) for one in inputs.series)
    return verdicts


def judge(series: SeriesDays, span: Span) -> Verdict:
    """Count the last days on which nothing but one value came."""
    known = series.before(span.ends_at, span.ends_at - REACH)
    rows = zip(series.days[known], series.counts[known], series.lows[known], series.highs[known], strict=True)
    days = [(day, low, high) for day, n, low, high in rows if n >= LEAST_VALUES]
    if not days or span.ends_at - days[-1][0] > SPEAKS:
        return absent(series, span, None)
    value = days[-1][1]
    n_still = next((n for n, (_, *bounds) in enumerate(reversed(days)) if bounds != [value, value]), len(days))
    before = days[: len(days) - n_still]
    if n_still < LEAST_RUN or len(before) < LEAST_KNOWN or any(low == high for _, low, high in before):
        return absent(series, span, False if n_still == 0 else None)
    since = days[-n_still][0]
    return present(series, span, since, (round((days[-1][0] - since) / timedelta(days=1)) + 1, value))


def present(series: SeriesDays, span: Span, since: datetime, still: tuple[int, float]) -> Verdict:
    """Say since when, and for how many days, a sensor has been saying which value."""
    n_days, value = still
    sign = sign_of(series.unit)
    said = f"{number(value)}{spaced(sign)}"
    return Verdict(
        series.asset_id,
        span.ends_at,
        True,
        since,
        score=float(n_days),
        severity="warning",
        sentence_en=(
            f"{series.name}: {lowered(series.quantity_en)} has been exactly {said} since"
            f" {local_day(since, span.time_zone)} ({n_days} days); it moved every day before."
            " To do: check the sensor and its wiring; restart or change it."
        ),
        sentence_fr=(
            f"{series.name} : {lowered(series.quantity_fr)} à exactement {french_number(said)} depuis le"
            f" {local_day_fr(since, span.time_zone)} ({n_days} jours) ; la valeur changeait chaque jour"
            " auparavant."
            " À faire : contrôler le capteur et son câblage ; le redémarrer ou le changer."
        ),
        evidence={
            "n_days": n_days,
            "value": value,
            "curve_from": (span.ends_at - timedelta(days=28)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
        device_id=series.device_id,
        series_id=series.series_id,
    )


HINT = Hint(
    name="stuck_value",
    asset_types=(),
    rhythm="day",
    reach=REACH,
    version="1",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
