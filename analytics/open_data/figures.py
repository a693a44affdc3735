"""Energy of lighting by cabinet and month, and the KPIs that a territory shows to all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from analytics.open_data.making import Ask, Made, Row, coarse
from sensors.kpi import kpi_name
from sensors.publication import COARSE_DOMAINS
from store.inputs import Connection, CounterAmount, Window, read_counters_of
from store.open_rows import count_bays, read_assets, read_published_kpis

COMPLETENESS = 10  # place of the column in a row
SHORTEST_MONTH_S = 27.5 * 86_400


def lighting_energy(connection: Connection, ask: Ask) -> Made:
    """Make the energy of each cabinet and month in which its meter spoke [kWh]."""
    cabinets = {one.asset_id: one for one in read_assets(connection, ask.span.territory_id, "light_cabinet")}
    months = months_of(ask)
    windows = [Window(ask.span.territory_id, ("light_cabinet",), *month) for month in months]
    rows: list[Row] = []
    shares: list[float] = []
    for month, amounts in zip(months, read_counters_of(connection, windows, "active_energy"), strict=True):
        for asset_id, own in by_asset(amounts).items():
            if (cabinet := cabinets.get(asset_id)) and any(one.span_s > 0 for one in own):
                share = share_known(own, month)
                shares.append(share)
                energy = round(sum(one.increase for one in own), 3)
                place = (coarse(cabinet.longitude), coarse(cabinet.latitude))
                rows.append((cabinet.slug, cabinet.name, *month, energy, round(share, 4), *place))
    return Made({"energy": rows}, completeness=sum(shares) / len(shares) if shares else None)


def months_of(ask: Ask) -> list[tuple[datetime, datetime]]:
    """Give begin and end of each civil month of the span."""
    months = []
    begins_at = ask.span.begins_at
    while begins_at < ask.span.ends_at:
        ends_at = ask.end_of(begins_at)
        months.append((begins_at, ends_at))
        begins_at = ends_at
    return months


def by_asset(amounts: Sequence[CounterAmount]) -> dict[int, list[CounterAmount]]:
    """Group the amounts of series by their asset."""
    found: dict[int, list[CounterAmount]] = {}
    for amount in amounts:
        found.setdefault(amount.asset_id, []).append(amount)
    return found


def share_known(amounts: Sequence[CounterAmount], month: tuple[datetime, datetime]) -> float:
    """Give the share of a month for which an asset's meters told what they counted, on average."""
    length_s = (month[1] - month[0]).total_seconds()
    n_series = max(1.0, sum(one.expected_s for one in amounts) / length_s)
    return min(1.0, sum(one.span_s for one in amounts) / length_s / n_series)


def kpis(connection: Connection, ask: Ask) -> Made:
    """Make the KPIs that are shown to all, of bays only where there are enough."""
    has_bays = count_bays(connection, ask.span.territory_id) >= ask.least
    rows: list[Row] = []
    n_hidden = 0
    for row in read_published_kpis(connection, ask.span):
        if not is_fit(row, ask.span.step, has_bays):
            n_hidden += is_length(row, ask.span.step)
            continue
        name = kpi_name(row[0])
        rows.append((row[0], name.name_en, name.name_fr, *row[1:]))
    known = [row[COMPLETENESS] for row in rows if row[COMPLETENESS] is not None]
    return Made({"kpis": rows}, n_hidden, sum(known) / len(known) if known else None)


def is_fit(row: Sequence[Any], step: str, has_bays: bool) -> bool:
    """Say whether a value may be told: months of all KPIs, days only of those that tell of no people's doings."""
    domain = kpi_name(row[0]).domain
    if domain == "parking" and not has_bays and row[0] != "car_park_occupancy":
        return False
    return is_length(row, step) and (is_month(row) or domain not in COARSE_DOMAINS)


def is_length(row: Sequence[Any], step: str) -> bool:
    """Say whether a value is of a period that is told: months, and days where these are asked for."""
    return is_month(row) or step == "day"


def is_month(row: Sequence[Any]) -> bool:
    """Say whether a value is of a month or longer."""
    return bool((row[2] - row[1]).total_seconds() >= SHORTEST_MONTH_S)
