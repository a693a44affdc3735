"""What one listener wants to hear, and what that makes of news; listeners with the same interest share the text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from store.live import News, Position
from store.reader import Row

Kind = Literal["measurements", "findings", "kpis"]
KINDS: tuple[Kind, ...] = ("measurements", "findings", "kpis")
MOST_ITEMS = 2_000  # of one event


@dataclass(frozen=True, slots=True)
class Described:
    """Whose a series is, and what it says."""

    territory: str
    quantity: str
    unit: str


@dataclass(frozen=True, slots=True)
class Interest:
    """Territories that the key may see, and what of them is wanted; None where all is."""

    territories: frozenset[str]
    kinds: frozenset[str]
    series_ids: frozenset[int] | None = None
    quantities: frozenset[str] | None = None

    def wants(self, series_id: int, of: Described) -> bool:
        """Whether measurements of a series are wanted."""
        return (
            of.territory in self.territories
            and (self.series_ids is None or series_id in self.series_ids)
            and (self.quantities is None or of.quantity in self.quantities)
        )

    def rows(self, kind: Kind, rows: Iterable[Row]) -> list[Row]:
        """Give the rows that are wanted."""
        if kind not in self.kinds:
            return []
        return [row for row in rows if row["territory"] in self.territories]


def write_news(news: News, interest: Interest, described: Mapping[int, Described]) -> bytes:
    """Write news as events; nothing where none of it is wanted.

    Each event bears the position behind it. Of several that belong together only the last one does: who is cut off
    between them hears all of them again.
    """
    since, until = news.since, news.until
    told = [
        ("measurements", items_of(news, interest, described), Position(until.batch, since.change, since.kpi)),
        ("findings", interest.rows("findings", news.findings), Position(until.batch, until.change, since.kpi)),
        ("kpis", interest.rows("kpis", news.kpis), until),
    ]
    return b"".join(write_events(kind, items, position) for kind, items, position in told)


def items_of(news: News, interest: Interest, described: Mapping[int, Described]) -> list[dict[str, Any]]:
    """Give the measurements that are wanted."""
    if "measurements" not in interest.kinds:
        return []
    items = []
    for batch, series_id, at, value in news.values:
        of = described.get(series_id)
        if of is not None and interest.wants(series_id, of):
            names = {"series_id": series_id, "territory": of.territory, "quantity": of.quantity, "unit": of.unit}
            items.append({**names, "observed_at": at, "value": value, "batch": batch})
    return items


def write_events(kind: str, items: list[Any], position: Position) -> bytes:
    """Write items as one event, or as several where they are many."""
    parts = [items[begin : begin + MOST_ITEMS] for begin in range(0, len(items), MOST_ITEMS)]
    return b"".join(
        write_event(kind, {"items": part}, position if index == len(parts) - 1 else None)
        for index, part in enumerate(parts)
    )


def write_event(kind: str, data: object, position: Position | None = None) -> bytes:
    """Write one event as `text/event-stream` has it; JSON has no line ends of its own."""
    head = b"" if position is None else f"id: {write_position(position)}\n".encode()
    return b"%sevent: %s\ndata: %s\n\n" % (head, kind.encode(), msgspec.json.encode(data))


def write_heartbeat(position: Position) -> bytes:
    """Write what keeps a connection alive: a comment, and the position for a client to come back with."""
    return f": heartbeat\nid: {write_position(position)}\n\n".encode()


def write_position(position: Position) -> str:
    """Write a position as the id of an event."""
    return f"{position.batch}-{position.change}-{position.kpi}"


def read_position(text: str) -> tuple[int, int | None, int | None] | None:
    """Read the id of an event, or the number of a batch alone; None where it is neither."""
    parts = text.split("-")
    if len(parts) not in (1, 3) or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    return (numbers[0], None, None) if len(numbers) == 1 else (numbers[0], numbers[1], numbers[2])
