"""Lists of models and signed reports, for readers; each function needs a connection of `store.reader.limited`."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
MANIFEST, SIGNATURE = "manifest.json", "signature.json"


async def list_models(connection: Connection, filters: Mapping[str, str | None], *, after: int, n: int) -> list[Row]:
    """List models, the newest first, those that all share too; filters: territory, family, state (champion or all)."""
    return await fetch(connection, QUERIES["list_models"], {**filters, "after": after, "n": n})


async def list_reports(connection: Connection, territory: str | None, *, after: int, n: int) -> list[Row]:
    """List signed reports, the newest first, each with the files that its manifest names."""
    rows = await fetch(connection, QUERIES["list_reports"], {"territory": territory, "after": after, "n": n})
    for row in rows:
        row["files"] = files_of(row.pop("manifest"))
    return rows


async def read_report_file(connection: Connection, report_id: int, name: str) -> bytes | None:
    """Give a file of a report byte for byte, manifest and signature too; None where it is not there for this reader."""
    rows = await fetch(connection, QUERIES["read_signed"], {"report_id": report_id})
    if not rows:
        return None
    signed = {MANIFEST: bytes(rows[0]["manifest"]), SIGNATURE: bytes(rows[0]["signature"])}
    if name in signed:
        return signed[name]
    entry = next((file for file in files_of(signed[MANIFEST]) if file["name"] == name), None)
    if entry is None:
        return None
    parts = await fetch(connection, QUERIES["read_file"], {"report_id": report_id, "sha256": entry["sha256"]})
    return b"".join(bytes(part["content"]) for part in parts) if parts else None


def files_of(manifest: bytes) -> Sequence[Mapping[str, Any]]:
    """Give the files that a manifest names: name, about, n_bytes, sha256."""
    return [dict(file) for file in msgspec.json.decode(manifest).get("files", [])]
