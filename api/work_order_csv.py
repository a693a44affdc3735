"""Work orders as CSV (RFC 4180, UTF-8), for spreadsheets and a town's own maintenance software."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from sensors.spreadsheet import harmless
from store.reader import Row

COLUMNS = (
    "work_order_id",
    "territory",
    "asset",
    "asset_name",
    "incident_id",
    "finding_id",
    "version",
    "state",
    "severity",
    "title",
    "sentence_fr",
    "note",
    "technician",
    "planned_at",
    "planned_min",
    "opened_at",
    "opened_by",
    "started_at",
    "closed_at",
    "closed_by",
    "verdict",
    "condition",
    "failed_at",
    "cause",
    "parts",
    "worked_min",
    "cost_eur",
    "result",
)


def write_csv(rows: Iterable[Row]) -> bytes:
    """Write rows with a line of names first. The byte-order mark makes spreadsheets read accents rightly."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([cell(row[name]) for name in COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cell(value: object) -> str | int | float | None:
    """Write one value: instants in UTC, lists as JSON, texts so that no spreadsheet runs them."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case list():
            return msgspec.json.encode(value).decode()
        case str():
            return harmless(value)
        case int() | float() | None:
            return value
        case _:
            return str(value)
