"""EcoIndex: how heavy a page is beside those of the web, out of three counts.

Method: position of each count among the twentieths of the pages of the HTTP Archive, weighted 3 (elements), 2
(requests) and 1 (bytes); 100 is the lightest. Quantiles and formula as the French Collectif conception numérique
responsable publishes them (cnumr/ecoindex_reference; first in cnumr/GreenIT-Analysis, script/ecoIndex.js). Children
of SVG elements do not count as elements. An index of a whole service needs more than three counts: it tells pages
apart, no more.
"""

from bisect import bisect_right
from collections.abc import Sequence

# fmt: off
ELEMENTS = (0, 47, 75, 159, 233, 298, 358, 417, 476, 537, 603, 674, 753, 843, 949, 1076, 1237, 1459, 1801, 2479, 594601)
REQUESTS = (0, 2, 15, 25, 34, 42, 49, 56, 63, 70, 78, 86, 95, 105, 117, 130, 147, 170, 205, 281, 3920)
KILOBYTES = (0, 1.37, 144.7, 319.53, 479.46, 631.97, 783.38, 937.91, 1098.62, 1265.47, 1448.32, 1648.27, 1876.08,
             2142.06, 2465.37, 2866.31, 3401.59, 4155.73, 5400.08, 8037.54, 223212.26)
# fmt: on


def eco_index(n_elements: int, n_requests: int, n_bytes: int) -> float:
    """Give the index, 0 to 100, of a page as it was transferred and shown."""
    places = (
        3 * place_among(ELEMENTS, n_elements),
        2 * place_among(REQUESTS, n_requests),
        place_among(KILOBYTES, n_bytes / 1024),
    )
    return max(0.0, 100 - 5 * sum(places) / 6)


def place_among(quantiles: Sequence[float], value: float) -> float:
    """Give where a value lies among the quantiles, from 0 to 20, straight in between.

    >>> place_among(REQUESTS, 15), place_among(REQUESTS, 20), place_among(REQUESTS, 9999)
    (2.0, 2.5, 20.0)
    """
    index = bisect_right(quantiles, value)
    if index == len(quantiles):
        return float(len(quantiles) - 1)
    below, above = quantiles[index - 1], quantiles[index]
    return index - 1 + (value - below) / (above - below)
