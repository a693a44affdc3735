"""Files after national schemas: counts of mobility (comptage-mobilites 0.2) and car parks (stationnement 0.1).

What a schema requires and the registry does not hold is not made up: such a counter or car park is left out, and the
completeness of the release tells so.
"""

import re
import unicodedata
from collections.abc import Sequence

from analytics.open_data.making import Ask, Made, Row
from store.inputs import Connection
from store.open_rows import CounterChannel, CountStep, KnownAsset, read_assets, read_count_steps, read_counter_channels

MOBILITY = {"bicycle_count": "BIKE", "pedestrian_count": "PEDESTRIAN", "vehicle_count": "UNDEFINED"}
DIRECTIONS = ("N", "NW", "NE", "W", "SW", "S", "SE", "E")
IDENTITY = re.compile(r"([013-9]\d|2[AB1-9])\d{3}-P-\d{3}")
SIRET = re.compile(r"\d{14}")
SITE_DIGITS = 5


def mobility_counts(connection: Connection, ask: Ask) -> Made:
    """Make passages by channel and step; counts of fewer than the least are left empty."""
    steps = read_count_steps(connection, ask.span)
    channels = read_counter_channels(connection, ask.span.territory_id)
    measures: list[Row] = [measure_of(step, ask) for step in steps]
    tables = {
        "measure": measures,
        "site": [site_of(one) for one in {one.counter: one for one in channels}.values()],
        "channel": [channel_of(one) for one in channels],
    }
    return Made(tables, sum(row[4] is None for row in measures), completeness_of(steps, ask))


def measure_of(step: CountStep, ask: Ask) -> Row:
    """Write a row of `measure`: channel, counter, begin, end, count."""
    count = round(step.count) if step.count >= ask.least else None
    return (channel_id(step), step.counter, step.begins_at, ask.end_of(step.begins_at), count)


def completeness_of(steps: Sequence[CountStep], ask: Ask) -> float | None:
    """Give the share of the span for which the channels that spoke in it are known; None where none did."""
    n_channels = len({channel_id(step) for step in steps})
    length_s = (ask.span.ends_at - ask.span.begins_at).total_seconds()
    return min(1.0, sum(step.span_s for step in steps) / (n_channels * length_s)) if n_channels else None


def channel_id(one: CountStep | CounterChannel) -> str:
    """Name what a counter counts on one of its channels."""
    return "-".join(part for part in (one.counter, one.quantity.removesuffix("_count"), one.channel) if part)


def site_of(one: CounterChannel) -> Row:
    """Write a row of `site`."""
    place = (round(one.longitude, SITE_DIGITS), round(one.latitude, SITE_DIGITS))
    return (one.counter, None, one.name, None, *place, None, None)


def channel_of(one: CounterChannel) -> Row:
    """Write a row of `channel`: what is not known stays empty."""
    direction = str(one.attributes.get("direction", "")).upper()
    told = direction if direction in DIRECTIONS else None
    head = (channel_id(one), None, None, one.counter, MOBILITY[one.quantity], None, "REMOTE TRANSMISSION", "API", None)
    return (*head, told, one.channel or None, None, None, "PERMANENT", one.since, None, None, None, None)


def car_parks(connection: Connection, ask: Ask) -> Made:
    """Make the list of car parks of which all that the schema requires is known."""
    parks = read_assets(connection, ask.span.territory_id, "car_park")
    rows = [row for row in map(car_park_of, parks) if row is not None]
    return Made({"stationnement": rows}, completeness=len(rows) / len(parks) if parks else None)


def car_park_of(park: KnownAsset) -> Row | None:
    """Write a row of `stationnement`, None where something required is missing."""
    known = park.attributes
    identity, siret, height = (str(known.get(name, "")) for name in ("national_id", "siret", "height_cm"))
    n_places, is_paid = known.get("n_places"), known.get("is_paid")
    if park.longitude is None or park.latitude is None or n_places is None or is_paid is None:
        return None
    if not IDENTITY.fullmatch(identity) or not SIRET.fullmatch(siret):
        return None
    users = "abonnés" if known.get("is_for_subscribers") else "tous"
    head = (identity, capitals(park.name), identity[:5], known.get("address"), None, users, not is_paid, int(n_places))
    special = (None, whole(known.get("n_disabled_places")), *(None,) * 6)
    place = (round(park.longitude, SITE_DIGITS), round(park.latitude, SITE_DIGITS))
    return (*head, *special, str(int(float(height))) if height else "N/A", siret, *place, *(None,) * 10)


def capitals(name: str) -> str:
    """Write a name in capitals without accents, as the schema wants it."""
    parts = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).upper()


def whole(number: float | None) -> int | None:
    """Give a number of places as a whole number."""
    return None if number is None else int(number)
