"""Every value that inputs may hold comes back as it was; what cannot be kept is refused at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum, StrEnum
from typing import Any, Literal, NewType

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.report.codec import UnknownTypeError, codec_of

Metre = NewType("Metre", float)


class Colour(Enum):
    RED = 1
    BLUE = 2


class Kind(StrEnum):
    LAMP = "lamp"


class Struct(msgspec.Struct, frozen=True):
    """A struct."""

    name: str
    height: Metre


@dataclass(frozen=True, slots=True)
class Inner:
    """A record in a record."""

    at: datetime
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outer:
    """One of everything."""

    number: int
    share: float | None
    flag: bool
    day: date
    hour: time | None
    hold: timedelta
    pair: tuple[date, int]
    inners: Sequence[Inner]
    by_number: Mapping[int, Inner | None]
    either: Inner | Struct | None
    text_or_number: str | float
    colour: Colour
    kind: Kind
    word: Literal["a", "b"]
    names: frozenset[str]
    struct: Struct
    nothing: None = None
    more: tuple[tuple[str, tuple[int, ...]], ...] = field(default=())


FLOATS = st.floats(allow_nan=False)
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
INNERS = st.builds(Inner, INSTANTS, st.lists(FLOATS).map(tuple))
STRUCTS = st.builds(Struct, st.text(), FLOATS)
OUTERS = st.builds(
    Outer,
    number=st.integers(-(2**62), 2**62),
    share=st.none() | FLOATS,
    flag=st.booleans(),
    day=st.dates(),
    hour=st.none() | st.times(),
    hold=st.timedeltas(timedelta(-1000), timedelta(1000)),
    pair=st.tuples(st.dates(), st.integers(0, 9)),
    inners=st.lists(INNERS, max_size=3).map(tuple),
    by_number=st.dictionaries(st.integers(0, 99), st.none() | INNERS, max_size=3),
    either=st.none() | INNERS | STRUCTS,
    text_or_number=st.text() | FLOATS,
    colour=st.sampled_from(Colour),
    kind=st.sampled_from(Kind),
    word=st.sampled_from(["a", "b"]),
    names=st.frozensets(st.text(max_size=5), max_size=3),
    struct=STRUCTS,
    more=st.lists(st.tuples(st.text(), st.lists(st.integers(0, 9)).map(tuple)), max_size=2).map(tuple),
)


@settings(deadline=None)
@given(OUTERS)
def test_what_goes_into_a_column_comes_back(value: Outer) -> None:
    """Any record of any of the types, nested, is equal after a column of Arrow."""
    codec = codec_of(Outer)
    stored = pa.array([codec.encode(value)], codec.kind).to_pylist()[0]
    assert codec.decode(stored) == value


def test_not_a_number_and_infinities_stay() -> None:
    codec = codec_of(float)
    stored = pa.array([codec.encode(value) for value in (float("nan"), float("inf"), -0.0)], codec.kind).to_pylist()
    assert np.isnan(stored[0])
    assert stored[1] == float("inf")
    assert str(stored[2]) == "-0.0"


def test_instants_of_any_zone_come_back_in_utc() -> None:
    codec = codec_of(datetime)
    at = datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert codec.decode(pa.array([codec.encode(at)], codec.kind).to_pylist()[0]) == datetime(2026, 3, 1, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError, match="no instant with a zone"):
        codec_of(datetime).encode(datetime(2026, 3, 1))  # noqa: DTZ001  it is the point


@dataclass(frozen=True)
class WithArray:
    """Inputs that no report could keep."""

    values: NDArray[np.float64]


@pytest.mark.parametrize(
    "hint", [Any, object, dict, NDArray[np.float64], Callable[[int], int], WithArray, Sequence[Any], Literal["a", 1]]
)
def test_what_cannot_be_kept_is_refused(hint: Any) -> None:
    with pytest.raises(UnknownTypeError):
        codec_of(hint)
