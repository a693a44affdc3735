"""What is new since a moment ago: measurements by the number of their batch, changes of findings, KPI values.

Numbers are given before a transaction ends, so a lower one may come to sight after a higher one. What is told goes up
to where nothing lower can come any more: until those have ended that were at work when a gap was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
MOST_IDS = 500  # of each kind that are told at once
MARGIN = timedelta(minutes=15)  # by which a measurement may be older or newer than its arrival, at first sight
LONGEST_DELAY = timedelta(days=31)  # by which a measurement may be late and still be found here
NUMBERS = ("batch", "change", "kpi")
# Where measurements are looked for, one place after the other, until there are as many as were stored.
PLACES = (
    ("read_logged", MARGIN),
    ("read_logged", LONGEST_DELAY),
    ("read_heard", MARGIN),
    ("read_heard", LONGEST_DELAY),
)
Value = tuple[int, int, datetime, float]  # batch, series, instant, value: many come, so they stay bare


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far somebody has been told: the last batch, change of a finding, and KPI value."""

    batch: int
    change: int
    kpi: int


@dataclass(frozen=True, slots=True)
class News:
    """What is new between two positions; `n_elsewhere` measurements came more than 31 days late and are not here."""

    since: Position
    until: Position
    values: Sequence[Value] = ()
    findings: Sequence[Row] = ()
    kpis: Sequence[Row] = ()
    n_elsewhere: int = 0
    received_at: datetime | None = None


@dataclass(slots=True)
class Settler:
    """Knows up to which number nothing lower can come any more."""

    settled: int
    frontier: int = 0
    waited_for: frozenset[str] = field(default_factory=frozenset)

    def settle(self, before: frozenset[str], ids: Sequence[int], after: frozenset[str]) -> int:
        """Take the numbers above `settled` that are to be seen, and give the number that is settled now.

        Parameters
        ----------
        before, after
            Who was at work before and after the numbers were looked for.
        """
        if self.frontier > self.settled and not self.waited_for & before:
            self.settled = self.frontier
        for number in ids:
            if number == self.settled + 1:
                self.settled = number
        if ids and ids[-1] > self.settled and self.frontier <= self.settled:
            self.frontier, self.waited_for = ids[-1], after
        return self.settled


class Watch:
    """Follows what is new in the store, one look after the other."""

    def __init__(self, position: Position) -> None:
        self._settlers = [Settler(getattr(position, name)) for name in NUMBERS]

    @property
    def position(self) -> Position:
        """How far everything is settled."""
        return Position(*(settler.settled for settler in self._settlers))

    async def look(self, connection: Connection, since: Position) -> News:
        """Give what has become certain since a position; about 500 batches, changes and KPI values at most."""
        for settler, ids, working in zip(self._settlers, ID_QUERIES, WORKING_QUERIES, strict=True):
            before = await read_tokens(connection, working)
            found = await fetch(connection, QUERIES[ids], {"after": settler.settled, "n": MOST_IDS})
            after = await read_tokens(connection, working) if found else before
            settler.settle(before, [next(iter(row.values())) for row in found], after)
        return await read_news(connection, since, self.position)


ID_QUERIES = ("read_batch_ids", "read_change_ids", "read_kpi_ids")
WORKING_QUERIES = ("read_working", "read_writing", "read_writing")


async def read_tokens(connection: Connection, query: str) -> frozenset[str]:
    """Say who is at work."""
    row = await (await connection.execute(QUERIES[query])).fetchone()
    return frozenset(row[0] or ()) if row else frozenset()


async def read_newest(connection: Connection) -> Position:
    """Give the highest numbers that are to be seen."""
    row = await (await connection.execute(QUERIES["read_newest_ids"])).fetchone()
    return Position(*row) if row else Position(0, 0, 0)


def steps_between(since: Position, until: Position) -> list[Position]:
    """Cut the way from one position to another into steps of a bounded size, and give where each ends."""
    ends = []
    while since != until:
        since = Position(*(min(getattr(until, name), getattr(since, name) + MOST_IDS) for name in NUMBERS))
        ends.append(since)
    return ends


async def read_news(connection: Connection, since: Position, until: Position) -> News:
    """Read what is new between two positions, the same at any time later."""
    news = News(since, until)
    if until.batch > since.batch:
        news = await read_values(connection, news)
    if until.change > since.change:
        parameters = {"after": since.change, "to": until.change}
        news = replace(news, findings=await fetch(connection, QUERIES["read_findings"], parameters))
    if until.kpi > since.kpi:
        parameters = {"after": since.kpi, "to": until.kpi}
        news = replace(news, kpis=await fetch(connection, QUERIES["read_kpis"], parameters))
    return news


async def read_values(connection: Connection, news: News) -> News:
    """Read the measurements of batches: where they ought to be, then further back as long as some are missing."""
    parameters = {"after": news.since.batch, "to": news.until.batch}
    row = await (await connection.execute(QUERIES["read_batches"], parameters)).fetchone()
    if row is None or row[0] is None:
        return news
    first_at, last_at, n_wanted = row
    found: list[Value] = []
    for query, margin in PLACES:
        if len(found) >= n_wanted:
            break
        span = {"first_at": first_at, "last_at": last_at, "from": first_at - margin, "until": last_at + MARGIN}
        async with connection.cursor(binary=True) as cursor:
            await cursor.execute(QUERIES[query], {**parameters, **span})
            found = await cursor.fetchall()
    return replace(news, values=found, n_elsewhere=max(0, n_wanted - len(found)), received_at=first_at)


async def describe_series(connection: Connection, series_ids: Sequence[int]) -> list[Row]:
    """Say of which territory, quantity and unit series are."""
    return await fetch(connection, QUERIES["describe_series"], {"series_ids": list(series_ids)})


async def read_received_at(connection: Connection, after: int) -> datetime | None:
    """Say when the first batch after a number came; None where there is none."""
    row = await (await connection.execute(QUERIES["read_received_at"], {"after": after})).fetchone()
    return row[0] if row else None
