"""The inputs of every registered domain can be kept as evidence, and tell the same figures when they are read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.kpi import Domain, domains
from analytics.kpi.figure import Figure, hash_inputs
from analytics.report.codec import fields_of, is_record
from analytics.report.evidence import OtherInputsError, inputs_of, read_inputs, tables_of, write_inputs
from tests.analytics.report.test_codec import FLOATS, INSTANTS

DOMAINS = pytest.mark.parametrize("domain", domains(), ids=lambda domain: domain.name)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(0, 2**40),
    float: FLOATS,
    str: st.text(max_size=8),
    datetime: INSTANTS,
    date: st.dates(date(1970, 1, 2), date(2100, 1, 1)),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Draw values of a type, as the codec understands types; sequences as tuples."""
    if hint in PLAIN:
        return PLAIN[hint]
    if is_record(hint):
        return st.builds(hint, **{name: values_of(part) for name, part in fields_of(hint).items()})
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return st.tuples(*map(values_of, arguments))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(values_of(arguments[0]), values_of(arguments[1]), max_size=3)
    if origin in (Union, UnionType):
        return st.one_of([st.none() if part is NoneType else values_of(part) for part in arguments])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return st.from_type(hint)


@DOMAINS
def test_inputs_of_a_domain_can_be_kept(domain: Domain) -> None:
    """A domain whose `tell` does not say what it takes, or takes what no column can hold, is found here."""
    assert inputs_of(domain) is not None
    assert {table.name.split(".")[0] for table in tables_of(domain)} <= {domain.name}


@DOMAINS
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_inputs_of_a_domain_come_back(domain: Domain, data: st.DataObject) -> None:
    """Whatever a domain's inputs are, they are equal after the files, of every part, and hash alike."""
    inputs = values_of(inputs_of(domain))
    windows = {0: data.draw(inputs), 7: data.draw(inputs)}
    read = read_inputs(domain, write_inputs(domain, windows), [0, 7])
    assert read == windows
    assert [hash_inputs([read[part]]) for part in windows] == [hash_inputs([windows[part]]) for part in windows]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a domain of these tests."""

    asset_id: int
    at: datetime
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """Inputs with a table, and fields beside it."""

    rows: Sequence[Row]
    by_asset: dict[int, float]
    zone: str


def tell_rows(inputs: Inputs) -> list[Figure]:
    return []


def domain_of(tell: Any) -> Domain:
    return replace(domains()[0], name="made_up", tell=tell)


AT = datetime.fromisoformat("2026-10-01T00:00:00+00:00")


def test_tables_are_files_that_an_auditor_can_read() -> None:
    """A file for the rows with a column for each field, one for the rest; a part without rows is a part."""
    domain = domain_of(tell_rows)
    windows = {0: Inputs((Row(1, AT, 0.5), Row(2, AT)), {1: 2.0}, "Europe/Paris"), 1: Inputs((), {}, "UTC")}
    files = write_inputs(domain, windows)
    assert sorted(files) == ["made_up.parquet", "made_up.rows.parquet"]
    assert read_inputs(domain, files, [0, 1]) == windows
    assert write_inputs(domain, windows) == files  # the same inputs, the same bytes


def test_lists_and_mixed_numbers_are_alike() -> None:
    domain = domain_of(tell_rows)
    files = write_inputs(domain, {0: Inputs([Row(1, AT, 1)], {1: 2}, "UTC")})
    assert read_inputs(domain, files, [0]) == {0: Inputs((Row(1, AT, 1.0),), {1: 2.0}, "UTC")}


def test_other_columns_are_refused_and_a_default_fills_in() -> None:
    """A field that a later version adds with a default does no harm; one without is another layout."""

    @dataclass(frozen=True, slots=True)
    class Longer:
        asset_id: int
        at: datetime
        share: float | None = None
        added: int = 3

    def tell_longer(rows: Sequence[Longer]) -> list[Figure]:
        return []

    def tell_short(rows: Sequence[Row]) -> list[Figure]:
        return []

    tell_longer.__annotations__ = {"rows": Sequence[Longer]}
    written = write_inputs(domain_of(tell_short), {0: (Row(1, AT),)})
    assert read_inputs(domain_of(tell_longer), written, [0])[0][0].added == 3
    longer = write_inputs(domain_of(tell_longer), {0: (Longer(1, AT),)})
    with pytest.raises(OtherInputsError, match="added"):
        read_inputs(domain_of(tell_short), longer, [0])
    with pytest.raises(OtherInputsError, match="is not among the evidence"):
        read_inputs(domain_of(tell_short), {}, [0])


def test_hash_does_not_depend_on_where_values_come_from() -> None:
    stored = Row(1, AT.astimezone(ZoneInfo("UTC")))
    assert hash_inputs([Row(1, AT)]) == hash_inputs([stored])
    assert hash_inputs([[1, 2]]) == hash_inputs([(1, 2)])
    assert hash_inputs([Row(1, AT)]) != hash_inputs([Row(2, AT)])
