"""Heating degree days (DJU) of base 18 °C by the two methods in use in France, and the conventional season.

Météo: 18 less the mean of the day's lowest and highest temperature, never below 0. COSTIC ("professionnels de
l'énergie", asked for in heating contracts of public buildings): the same on days that never reach the base, and on days
that cross it 0.08 + 0.42 × (base - lowest) / (highest - lowest) of the distance from the lowest to the base. The second
is therefore a little higher in spring and autumn. The conventional season runs from 1 October to 20 May (232 days, 233
in leap years).
"""

from datetime import date

BASE_CEL = 18.0
SEASON_FROM, SEASON_TO = (10, 1), (5, 20)  # month and day, both in the season


def meteo(lowest: float, highest: float, base: float = BASE_CEL) -> float:
    """Give the degree days of a day [K.d] by the weather service's method; temperatures in °C."""
    return max(0.0, base - (lowest + highest) / 2)


def costic(lowest: float, highest: float, base: float = BASE_CEL) -> float:
    """Give the degree days of a day [K.d] by the COSTIC method; temperatures in °C."""
    if lowest >= base:
        return 0.0
    if highest <= base:
        return base - (lowest + highest) / 2
    return (base - lowest) * (0.08 + 0.42 * (base - lowest) / (highest - lowest))


def is_season(day: date) -> bool:
    """Say whether a day lies in the conventional heating season."""
    return (day.month, day.day) >= SEASON_FROM or (day.month, day.day) <= SEASON_TO
