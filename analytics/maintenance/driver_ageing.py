"""A lamp whose control gear (driver, ballast) ages: its power factor falls and it draws more than it did.

Looked at are the highest power factor and the highest power of each civil day, which is full light or what comes
nearest to it, against the lamp's own good days of three months (the ninetieth percentile of the power factor, the
tenth of the power) and then against the same ratio of the other lamps of its cabinet, which takes out mains, season
and dimming. An electrolytic capacitor that dries out loses capacity and gains resistance: the power factor falls and
losses rise together. It is there where for three days on end the power factor is at 92 % of what it should be and
power at 103 %, or the power factor alone at 85 % (a compensation capacitor); gone above 96 %. Names follow object
3416 of OMA and uCIFI (power factor, control gear failure).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.power_factor import N_DAYS, REACH, Lamp, evidence_of, first_fallen, judge_lamps, read
from analytics.sentence import french_number, local_day, local_day_fr, number
from store.gauge_hours import GaugeHours

AGED, AGED_ALONE, SOUND = 0.92, 0.85, 0.96
DRAWS_MORE = 1.03
SPENT = 0.75


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each lamp at each midnight; `score` is how far its power factor fell, in tenths of what it was."""
    return judge_lamps(rows, span, judge)


def judge(own: Lamp, span: Span) -> Verdict:
    """Look at a lamp's last days."""
    unknown = Verdict(own.lamp.asset_id, span.ends_at, None, span.begins_at)
    if not own.is_known(span.ends_at):
        return unknown
    if first_fallen(own.factor_ratio, own.power_ratio) is not None:
        return unknown
    is_aged = ((own.factor_ratio <= AGED) & (own.power_ratio >= DRAWS_MORE)) | (own.factor_ratio <= AGED_ALONE)
    if not is_aged[-N_DAYS:].all():
        is_sound = float(own.factor_ratio[-N_DAYS:].min()) > SOUND
        return replace(unknown, is_present=False, level=own.level()) if is_sound else unknown
    sound = np.flatnonzero(~is_aged)
    since = datetime.fromtimestamp(float(own.days_s[int(sound[-1]) + 1 if sound.size else 0]), UTC)
    left, drawn = (float(np.median(ratio[-N_DAYS:])) for ratio in (own.factor_ratio, own.power_ratio))
    return replace(present(own, span, since, (left, drawn)), level=own.level())


def present(own: Lamp, span: Span, since: datetime, ratios: tuple[float, float]) -> Verdict:
    """Say that a lamp's gear ages."""
    left, drawn = ratios
    now = float(np.median(own.factor[-N_DAYS:]))
    factor, good = number(round(now, 2)), number(round(now / left, 2))
    more_en, more_fr = changed_by(round(100 * (drawn - 1)))
    return Verdict(
        own.lamp.asset_id,
        span.ends_at,
        True,
        since,
        score=10 * (1 - left),
        severity="warning" if left > SPENT else "urgent",
        sentence_en=(
            f"{own.lamp.name}: its power factor has fallen to {factor}, {good} is expected by its own past and by its"
            f" neighbours, and its power {more_en}, since {local_day(since, span.time_zone)}. To do: change"
            " the driver on the next round in this street, before the lamp fails."
        ),
        sentence_fr=(
            f"{own.lamp.name} : son facteur de puissance est tombé à {french_number(factor)} pour"
            f" {french_number(good)} attendu d'après son passé et ses voisines, et sa puissance {more_fr},"
            f" depuis le {local_day_fr(since, span.time_zone)}. À faire : changer le driver à la prochaine tournée dans"
            " cette rue, avant la panne."
        ),
        evidence={**evidence_of(now, left, drawn, since, span), "aged_from_ratio": AGED},
    )


def changed_by(percent: int) -> tuple[str, str]:
    """Say in English and in French by how much the power has changed."""
    if percent == 0:
        return "has not changed", "n'a pas changé"
    return f"has changed by {percent:+d} %", f"a changé de {percent:+d} %"


HINT = Hint(
    name="driver_ageing",
    asset_types=("street_light",),
    rhythm="day",
    reach=REACH,
    version="2",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
