"""What holds of a territory's reference data: read as it was entered, compared with what is to hold, days marked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import psycopg

from sensors.reference.field import Resource
from sensors.reference.resources import RESOURCES
from store.sql import load_queries

QUERIES = load_queries(__file__)
LAST_DAY = date(2200, 1, 1)
Connection = psycopg.Connection[tuple[Any, ...]]
# Entries are of the classes in `store.reference`, by their kind's name and their number.
Standing = Mapping[str, Mapping[int, Any]]
Types = Mapping[str, type]
Span = tuple[date, date]


def read_standing(connection: Connection, territory: str, types: Types) -> Standing:
    """Read a territory's entries by kind and number; rounds are left out, for there may be very many."""
    return decode(connection.execute(QUERIES["read_entries"], {"territory": territory}), types)


def read_rounds(
    connection: Connection, territory: str, types: Types, *, n: int, before: int | None = None, id_: int | None = None
) -> Mapping[int, Any]:
    """Read a territory's `n` newest rounds with a number below `before`, or the one of this number."""
    parameters = {"territory": territory, "n": n, "before": before, "id": id_}
    return decode(connection.execute(QUERIES["read_rounds"], parameters), types)["rounds_done"]


def decode(rows: Iterable[tuple[Any, ...]], types: Types) -> Standing:
    """Read entries as the store gives them; every kind has its place, if empty."""
    standing: dict[str, dict[int, Any]] = {name: {} for name in types}
    for name, id_, text in rows:
        standing[name][id_] = msgspec.json.decode(text, type=types[name])
    return standing


def changed_spans(before: Standing, after: Mapping[str, Sequence[Any]], zone: ZoneInfo) -> list[Span]:
    """Give the days for which two sets of entries differ: their first day, and the day after the last."""
    spans: list[Span] = []
    for name, resource in RESOURCES.items():
        if resource.begins and name != "rounds_done":
            spans += differing_spans(resource, before.get(name, {}).values(), after.get(name, ()), zone)
    return spans


def differing_spans(resource: Resource, before: Iterable[Any], after: Iterable[Any], zone: ZoneInfo) -> Iterator[Span]:
    """Give the days for which entries of one kind differ; of one that merely ends elsewhere, those between the ends."""
    old, new = Counter(before), Counter(after)
    gone, come = list((old - new).elements()), list((new - old).elements())
    end_by_entry = {without_end(resource, entry): entry for entry in gone}
    for entry in come:
        other = end_by_entry.pop(without_end(resource, entry), None)
        begins, ends = days_of(resource, entry, zone)
        if other is None:
            yield begins, ends
        else:
            yield min(ends, days_of(resource, other, zone)[1]), max(ends, days_of(resource, other, zone)[1])
    yield from (days_of(resource, entry, zone) for entry in end_by_entry.values())


def without_end(resource: Resource, entry: Any) -> Any:
    """Give what an entry says apart from its end."""
    return tuple(getattr(entry, field.name) for field in resource.fields if field.name != resource.ends)


def days_of(resource: Resource, entry: Any, zone: ZoneInfo) -> Span:
    """Give the first day of an entry, and the day after its last; one that holds on ends in 2200."""
    begins, ends = getattr(entry, resource.begins), getattr(entry, resource.ends)
    if isinstance(begins, datetime):
        last = None if ends is None else (ends - timedelta(microseconds=1)).astimezone(zone).date()
        return begins.astimezone(zone).date(), LAST_DAY if last is None else last + timedelta(days=1)
    return begins, LAST_DAY if ends is None else ends


def mark_spans(connection: Connection, territory: str, spans: Sequence[Span]) -> None:
    """Have the KPIs of these days told again, as far as any were told."""
    if spans:
        begins, ends = ([span[side] for span in spans] for side in (0, 1))
        connection.execute(QUERIES["mark_days"], {"territory": territory, "begins": begins, "ends": ends})
