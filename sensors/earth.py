"""Distances on the earth."""

from math import asin, cos, pi, radians, sin, sqrt

EARTH_M = 6_371_008.8  # mean radius (IUGG)
METRES_A_DEGREE = EARTH_M * pi / 180  # of latitude: 111,195 m


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Give the great-circle distance [m] of two points (longitude, latitude [degrees]), by the haversine formula."""
    (lon_a, lat_a), (lon_b, lat_b) = [(radians(p[0]), radians(p[1])) for p in (a, b)]
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))
