"""Public holidays of a place, by the country of its time zone."""

from collections.abc import Iterable
from datetime import date

import holidays

COUNTRY_BY_ZONE = {
    "Europe/Paris": "FR",
    "Europe/Brussels": "BE",
    "Europe/Luxembourg": "LU",
    "Europe/Zurich": "CH",
    "Europe/Berlin": "DE",
    "Europe/London": "GB",
}


def public_holidays(time_zone: str, years: Iterable[int], part: str | None = None) -> frozenset[date]:
    """Give the public holidays of these years; `part` is a land or region with days of its own.

    None are known of a time zone that is not in the table: every day is then of its weekday's kind.
    """
    country = COUNTRY_BY_ZONE.get(time_zone)
    if country is None:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=part, years=list(years)))
