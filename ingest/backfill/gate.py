"""The gate of a file's values, whole columns at once: the same rules as `sensors.plausible` has for messages.

A number may stand as text in a CSV; a state may be its code's number or slug.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.backfill.clock import read_numbers
from ingest.backfill.texts import Texts, combine, number_texts
from sensors.plausible import AHEAD_US, EARLIEST_US
from sensors.quantity import Quantity, find_quantity
from sensors.rejection import Reason
from sensors.unit import UnitError, conversion

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Reasons = npt.NDArray[np.int8]

REASONS = tuple(Reason)
CODE = {reason: np.int8(place + 1) for place, reason in enumerate(REASONS)}
ACCEPTED = 0
NON_FINITE = r"(?i)^[+-]?(?:nan|inf|infinity)$"


class Judged(NamedTuple):
    """Values in the unit of their quantity; `reasons` are 0 where accepted, else a place in REASONS, from 1 on."""

    values: Floats
    is_there: Mask
    reasons: Reasons


class Rule(NamedTuple):
    """What is the same for all values of one quantity and unit."""

    factor: float = 1.0
    offset: float = 0.0
    low: float = 0.0
    high: float = 0.0
    is_state: bool = False
    reason: int = ACCEPTED


def judge_times(times_us: npt.NDArray[np.int64], is_read: Mask, now_us: int) -> Reasons:
    """Say which times cannot be those of a measurement."""
    return np.select(
        [~is_read, times_us < EARLIEST_US, times_us > now_us + AHEAD_US],
        [CODE[Reason.TIME_INVALID], CODE[Reason.TIME_TOO_OLD], CODE[Reason.TIME_IN_FUTURE]],
        np.int8(ACCEPTED),
    )


def judge_values(column: pa.Array, quantities: Texts, units: Texts, *, decimal_comma: bool) -> Judged:
    """Convert values to the unit of their quantity and say which are refused. An empty unit is the quantity's own."""
    numbers, is_there, is_number = read_values(column, quantities, decimal_comma=decimal_comma)
    pairs, names = combine([quantities, units])
    rules = [find_rule(quantity, unit) for quantity, unit in names]
    factors, offsets, lows, highs, are_states, reasons = (
        np.array(part)[pairs] for part in zip(*rules or [Rule()], strict=True)
    )
    values = numbers * factors + offsets
    with np.errstate(invalid="ignore"):
        is_possible = (values >= lows) & (values <= highs) & (~are_states | (values == np.rint(values)))
    if pa.types.is_boolean(column.type):
        is_number = is_number & are_states
    judged = np.select(
        [reasons != ACCEPTED, ~is_number, ~np.isfinite(values), ~is_possible],
        [reasons, CODE[Reason.NOT_A_NUMBER], CODE[Reason.NOT_FINITE], CODE[Reason.OUT_OF_RANGE]],
        ACCEPTED,
    )
    return Judged(values, is_there, judged.astype(np.int8))


def find_rule(name: str, unit: str) -> Rule:
    """Give the rule of a quantity and the unit that the file states."""
    quantity = find_quantity(name)
    if quantity is None:
        return Rule(reason=int(CODE[Reason.UNKNOWN_QUANTITY]))
    try:
        factor, offset = conversion(unit or quantity.unit, quantity.unit)
    except UnitError:
        return Rule(reason=int(CODE[Reason.WRONG_UNIT]))
    return Rule(factor, offset, quantity.low, quantity.high, quantity.kind == "state")


def read_values(column: pa.Array, quantities: Texts, *, decimal_comma: bool) -> tuple[Floats, Mask, Mask]:
    """Give the numbers of a column, which lines say something at all, and which of them say a number."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        numbers = column.cast(pa.float64())
        is_there = to_mask(numbers.is_valid())
        return to_floats(numbers), is_there, is_there
    if decimal_comma:
        column = pc.replace_substring(column, ",", ".")
    try:
        numbers = column.cast(pa.float64())
    except pa.ArrowInvalid:
        return read_texts(column, quantities)
    is_there = to_mask(numbers.is_valid())
    return to_floats(numbers), is_there, is_there


def read_texts(column: pa.Array, quantities: Texts) -> tuple[Floats, Mask, Mask]:
    """Read texts of which some are no numbers."""
    column = pc.utf8_trim_whitespace(column)
    is_there = to_mask(pc.fill_null(pc.not_equal(column, ""), False))
    parsed = read_numbers(column)
    numbers, is_number = to_floats(parsed), to_mask(parsed.is_valid())
    is_number |= to_mask(pc.fill_null(pc.match_substring_regex(column, NON_FINITE), False))
    others = np.flatnonzero(is_there & ~is_number)
    texts = number_texts(column.take(pa.array(others)))
    pairs, names = combine([Texts(quantities.codes[others], quantities.names), texts])
    codes = np.array([find_code(find_quantity(name), text) for name, text in names], dtype=np.float64)
    if len(others):
        numbers[others] = codes[pairs]
        is_number[others] = ~np.isnan(codes[pairs])
    return numbers, is_there, is_number


def find_code(quantity: Quantity | None, slug: str) -> float:
    """Give the number of a state's code, NaN where it has none of this name."""
    number = None if quantity is None else quantity.code_number(slug)
    return np.nan if number is None else float(number)


def to_mask(column: pa.Array) -> Mask:
    """Give a column of true and false as an array that can be written."""
    return np.array(column.to_numpy(zero_copy_only=False), dtype=np.bool_)


def to_floats(column: pa.Array) -> Floats:
    """Give a column of numbers as an array that can be written, NaN where there is none."""
    return np.array(column.fill_null(np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)
