"""What KPIs and detectors read: amounts out of rollups, curves and new values out of measurements.

Amounts come per placed series: a device that was moved within the period appears once for each asset. A series is
expected to speak from its first measurement on, as long as it is placed; one that is silent is in the answer with
nothing covered, so that completeness tells.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray

from store.sql import load_queries

YEAR_2000_S = 946_684_800.0  # PostgreSQL sends instants as microseconds since then (protocol, binary formats)
QUERIES = load_queries(__file__)
EVERY = range(2**31 - 1)  # numbers of series
Connection = psycopg.Connection[tuple[Any, ...]]
Floats = NDArray[np.float64]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Window:
    """Assets of these types in a territory, over a period whose end is not part of it."""

    territory_id: int
    asset_types: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class StateAmount:
    """Seconds in and entries into each state of one placed series; `expected_s` [s] of the period to account for."""

    asset_id: int
    series_id: int
    expected_s: float
    seconds_by_state: tuple[tuple[int, float], ...]
    entries_by_state: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class GaugeAmount:
    """Time-weighted mean of one placed series over the `covered_s` [s] for which its value is known.

    `n_places` is the asset's attribute; mean, lowest and highest are None where nothing is known.
    """

    asset_id: int
    series_id: int
    quantity: str
    n_places: float | None
    expected_s: float
    covered_s: float
    mean: float | None
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class CounterAmount:
    """Increase of one placed counter, the seconds it took, and its highest hourly rate [unit/s]."""

    asset_id: int
    series_id: int
    expected_s: float
    increase: float
    span_s: float
    peak_rate: float | None
    n_resets: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The held curve of one placed series: spells of `seconds` at `values`, in order of time."""

    asset_id: int
    series_id: int
    full_at_percent: float | None
    expected_s: float
    seconds: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Messages that came and that are missing, of devices that tell how many to expect."""

    n_heard: int
    n_missing: int

    @property
    def share(self) -> float:
        """Give the share of the expected that came, 0 to 1."""
        return self.n_heard / (self.n_heard + self.n_missing)


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A civil day of a territory that has ended and whose KPIs are to be told (anew): why, and on whose account."""

    territory_id: int
    begins_at: datetime
    time_zone: str
    cause: str = "late data"
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class FreshSeries:
    """A series with values not scored yet, and what its detector remembers (None: never scored).

    `n_scored` values were read up to `scored_to`, `n_settled` of them up to `settled_to`. Its newest checkpoint is of
    `checkpoint_at`; values came late in hours from `late_from` on (None: none did).
    """

    series_id: int
    territory_id: int
    device_id: int | None
    asset_id: int | None
    quantity: str
    unit: str
    name_en: str
    name_fr: str
    subject: str
    time_zone: str
    version: str | None
    scored_to: datetime | None
    state: dict[str, Any] | None
    first_at: datetime
    last_at: datetime
    n_scored: int
    settled_to: datetime | None
    n_settled: int
    checkpoint_at: datetime | None
    late_from: datetime | None


@dataclass(frozen=True, slots=True)
class FreshValues:
    """All values of a series after `after` up to `until`, in order of time, with their instants [Unix s]."""

    at_s: Floats
    values: Floats
    after: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class QuietDevice:
    """An active device that was last heard at `last_at`; `interval_s` [s] is what it declares, if anything."""

    device_id: int
    territory_id: int
    name: str
    asset_id: int | None
    asset_name: str | None
    interval_s: int | None
    last_at: datetime
    time_zone: str


def read_states(connection: Connection, window: Window, quantity: str) -> list[StateAmount]:
    """Read seconds and entries per state, by asset and series."""
    return read_states_of(connection, [window], quantity)[0]


def read_states_of(connection: Connection, windows: Sequence[Window], quantity: str) -> list[list[StateAmount]]:
    """Do the same for each of several windows that differ in nothing but their period."""
    seconds: dict[tuple[int, int, int, float], dict[int, float]] = {}
    entries: dict[tuple[int, int, int, float], dict[int, int]] = {}
    for index, asset_id, series_id, expected_s, state, state_s, n_entries in rows_apart(
        connection, QUERIES["read_states"], windows, {"quantity": quantity}
    ):
        key = (index, asset_id, series_id, expected_s)
        seconds.setdefault(key, {})
        entries.setdefault(key, {})
        if state is not None:
            seconds[key][state] = seconds[key].get(state, 0.0) + state_s
            entries[key][state] = entries[key].get(state, 0) + n_entries
    found: list[list[StateAmount]] = [[] for _ in windows]
    for key in seconds:
        found[key[0]].append(StateAmount(*key[1:], tuple(seconds[key].items()), tuple(entries[key].items())))
    return found


def read_counters(connection: Connection, window: Window, quantity: str) -> list[CounterAmount]:
    """Read the increases of one quantity; of a meter with registers only the main one."""
    return read_counters_of(connection, [window], quantity)[0]


def read_counters_of(connection: Connection, windows: Sequence[Window], quantity: str) -> list[list[CounterAmount]]:
    """Do the same for each of several windows that differ in nothing but their period."""
    found: list[list[CounterAmount]] = [[] for _ in windows]
    for index, *row in rows_of(connection, "read_counters", windows, {"quantity": quantity}):
        found[index].append(CounterAmount(*row))
    return found


