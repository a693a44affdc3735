"""A lamp whose power factor fell suddenly while its power stayed: a capacitor or the driver's correction has failed.

Power factor and power of each day are compared with the lamp's own past and its neighbours, as `driver_ageing` does. It
is there when for three days the power factor lies at four fifths and less of what is expected with power within 5 %,
after a day that was sound: gear that ages loses its power factor over weeks, and draws more. While this is told,
`driver_ageing` says nothing. The lamp burns on; what it takes too much are current and reactive energy.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.power_factor import (
    N_DAYS,
    REACH,
    SOUND,
    Lamp,
    evidence_of,
    first_fallen,
    judge_lamps,
    read,
)
from analytics.sentence import french_number, local_day, local_day_fr, number
from store.gauge_hours import GaugeHours


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each lamp at each midnight; `score` is how far its power factor fell, in tenths of what it was."""
    return judge_lamps(rows, span, judge)


def judge(own: Lamp, span: Span) -> Verdict:
    """Look at a lamp's last days."""
    unknown = Verdict(own.lamp.asset_id, span.ends_at, None, span.begins_at)
    if not own.is_known(span.ends_at):
        return unknown
    first = first_fallen(own.factor_ratio, own.power_ratio)
    if first is None:
        is_sound = float(own.factor_ratio[-N_DAYS:].min()) > SOUND
        return replace(unknown, is_present=False, level=own.level()) if is_sound else unknown
    since = datetime.fromtimestamp(float(own.days_s[first]), UTC)
    return replace(present(own, since, span), level=own.level())


def present(own: Lamp, since: datetime, span: Span) -> Verdict:
    """Say that a lamp's power factor has fallen."""
    left = float(np.median(own.factor_ratio[-N_DAYS:]))
    now = float(np.median(own.factor[-N_DAYS:]))
    factor, good = number(round(now, 2)), number(round(now / left, 2))
    more = f"{100 * (1 / left - 1):.0f} %"
    return Verdict(
        own.lamp.asset_id,
        span.ends_at,
        True,
        since,
        score=10 * (1 - left),
        severity="warning",
        sentence_en=(
            f"{own.lamp.name}: its power factor fell suddenly to {factor}, {good} is expected, while its power stayed"
            f" as it was: it draws about {more} more current, since {local_day(since, span.time_zone)}. To do: change"
            " the compensation capacitor of a lamp with a ballast, the driver of an LED lamp."
        ),
        sentence_fr=(
            f"{own.lamp.name} : son facteur de puissance est tombé d'un coup à {french_number(factor)} pour"
            f" {french_number(good)} attendu, à puissance inchangée : elle prend environ {more} de courant en plus,"
            f" depuis le {local_day_fr(since, span.time_zone)}. À faire : changer le condensateur de compensation d'une"
            " lampe à ballast, le driver d'une lampe LED."
        ),
        evidence=evidence_of(now, left, float(np.median(own.power_ratio[-N_DAYS:])), since, span),
    )


HINT = Hint(
    name="power_factor_low",
    asset_types=("street_light",),
    rhythm="day",
    reach=REACH,
    version="1",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
