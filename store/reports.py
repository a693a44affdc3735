"""Signed reports: what they are checked against, and their files, kept for ten years."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
PART_BYTES = 4_000_000
KEPT_YEARS = 10


@dataclass(frozen=True, slots=True)
class Reported:
    """A territory a report is about. `dropped`: raw values of the span have gone; `is_pending`: KPIs are to be told."""

    territory_id: int
    name: str
    time_zone: str
    computed_to: datetime
    is_dropped: bool
    is_pending: bool


@dataclass(frozen=True, slots=True)
class CurrentKpi:
    """A current value as it stands in the store."""

    kpi: str
    asset_id: int | None
    begins_at: datetime
    ends_at: datetime
    value: float | None
    low: float | None
    high: float | None
    method: str
    method_version: str
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A report as it was signed."""

    report_id: int
    territory: str
    period: str
    language: str
    signed_at: datetime
    manifest: bytes
    signature: bytes


@contextmanager
def frozen(connection: Connection) -> Iterator[None]:
    """Read all of a report in one instant; nothing is written."""
    with connection.transaction():
        connection.execute(QUERIES["freeze"])
        yield


def read_reported(connection: Connection, slug: str, span: tuple[datetime, datetime]) -> Reported | None:
    """Read what a report of a span has to know of a territory, None where there is none of that name."""
    parameters = {"territory": slug, "from": span[0], "to": span[1]}
    row = connection.execute(QUERIES["read_reported"], parameters).fetchone()
    return None if row is None else Reported(*row)


def read_current_kpis(connection: Connection, territory_id: int, span: tuple[datetime, datetime]) -> list[CurrentKpi]:
    """Read the current values of periods within a span."""
    parameters = {"territory_id": territory_id, "from": span[0], "to": span[1]}
    return [CurrentKpi(*row) for row in connection.execute(QUERIES["read_current_kpis"], parameters)]


def read_asset_slugs(connection: Connection, territory_id: int) -> dict[int, str]:
    """Give the slugs of a territory's assets by number."""
    rows = connection.execute(QUERIES["read_asset_slugs"], {"territory_id": territory_id})
    return {int(row[0]): str(row[1]) for row in rows}


def keep_report(connection: Connection, territory_id: int, report: SignedReport, files: Mapping[str, bytes]) -> int:
    """Keep a report with its files for ten years, in one transaction, and give its number. Files are kept once each."""
    kept = {"territory_id": territory_id, "years": KEPT_YEARS, "signed_at": report.signed_at}
    with connection.transaction():
        for content in files.values():
            digest = hashlib.sha256(content).hexdigest()
            for part, at in enumerate(range(0, max(len(content), 1), PART_BYTES)):
                row = {**kept, "sha256": digest, "part": part, "content": content[at : at + PART_BYTES]}
                connection.execute(QUERIES["keep_evidence"], row)
        told = {"period": report.period, "language": report.language}
        signed = {"manifest": report.manifest, "signature": report.signature}
        row_of = connection.execute(QUERIES["keep_report"], {**kept, **told, **signed}).fetchone()
    return int(row_of[0]) if row_of else 0


def list_reports(connection: Connection) -> list[SignedReport]:
    """List all reports that are kept, the newest first."""
    return [SignedReport(*row) for row in connection.execute(QUERIES["list_reports"])]


def read_file(connection: Connection, report_id: int, digest: str) -> bytes | None:
    """Give a kept file of a report by its SHA-256, None where it is not kept."""
    rows = connection.execute(QUERIES["read_evidence"], {"report_id": report_id, "sha256": digest}).fetchall()
    return b"".join(row[0] for row in rows) if rows else None


def end_reports(connection: Connection, now: datetime) -> int:
    """Delete reports and files whose ten years are over, and give how many reports."""
    with connection.transaction():
        n_reports = connection.execute(QUERIES["end_reports"], {"now": now}).rowcount
        connection.execute(QUERIES["end_evidence"], {"now": now})
    return n_reports
