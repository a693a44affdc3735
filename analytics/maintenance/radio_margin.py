"""A LoRa device that is hardly heard any more: it will fall silent.

The margin is what a day's signal has left above the lowest at which the slowest rate (spreading factor 12, 125 kHz) is
still received: -20 dB of signal to noise and -137 dBm (Semtech SX1276 data sheet: demodulator SNR, sensitivity),
whichever is nearer. A network with adaptive rate goes there before it loses the device; a device that is set to a
faster rate falls silent earlier, by 2.5 dB for each factor. It is there below 5 dB over five days, or where the trend
ends it within thirty days: below 10 dB (what networks keep in reserve) that of thirty days, above it that of fourteen
if it took 8 dB, as an antenna that comes loose does and cars, leaves and weather do not; gone from 10 dB on otherwise.
What fell from one day to the next and has stood since, as after a device was moved, is no trend.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.battery_low import pace_of
from analytics.maintenance.gauges import Floats
from analytics.sentence import french_number, local_day, local_day_fr
from analytics.spread import spread_of_steps
from store.series_days import SeriesDays, read_series_days

REACH = timedelta(days=30)
FLOOR_BY_QUANTITY = {"snr": -20.0, "rssi": -137.0}  # dB, dBm
THIN_DB, RESERVE_DB = 5.0, 10.0
STEEP_DB = 8.0
N_LAST, LEAST_TREND_DAYS = 5, 14
AHEAD_DAYS = 30.0  # no farther than was looked back
N_STEP, STEP_SHARE = 3, 0.75
SURE = 4.0  # times what a day differs from the next, that a trend must have taken in all
URGENT_DB = 2.0
SPEAKS = timedelta(days=3)
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Link:
    """A device's days: numbers of days since 1970, margin [dB], and the series that it was taken from last."""

    series: SeriesDays
    days: Floats
    margin: Floats

    def last(self, n_days: int) -> "Link":
        """Give its last days alone."""
        return replace(self, days=self.days[-n_days:], margin=self.margin[-n_days:])


def tell(series: Sequence[SeriesDays], span: Span) -> list[Verdict]:
    """Judge each device that tells signal to noise each midnight; `score` is what is, or will be, missing of 10 dB."""
    by_device: dict[int, dict[str, SeriesDays]] = {}
    for one in series:
        if one.device_id is not None and one.channel == "":
            by_device.setdefault(one.device_id, {})[one.quantity] = one
    lora = [own for own in by_device.values() if "snr" in own]
    return [judge(link_of(own, part), part) for part in span.parts() for own in lora]


def link_of(own: Mapping[str, SeriesDays], span: Span) -> Link:
    """Give the smaller margin of each day on which signal to noise is known."""
    margins: dict[float, float] = {}
    for quantity, floor in FLOOR_BY_QUANTITY.items():
        if quantity not in own:
            continue
        one = own[quantity]
        known = one.before(span.ends_at, span.ends_at - REACH)
        for day, mean in zip(one.days[known], one.means[known], strict=True):
            at = day.timestamp() / DAY_S
            if quantity == "snr" or at in margins:
                margins[at] = min(margins.get(at, np.inf), mean - floor)
    days = sorted(margins)
    return Link(own["snr"], np.array(days), np.array([margins[day] for day in days]))


def judge(link: Link, span: Span) -> Verdict:
    """Look at a device's last days, and where they lead."""
    now_days = span.ends_at.timestamp() / DAY_S
    if link.days.size < N_LAST or now_days - link.days[-1] > SPEAKS / timedelta(days=1):
        return verdict(link, span, None)
    now = float(np.median(link.margin[-N_LAST:]))
    left = days_left(link, now, 1.0) if now < RESERVE_DB else days_left(link.last(LEAST_TREND_DAYS), now, STEEP_DB)
    if now >= THIN_DB and left is None:
        return verdict(link, span, False if now >= RESERVE_DB else None)
    return present(link, now, left, span)


def days_left(link: Link, now: float, least_fall_db: float) -> float | None:
    """Give the days until the margin is used up at the pace of its days; None where it does not fall, or slowly."""
    if link.days.size < LEAST_TREND_DAYS:
        return None
    pace, fall = pace_of(link.days, link.margin)
    scatter = spread_of_steps(link.margin)
    if pace <= 0 or fall < max(SURE * scatter, least_fall_db) or has_stepped(link, SURE * scatter):
        return None
    left = max(now, 0.0) / pace
    return left if left <= AHEAD_DAYS else None


