"""Asks as Grafana does: variables chosen in their order, macros expanded, rows fetched, their shape judged."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from tests.support.grafana_macros import Range, Raw, Value, expand
from tests.support.grafana_panels import PAGE_URL, PanelQuery, dashboards, query_variables

Session = psycopg.Connection[TupleRow]
Rows = list[tuple[Any, ...]]
# Types that Grafana's data source turns into times, numbers and booleans; all else becomes text.
TIME_TYPES = {"timestamptz", "timestamp", "date"}
NUMBER_TYPES = {"int2", "int4", "int8", "float4", "float8", "numeric"}
POINTS = 500


def span_of(now: datetime, length: timedelta) -> Range:
    """Give the last `length` with the interval between two of some hundred points."""
    return Range(now - length, now, int(length.total_seconds() * 1000 / POINTS))


def choices(session: Session, board: str, span: Range, *, all_at_once: bool = True) -> dict[str, Value]:
    """Choose: "all" of the lists (or each by name), else the first."""
    chosen: dict[str, Value] = {"vigie": PAGE_URL, "source": "uid"}
    [built] = [one for one in dashboards() if one.uid == board]
    for variable in query_variables(built):
        if variable["includeAll"] and all_at_once:
            chosen[variable["name"]] = Raw(variable["allValue"])
            continue
        rows = session.execute(expand(variable["query"], span, chosen)).fetchall()
        values = [str(row[1]) for row in rows]
        if variable["includeAll"]:
            chosen[variable["name"]] = values
        else:
            chosen[variable["name"]] = values[0] if values else ""
    return chosen


def run(
    session: Session, query: PanelQuery, span: Range, chosen: dict[str, Value]
) -> tuple[list[tuple[str, str]], Rows]:
    """Run a query as Grafana would: give columns with their types, and rows."""
    cursor = session.execute(expand(query.sql, span, chosen))
    assert cursor.description is not None
    return [(column.name, column.type_display) for column in cursor.description], cursor.fetchall()


def check_shape(query: PanelQuery, columns: list[tuple[str, str]], rows: Rows, span: Range) -> None:
    """Check columns and rows against what the panel makes of them."""
    names = [name for name, _ in columns]
    assert len(set(names)) == len(names)
    if query.rows_as == "time_series":
        check_series(columns, rows, span)
    elif query.rows_as == "variable":
        assert names == ["__text", "__value"]
    elif query.rows_as == "annotation":
        assert names == ["time", "timeend", "text", "tags"]
        assert all(simple(kind) in TIME_TYPES for _, kind in columns[:2])
    else:
        assert set(names) == query.columns, "a table's columns all have their words"
    assert query.columns <= set(names)


def check_series(columns: list[tuple[str, str]], rows: Rows, span: Range) -> None:
    """A series has a time, sorted and never absent, inside the range; numbers; and labels as text."""
    names = [name for name, _ in columns]
    position = names.index("time")
    assert simple(columns[position][1]) in TIME_TYPES
    times = [row[position] for row in rows]
    assert None not in times
    assert times == sorted(times)
    assert not times or span.begin <= times[0] <= times[-1] <= span.end
    others = [simple(kind) for name, kind in columns if name != "time"]
    assert any(kind in NUMBER_TYPES for kind in others)
    assert all(kind in NUMBER_TYPES | {"text", "varchar"} for kind in others)


def simple(type_display: str) -> str:
    """Name of a type without its length."""
    return type_display.split("(")[0]
