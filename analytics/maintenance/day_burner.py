"""A lamp that burns while the sun is up and its neighbours are dark: for at least two hours of a day.

The sun counts as up at more than six degrees, when no photocell wants light any more under clouds either. A whole
cabinet that burns by day (maintenance, a photocell) has no dark neighbours and is not said of each of its lamps.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from astral import Observer
from astral.sun import elevation

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.lamps import Lamp, Neighbours, look_at, read
from analytics.sentence import local_clock, local_clock_fr
from store.hints import AssetHours

UP_DEG = 6.0
LEAST_HOURS = 2
HOUR = timedelta(hours=1)


def tell(lamps: Sequence[AssetHours], span: Span) -> list[Verdict]:
    """Judge each day of each lamp; `score` is the number of hours it burned for nothing."""
    placed = [lamp for lamp in lamps if lamp.latitude is not None]
    return [judge(*one, part) for part in span.parts() for one in look_at(placed, part)]


def judge(lamp: Lamp, neighbours: Neighbours, span: Span) -> Verdict:
    """Look at the hours in which the sun is up and the others are dark."""
    asset_id = lamp.asset.asset_id
    by_day = [hour for hour, own in lamp.burns.items() if is_day(lamp.asset, hour)]
    idle = [hour for hour in by_day if neighbours.burn(hour, lamp.burns[hour]) is False]
    burned = [hour for hour in idle if lamp.burns[hour]]
    if len(idle) < LEAST_HOURS:
        return Verdict(asset_id, span.ends_at, None, span.begins_at)
    if len(burned) < LEAST_HOURS:
        return Verdict(asset_id, idle[0], None if burned else False, span.begins_at)
    name, since = lamp.asset.name, burned[0]
    hours = f"{len(burned)} / {len(idle)} h"
    wasted = f"{lamp.usual_w * len(burned) / 1000:.2g} kWh"
    return Verdict(
        asset_id,
        span.ends_at,
        True,
        since,
        score=float(len(burned)),
        severity="info",
        sentence_en=(
            f"{name} burned by day while its neighbours were dark ({hours}, about {wasted} for nothing), since"
            f" {local_clock(since, span.time_zone)}. To do: check relay and photocell."
        ),
        sentence_fr=(
            f"{name} était allumée en plein jour alors que ses voisines étaient éteintes ({hours}, environ"
            f" {wasted.replace('.', ',')} pour rien), depuis le {local_clock_fr(since, span.time_zone)}."
            " À faire : contrôler le relais et la cellule."
        ),
        evidence={
            "n_burned_hours": len(burned),
            "n_idle_hours": len(idle),
            "usual_power_w": lamp.usual_w,
            "curve_from": span.begins_at.isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


def is_day(asset: AssetHours, hour: datetime) -> bool:
    """Say whether the sun is up all through an hour where the lamp stands."""
    latitude, longitude = round(asset.latitude or 0.0, 1), round(asset.longitude or 0.0, 1)
    return min(sun_deg(latitude, longitude, hour), sun_deg(latitude, longitude, hour + HOUR)) > UP_DEG


@lru_cache(maxsize=10_000)
def sun_deg(latitude: float, longitude: float, at: datetime) -> float:
    """Give the sun's elevation in degrees (NOAA, by `astral`)."""
    return elevation(Observer(latitude, longitude), at)


HINT = Hint(
    name="day_burner",
    asset_types=("street_light",),
    rhythm="night",
    reach=timedelta(),
    version="2",
    read=read,
    tell=tell,
    stride=timedelta(days=14),
)