def read_delivered(connection: Connection, window: Window) -> dict[int | None, Delivered]:
    """Read what came of each asset's devices, by asset and (None) of all together; none where nothing was expected."""
    rows = connection.execute(QUERIES["read_delivered"], window_parameters(window))
    return {asset_id: Delivered(n_heard, n_missing) for asset_id, n_heard, n_missing in rows}


def window_parameters(window: Window) -> dict[str, Any]:
    """Name the fields as the queries do."""
    return {
        "territory_id": window.territory_id,
        "types": list(window.asset_types),
        "from": window.begins_at,
        "to": window.ends_at,
    }


def rows_of(
    connection: Connection, query: str, windows: Sequence[Window], more: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Give a query's rows for several windows, each with the index of its window in front."""
    for chain in apart(windows):
        parameters = {**windows_parameters(windows, chain), **more}
        # Not prepared: whether a pass over all hours or a look at each series is better depends on the span.
        for place, *row in connection.execute(QUERIES[query], parameters, prepare=False):
            yield chain[place - 1], *row


def rows_apart(
    connection: Connection, query: LiteralString, windows: Sequence[Window], more: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a query that looks at each window by itself: they may overlap."""
    if windows:
        parameters = {**windows_parameters(windows, range(len(windows))), **more}
        for place, *row in connection.execute(query, parameters, prepare=False):
            yield place - 1, *row


def apart(windows: Sequence[Window]) -> list[list[int]]:
    """Share windows (by their indexes) out among as few lists as need be, in each of which none overlaps another."""
    chains: list[list[int]] = []
    for index in sorted(range(len(windows)), key=lambda i: (windows[i].begins_at, windows[i].ends_at)):
        fitting = (chain for chain in chains if windows[chain[-1]].ends_at <= windows[index].begins_at)
        chain = next(fitting, None)
        if chain is None:
            chains.append([index])
        else:
            chain.append(index)
    return chains


def windows_parameters(windows: Sequence[Window], chain: Sequence[int]) -> dict[str, Any]:
    """Name the fields of windows that differ in nothing but their period as the queries do."""
    first = windows[chain[0]]
    begins, ends = ([getattr(windows[index], name) for index in chain] for name in ("begins_at", "ends_at"))
    return {
        "territory_id": first.territory_id,
        "types": list(first.asset_types),
        "begins": begins,
        "ends": ends,
        "from": min(begins),
        "to": max(ends),
    }


def read_fresh_series(
    connection: Connection,
    detector: str,
    looks_at: tuple[Sequence[str], Sequence[str]],
    n_series: int,
    block: range = EVERY,
) -> list[FreshSeries]:
    """Read at most `n_series` series with unscored or late values, those that wait longest first.

    `looks_at` are the kinds of quantity that the detector looks at, and the quantities of these that it does not;
    `block` are the numbers of the series to look at.
    """
    kinds, without = looks_at
    parameters = {"detector": detector, "kinds": list(kinds), "without": list(without), "n_series": n_series}
    parameters |= {"first_id": block.start, "end_id": block.stop}
    return [FreshSeries(*row) for row in connection.execute(QUERIES["read_fresh_series"], parameters)]


def read_fresh_values(connection: Connection, spans: Mapping[int, Span]) -> dict[int, FreshValues]:
    """Read the values of series, each in a span of its own: after the first instant, up to the second."""
    fresh = {series_id: FreshValues(np.empty(0), np.empty(0), *span) for series_id, span in spans.items()}
    if not spans:
        return fresh
    parameters = {
        "series_ids": list(spans),
        "after": [after for after, _ in spans.values()],
        "until": [until for _, until in spans.values()],
        "earliest": min(after for after, _ in spans.values()),
        "latest": max(until for _, until in spans.values()),
    }
    with connection.cursor(binary=True) as cursor:
        for series_id, since_2000_us, values in cursor.execute(QUERIES["read_fresh_values"], parameters):
            at_s = np.frombuffer(since_2000_us, dtype=">i8") / 1e6 + YEAR_2000_S
            fresh[series_id] = FreshValues(at_s, np.frombuffer(values, dtype=">f8").astype(float), *spans[series_id])
    return fresh


def read_quiet_devices(
    connection: Connection, kind: str, now: datetime, longest: timedelta, shortest: timedelta
) -> list[QuietDevice]:
    """Read the active devices that have been silent for between `shortest` and `longest`, no finding open on it; those
    that were taken from their place are left out."""
    parameters = {"kind": kind, "now": now, "after": now - longest, "before": now - shortest}
    return [QuietDevice(*row) for row in connection.execute(QUERIES["read_quiet_devices"], parameters)]


def read_device_rhythm(
    connection: Connection, device_id: int, begin: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Read the first and last instant of each hour in which the device spoke."""
    rows = connection.execute(QUERIES["read_device_rhythm"], {"device_id": device_id, "from": begin, "to": end})
    return [(row[0], row[1]) for row in rows]
