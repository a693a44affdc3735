"""Fill levels a day ahead, and when each container reaches its threshold."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.collection.fill import LEARNT_FROM, FillForecast, forecast_fills
from analytics.forecast import Forecaster
from store.collection import read_container_levels
from store.forecasts import DueTerritory, Forecast
from store.inputs import Connection, Window

LEADS = (timedelta(hours=24), timedelta(hours=48))
TYPES = ("waste_container",)
METHOD = "past days drawn by level, weekday and age, strung together; first passage"
VERSION = "1"


def tell(connection: Connection, due: DueTerritory, now: datetime) -> Sequence[Forecast]:
    """Forecast a territory's containers when nobody empties them."""
    window = Window(due.territory_id, TYPES, now - LEARNT_FROM - timedelta(days=1), now)
    containers = read_container_levels(connection, window)
    told = forecast_fills(containers, now, [now + lead for lead in LEADS], ZoneInfo(due.time_zone))
    return [forecast_of(one, round((one.for_at - now).total_seconds())) for one in told]


def forecast_of(one: FillForecast, lead_s: int) -> Forecast:
    """Put a container's forecast where it belongs."""
    return Forecast(
        asset_id=one.asset_id,
        quantity="fill_level",
        lead_s=lead_s,
        made_at=one.made_at,
        for_at=one.for_at,
        value=one.expected_percent,
        low=one.low_percent,
        high=one.high_percent,
        method=METHOD,
        method_version=VERSION,
        detail={
            "level_percent": one.level_percent,
            "threshold_percent": one.threshold_percent,
            "probability": one.probability,
            "probability_overflow": one.probability_overflow,
            "reaches_at": text(one.reaches_at),
            "reaches_low_at": text(one.reaches_low_at),
            "reaches_high_at": text(one.reaches_high_at),
            "n_days": one.n_days,
            "usual_percent": dict(zip(("low", "value", "high"), one.usual, strict=True)),
        },
    )


def text(at: datetime | None) -> str | None:
    """Write an instant."""
    return None if at is None else at.isoformat()


FORECASTER = Forecaster(name="fill", version=VERSION, asset_types=TYPES, rhythm=timedelta(hours=6), tell=tell)
