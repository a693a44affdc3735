"""The gate behind every decoder: canonical unit, finite, possible, at a possible time. One bad value costs itself only.

Good data pass by a few whole-column comparisons; a column with anything odd in it is judged value by value.
"""

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import NamedTuple, cast

import msgspec

from sensors.instant import DAY_US, instant_text
from sensors.measurement import Column, RejectedPart
from sensors.quantity import Quantity, find_quantity
from sensors.rejection import Reason, shown, shown_value
from sensors.unit import Conversion, UnitError, conversion

EARLIEST_US = 946_684_800_000_000  # 2000-01-01: an unset clock starts in 1970 or at a chip's own year
AHEAD_US = DAY_US  # a wrong time zone is at most 14 h off; more is a broken clock

_NUMBERS = frozenset({float, int})
_INTEGER = frozenset({int})
_IDENTITY = Conversion(1.0, 0.0)


class Refusal(NamedTuple):
    """Why one value is not taken."""

    reason: Reason
    detail: str


class RawColumn(msgspec.Struct, frozen=True, gc=False):
    """What a decoder found before anything was checked.

    `unit` None means the quantity's own. A value may be a number, a bool or a code's slug (states), anything else is
    refused; None is an absent value and passes in silence. A time that could not be read is its refusal.
    """

    channel: str
    quantity: str
    unit: str | None
    times_us: Sequence[int | Refusal]
    values: Sequence[object]


Checked = tuple[Column | None, tuple[RejectedPart, ...]]


def check_columns(
    raws: Iterable[RawColumn], received_at_us: int
) -> tuple[tuple[Column, ...], tuple[RejectedPart, ...]]:
    """Check every column of an uplink: what is accepted, and what is refused."""
    columns: list[Column] = []
    rejected: list[RejectedPart] = []
    for raw in raws:
        column, parts = check_column(raw, received_at_us)
        if column is not None:
            columns.append(column)
        rejected.extend(parts)
    return tuple(columns), tuple(rejected)


def check_column(raw: RawColumn, received_at_us: int) -> Checked:
    """Give the accepted measurements in the canonical unit, and the refused values by reason."""
    quantity = find_quantity(raw.quantity)
    if quantity is None:
        return refuse_all(raw, Reason.UNKNOWN_QUANTITY, raw.quantity)
    if len(raw.times_us) != len(raw.values):
        return refuse_all(raw, Reason.WRONG_SHAPE, f"{len(raw.values)} values, {len(raw.times_us)} times")
    try:
        scale = _IDENTITY if raw.unit is None else conversion(raw.unit, quantity.unit)
    except UnitError as error:
        return refuse_all(raw, Reason.WRONG_UNIT, str(error))
    latest_us = received_at_us + AHEAD_US
    plain = _plain(raw, quantity, latest_us) if scale == _IDENTITY else None
    return (plain, ()) if plain is not None else _sort_out(raw, quantity, scale, latest_us)


def is_believable(time_us: int | Refusal, received_at_us: int) -> bool:
    """Say whether this can be the time of a measurement that arrived then."""
    return isinstance(time_us, int) and EARLIEST_US <= time_us <= received_at_us + AHEAD_US


def refuse_all(raw: RawColumn, reason: Reason, detail: str) -> Checked:
    """Refuse every value of the column that is there."""
    n_values = sum(value is not None for value in raw.values)
    if n_values == 0:
        return None, ()
    return None, (RejectedPart(reason, shown(detail), shown(raw.channel), shown(raw.quantity), n_values),)


def _plain(raw: RawColumn, quantity: Quantity, latest_us: int) -> Column | None:
    """Give the whole column where nothing at all is odd about it, else None."""
    kinds = set(map(type, raw.values))
    if not kinds or not kinds <= _NUMBERS or set(map(type, raw.times_us)) != _INTEGER:
        return None
    times, values = cast("Sequence[int]", raw.times_us), cast("Sequence[float]", raw.values)
    if min(times) < EARLIEST_US or max(times) > latest_us:
        return None
    # NaN slips through min and max, hence the sum, which is safe once the rest is known to be in range
    if min(values) < quantity.low or max(values) > quantity.high or not isfinite(sum(values)):
        return None
    floats = values if int not in kinds else list(map(float, values))
    if quantity.kind == "state" and not all(map(float.is_integer, floats)):
        return None
    return Column(raw.channel, quantity.name, quantity.unit, times, floats)


def _sort_out(raw: RawColumn, quantity: Quantity, scale: Conversion, latest_us: int) -> Checked:
    """Judge value by value; one refused part per reason, with the first case as its detail."""
    times: list[int] = []
    values: list[float] = []
    refused: dict[Reason, list[str]] = {}
    for time_us, value in zip(raw.times_us, raw.values, strict=True):
        if value is None:
            continue
        time, judged = judge_time(time_us, latest_us), judge_value(value, quantity, scale)
        if isinstance(time, int) and isinstance(judged, float):
            times.append(time)
            values.append(judged)
            continue
        refusal = time if isinstance(time, Refusal) else cast("Refusal", judged)
        refused.setdefault(refusal.reason, []).append(refusal.detail)
    column = Column(raw.channel, quantity.name, quantity.unit, times, values) if values else None
    parts = (
        RejectedPart(reason, shown(details[0]), shown(raw.channel), quantity.name, len(details))
        for reason, details in refused.items()
    )
    return column, tuple(parts)


def judge_time(time_us: int | Refusal, latest_us: int) -> int | Refusal:
    """Give the time, or why it cannot be one. `latest_us` is the last moment that is believed."""
    if isinstance(time_us, Refusal) or EARLIEST_US <= time_us <= latest_us:
        return time_us
    if time_us < EARLIEST_US:
        return Refusal(Reason.TIME_TOO_OLD, instant_text(time_us))
    is_milliseconds = EARLIEST_US <= time_us // 1000 <= latest_us
    return Refusal(Reason.TIME_IN_FUTURE, instant_text(time_us) + (", ms ?" if is_milliseconds else ""))


def judge_value(value: object, quantity: Quantity, scale: Conversion) -> float | Refusal:
    """Give the value in the canonical unit, or why it cannot be one of this quantity."""
    if isinstance(value, str):
        return _from_text(value, quantity)
    if isinstance(value, bool) and quantity.kind != "state":
        return Refusal(Reason.NOT_A_NUMBER, str(value).lower())
    if not isinstance(value, int | float):
        return Refusal(Reason.NOT_A_NUMBER, shown_value(value))
    try:
        number = float(value) * scale.factor + scale.offset
    except OverflowError:
        return Refusal(Reason.OUT_OF_RANGE, "> 1e308")
    if not isfinite(number):
        return Refusal(Reason.NOT_FINITE, repr(value))
    is_possible = quantity.low <= number <= quantity.high and (quantity.kind != "state" or number.is_integer())
    return number if is_possible else Refusal(Reason.OUT_OF_RANGE, _range_detail(number, quantity))


def _from_text(text: str, quantity: Quantity) -> float | Refusal:
    number = quantity.code_number(text)
    if number is not None:
        return float(number)
    if quantity.kind == "state":
        known = ", ".join(code.slug for code in quantity.codes)
        return Refusal(Reason.OUT_OF_RANGE, f"{text[:40]!r} / {known}")
    return Refusal(Reason.NOT_A_NUMBER, repr(text[:60]))


def _range_detail(number: float, quantity: Quantity) -> str:
    return f"{number:g} {quantity.unit} / {quantity.low:g} … {quantity.high:g}"
