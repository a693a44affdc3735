"""A container that burns: far hotter than the other containers in the same hour, or it says so itself.

Hot is 70 °C and more (heat detectors of classes A2 to B of EN 54-5 answer between 54 and 85 °C; steel in the summer
sun stays below), or 30 K above the median of the others, which takes out sun and season. Its own word, the state
`burning` or `temperature_alarm`, counts unless its temperature is known and below 50 °C: a state is held on until
another is sent. Told at the end of the hour; gone when it is within 15 K of the others and below 50 °C.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.container_state import read_said, said_by_hour
from analytics.sentence import local_clock, local_clock_fr
from store.gauge_hours import GaugeHours, StateHour, read_gauge_hours
from store.inputs import Connection, Window

HOUR = timedelta(hours=1)
HOT_C, COOL_C = 70.0, 50.0
HOTTER_K, LIKE_K = 30.0, 15.0
LEAST_OTHERS = 3
SLUGS = {"container_state": ("burning",), "temperature_alarm": ("alarm",)}


@dataclass(frozen=True, slots=True)
class Heat:
    """Containers' temperatures and what they said."""

    temperatures: Sequence[GaugeHours]
    said: Sequence[StateHour]


@dataclass(frozen=True, slots=True)
class Hour:
    """One container's hour: its name, highest temperature and that of the others [°C] (None: not known), its word."""

    asset_id: int
    name: str
    high_c: float | None
    others_c: float | None
    is_said: bool | None

    @property
    def hotter_k(self) -> float | None:
        """How much hotter it is than the others [K]."""
        return None if self.high_c is None or self.others_c is None else self.high_c - self.others_c

    @property
    def burns(self) -> bool | None:
        """Say whether it burns, None where that cannot be told."""
        high, hotter = self.high_c, self.hotter_k or 0.0
        if high is None:
            return self.is_said
        if high >= HOT_C or hotter >= HOTTER_K or (self.is_said and high >= COOL_C):
            return True
        return False if high < COOL_C and hotter < LIKE_K else None


def read(connection: Connection, window: Window) -> Heat:
    """Read temperatures and states."""
    temperatures = read_gauge_hours(connection, window, ("container_temperature",))
    return Heat(temperatures, read_said(connection, window, SLUGS))


def tell(heat: Heat, span: Span) -> list[Verdict]:
    """Judge each container at the end of each hour; `score` is its temperature over that of the others, in 30 K."""
    since: dict[int, datetime] = {}
    verdicts = []
    for hour, own in hours_of(heat):
        if hour.burns is True:
            since.setdefault(hour.asset_id, own)
        else:
            since.pop(hour.asset_id, None)
        if own < span.begins_at:
            continue
        if hour.burns is True:
            verdicts.append(present(hour, since[hour.asset_id], own + HOUR, span))
        else:
            verdicts.append(Verdict(hour.asset_id, own, hour.burns, own))
    return verdicts


def hours_of(heat: Heat) -> list[tuple[Hour, datetime]]:
    """Put together what is known of each container in each hour, in order of time."""
    measured: dict[float, dict[int, tuple[str, float]]] = {}
    for row in heat.temperatures:
        for at_s, high in zip(row.begins_s.tolist(), row.high.tolist(), strict=True):
            if np.isfinite(high):
                measured.setdefault(at_s, {})[row.asset_id] = (row.name, high)
    said = {at.timestamp(): (at, own) for at, own in said_by_hour(heat.said, SLUGS).items()}
    found = []
    for at_s in sorted({*measured, *said}):
        at, words = said.get(at_s, (datetime.fromtimestamp(at_s, UTC), {}))
        found += [(one, at) for one in hour_of(measured.get(at_s, {}), words)]
    return found


def hour_of(measured: Mapping[int, tuple[str, float]], words: Mapping[int, tuple[str, bool]]) -> list[Hour]:
    """Put together one hour."""
    highs = [high for _, high in measured.values()]
    others = float(np.median(highs)) if len(highs) > LEAST_OTHERS else None
    found = []
    for asset_id in sorted({*measured, *words}):
        name, high = measured.get(asset_id, ("", None))
        word = words.get(asset_id)
        found.append(Hour(asset_id, name or (word or ("", False))[0], high, others, None if word is None else word[1]))
    return found


def present(hour: Hour, since: datetime, at: datetime, span: Span) -> Verdict:
    """Say that a container burns."""
    high = "" if hour.high_c is None else f"{hour.high_c:.0f} °C"
    others = "" if hour.others_c is None else f"{hour.others_c:.0f} °C"
    heat_en = f"{high}, the other containers {others}" if high and others else high or "its sensor says that it burns"
    heat_fr = f"{high}, les autres conteneurs {others}" if high and others else high or "son capteur signale un feu"
    return Verdict(
        hour.asset_id,
        at,
        True,
        since,
        score=1.0 if hour.hotter_k is None else max(1.0, hour.hotter_k / HOTTER_K),
        severity="urgent",
        sentence_en=(
            f"{hour.name} burns: {heat_en}, since {local_clock(since, span.time_zone)}. To do: call the fire brigade"
            " (18 or 112), keep people away."
        ),
        sentence_fr=(
            f"{hour.name} brûle : {heat_fr}, depuis le {local_clock_fr(since, span.time_zone)}. À faire : appeler les"
            " pompiers (18 ou 112), éloigner les passants."
        ),
        evidence={
            "temperature_c": hour.high_c,
            "others_c": hour.others_c,
            "hot_from_c": HOT_C,
            "is_said_by_sensor": bool(hour.is_said),
            "quantity": "container_temperature",
            "curve_from": (since - timedelta(days=1)).isoformat(),
            "curve_to": at.isoformat(),
        },
    )


HINT = Hint(
    name="container_fire",
    asset_types=("waste_container",),
    rhythm=HOUR,
    reach=timedelta(hours=12),
    version="1",
    read=read,
    tell=tell,
    stride=timedelta(days=7),
)