def has_stepped(link: Link, limit_db: float) -> bool:
    """Say whether the days are best split in two where most of their difference came at once, and fall no more."""
    places = range(N_LAST, link.days.size - N_LAST + 1)
    place = min(places, key=lambda one: spread_of(link.margin[:one]) + spread_of(link.margin[one:]))
    before, after = link.margin[:place], link.margin[place:]
    apart = float(np.median(before) - np.median(after))
    at_once = float(np.median(before[-N_STEP:]) - np.median(after[:N_STEP]))
    falls = pace_of(link.days[place:], after)[1]
    return apart >= limit_db and at_once >= STEP_SHARE * apart and falls < limit_db


def spread_of(margin: Floats) -> float:
    """Sum up how far days lie from their middle [dB]."""
    return float(np.abs(margin - np.median(margin)).sum())


def verdict(link: Link, span: Span, is_present: bool | None) -> Verdict:
    """Say that it is not there, or not known."""
    return Verdict(link.series.asset_id, span.ends_at, is_present, span.begins_at, device_id=link.series.device_id)


def reserve_words(margin_db: float) -> tuple[str, str]:
    """Say how far a signal is from the weakest that is still received, in English and French."""
    margin = f"{abs(margin_db):.1f}"
    if margin_db <= 0:
        return (
            f"{margin} dB below the weakest that is surely received: messages are being lost",
            f"est {french_number(margin)} dB sous le plus faible reçu à coup sûr : des messages se perdent",
        )
    if margin_db >= RESERVE_DB:
        return (
            f"still {margin} dB above the weakest that is received, but falls fast",
            f"est encore à {french_number(margin)} dB du plus faible reçu, mais baisse vite",
        )
    return (
        f"only {margin} dB above the weakest that is still received",
        f"n'est plus qu'à {french_number(margin)} dB du plus faible encore reçu",
    )


def present(link: Link, now: float, left: float | None, span: Span) -> Verdict:
    """Say how little is left, and until when it will do."""
    above = np.flatnonzero(link.margin >= RESERVE_DB)
    first = int(above[-1]) + 1 if above.size else 0
    since = datetime.fromtimestamp(float(link.days[min(first, link.days.size - 1)]) * DAY_S, UTC)
    where_en, where_fr = reserve_words(now)
    day = None if left is None or now <= 0 else span.ends_at + timedelta(days=left)
    by_en = "" if day is None else f"; at this pace it falls silent by {local_day(day, span.time_zone)}"
    by_fr = "" if day is None else f" ; à ce rythme il se taira d'ici le {local_day_fr(day, span.time_zone)}"
    is_urgent = now < URGENT_DB or (left is not None and left <= 7)
    return Verdict(
        link.series.asset_id,
        span.ends_at,
        True,
        since,
        score=max(RESERVE_DB - now, 0.0 if left is None else RESERVE_DB * (1 - left / AHEAD_DAYS)),
        severity="urgent" if is_urgent else "warning",
        sentence_en=(
            f"{link.series.name}: its signal is {where_en} ({RESERVE_DB:.0f} dB should be kept){by_en}."
            " To do: check its antenna and what stands before it, move it or add a gateway before it is lost."
        ),
        sentence_fr=(
            f"{link.series.name} : son signal {where_fr} ({RESERVE_DB:.0f} dB de réserve conseillés){by_fr}."
            " À faire : contrôler son antenne et ce qui la masque, le déplacer ou ajouter une passerelle avant de le"
            " perdre."
        ),
        evidence={
            "margin_db": round(now, 2),
            "reserve_db": RESERVE_DB,
            "days_left": None if left is None else round(left, 1),
            "quantity": "snr",
            "curve_from": (span.ends_at - REACH).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
        device_id=link.series.device_id,
    )


HINT = Hint(
    name="radio_margin",
    asset_types=(),
    rhythm="day",
    reach=REACH,
    version="2",
    read=partial(read_series_days, quantities=tuple(FLOOR_BY_QUANTITY)),
    tell=tell,
    stride=timedelta(days=28),
)
