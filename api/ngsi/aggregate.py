"""Values of the past put together over periods, as the standard names it (ETSI GS CIM 009, 4.5.19).

Periods begin at the first value there is. Truth counts as 0 and 1; of texts there is a first and a last in the order
of the alphabet, but no sum; what is neither is only counted.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from api.ngsi.instant import Duration, instant_text, step
from api.ngsi.refusal import too_many

Timed = tuple[datetime, Any]
MOST_PERIODS = 10_000


def mean(numbers: Sequence[float]) -> float:
    """Give the arithmetic mean."""
    return math.fsum(numbers) / len(numbers)


def deviation(numbers: Sequence[float]) -> float:
    """Give the standard deviation of the values that there are (divided by n); 0 of a single one."""
    middle = mean(numbers)
    return math.sqrt(math.fsum((number - middle) ** 2 for number in numbers) / len(numbers))


METHODS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "totalCount": len,
    "distinctCount": lambda values: len({msgspec.json.encode(value) for value in values}),
    "sum": math.fsum,
    "avg": mean,
    "min": min,
    "max": max,
    "stddev": deviation,
    "sumsq": lambda numbers: math.fsum(number * number for number in numbers),
}
COUNTS, ORDERS = frozenset({"totalCount", "distinctCount"}), frozenset({"min", "max"})


def aggregate(values: Sequence[Timed], methods: Sequence[str], duration: Duration) -> dict[str, list[list[Any]]]:
    """Give for each method [value, begin, end] of each period that has values; `values` are in order of time.

    Raises
    ------
    ProblemError
        403 where there would be too many periods.
    """
    found: dict[str, list[list[Any]]] = {method: [] for method in methods}
    for start, end, inside in periods(values, duration):
        for method in methods:
            usable = inside if method in COUNTS else comparable(inside, is_order=method in ORDERS)
            if usable:
                found[method].append([METHODS[method](usable), instant_text(start), instant_text(end)])
    return found


def periods(values: Sequence[Timed], duration: Duration) -> Iterator[tuple[datetime, datetime, list[Any]]]:
    """Give each period that has values with its begin, end and values. Raises ProblemError."""
    if not values:
        return
    origin = values[0][0]
    if duration.is_whole:
        yield origin, values[-1][0], [value for _, value in values]
        return
    index, n_periods = 0, 0
    while index < len(values):
        n_skipped = whole_periods(values[index][0] - origin, duration)
        while step(origin, duration, n_skipped + 1) <= values[index][0]:
            n_skipped += 1
        start, end = step(origin, duration, n_skipped), step(origin, duration, n_skipped + 1)
        inside = []
        while index < len(values) and values[index][0] < end:
            inside.append(values[index][1])
            index += 1
        n_periods += 1
        if n_periods > MOST_PERIODS:
            raise too_many(f"more than {MOST_PERIODS} periods: ask for longer ones, or a shorter time")
        yield start, end, inside


def whole_periods(passed: Any, duration: Duration) -> int:
    """Give how many periods are surely over after a time: none too many."""
    if duration.months:
        return max(int(passed.days // 31 // duration.months) - 1, 0)
    return int(passed // duration.span)


def comparable(values: Sequence[Any], *, is_order: bool) -> list[Any]:
    """Give the numbers among values, or where only their order counts and there are none, the texts."""
    numbers = [float(value) for value in values if isinstance(value, bool | int | float)]
    if numbers or not is_order:
        return numbers
    return [value for value in values if isinstance(value, str)]
