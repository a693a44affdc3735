"""The client: lists, values as arrays, files, and what technicians write."""

import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from vigie_client.items import Item, Severity
from vigie_client.lists import Lists
from vigie_client.results import PartUsed, Verdict, WorkOrder
from vigie_client.transport import Transport
from vigie_client.values import Curves, Measurements, read_curves, read_table

Written = TypeVar("Written", bound=Item)


class Client(Lists):
    """A Vigie server as one key sees it.

    >>> with Client("https://vigie.example.org", key="vg_...") as vigie:  # doctest: +SKIP
    ...     lamps = list(vigie.assets(territory="val-de-tille", type="street_light"))

    Parameters
    ----------
    address
        Of the server, without path; a key is sent over https only, except to this machine.
    key
        As `vigie key add` shows it; default VIGIE_KEY of the environment; without one, what is public.
    timeout_s
        How long to wait for an answer to begin [s].
    verify
        Whether the server's certificate is checked, or a file of certificates to check it by.
    """

    def __init__(
        self, address: str, key: str | None = None, *, timeout_s: float = 60.0, verify: bool | str = True
    ) -> None:
        super().__init__(Transport(address, key or os.environ.get("VIGIE_KEY"), timeout_s, verify))

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.close()

    def measurements(
        self,
        series_id: Sequence[int] | None = None,
        *,
        begin: datetime,
        end: datetime,
        names: bool = False,
        **filters: Any,
    ) -> Measurements:
        """Read all raw values of series from `begin` up to `end`, at most 50 million.

        Without `series_id` those that the filters leave: territory, quantity, device_id, asset_id, type. With `names`
        each row also says territory, device, channel, quantity and unit.
        """
        asked = {"series_id": series_id, "from": begin, "to": end, "names": names, **filters}
        return read_table(self._transport.get("/v1/measurements.arrow", asked))

    def download(
        self,
        path: Path,
        *,
        begin: datetime,
        end: datetime,
        extension: Literal["csv", "jsonl", "geojson", "parquet", "arrow"] = "parquet",
        **filters: Any,
    ) -> int:
        """Write raw values to a file piece by piece, and give its length [B]; nothing is left where it breaks off."""
        partial = path.with_name(f"{path.name}.part")
        n_bytes = 0
        asked = {"from": begin, "to": end, **filters}
        try:
            with partial.open("wb") as sink, self._transport.pieces(f"/v1/measurements.{extension}", asked) as pieces:
                for piece in pieces:
                    n_bytes += sink.write(piece)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return n_bytes

    def curves(
        self,
        series_id: Sequence[int],
        *,
        begin: datetime,
        end: datetime,
        bucket: Literal["auto", "raw", "hour", "day"] = "auto",
        points: int = 1000,
        fill: Literal["none", "locf", "linear"] = "none",
        align: Literal["span", "clock"] = "span",
    ) -> Curves:
        """Read series on one grid of at most `points` points; no peak is lost: `low` and `high` tell of every value."""
        asked = {"from": begin, "to": end, "bucket": bucket, "points": points, "fill": fill, "align": align}
        return read_curves(msgspec.json.decode(self._transport.get("/v1/curves", {"series_id": series_id, **asked})))

    def judge(
        self,
        finding_id: int,
        verdict: Literal["confirmed", "false_alarm", "known", "withdrawn"],
        *,
        who: str | None = None,
        note: str = "",
        failed_at: datetime | None = None,
    ) -> Verdict:
        """Say what a finding is worth; done once, however often it is tried."""
        said = {"verdict": verdict, "who": who, "note": note, "failed_at": failed_at}
        return self._write("POST", f"findings/{finding_id}/verdict", said, Verdict)

    def open_work_order(
        self,
        *,
        finding_id: int | None = None,
        incident_id: int | None = None,
        asset_id: int | None = None,
        territory: str | None = None,
        title: str = "",
        note: str = "",
        severity: Severity | None = None,
        technician: str | None = None,
        planned_at: datetime | None = None,
    ) -> WorkOrder:
        """Open a work order about a finding, an incident, an asset or a territory; done once, however often tried."""
        about = {"finding_id": finding_id, "incident_id": incident_id, "asset_id": asset_id, "territory": territory}
        said = {"title": title, "note": note, "severity": severity, "technician": technician, "planned_at": planned_at}
        return self._write("POST", "work-orders", {**about, **said}, WorkOrder)

    def change_work_order(self, order: WorkOrder, **fields: Any) -> WorkOrder:
        """Change title, note, severity, technician, planned_at, planned_min, or `move` (start, cancel).

        Refused with 412 where somebody changed it after `order` was read.
        """
        return self._write("PATCH", f"work-orders/{order.work_order_id}", fields, WorkOrder, version_of(order))

    def close_work_order(
        self,
        order: WorkOrder,
        verdict: Literal["confirmed", "false_alarm", "known", "other_cause"],
        *,
        parts: Sequence[PartUsed] = (),
        **said: Any,
    ) -> WorkOrder:
        """Close a work order: condition, failed_at, cause, worked_min, cost_eur, result. Refused as a change is."""
        body = {"verdict": verdict, "parts": [msgspec.to_builtins(part) for part in parts], **said}
        return self._write("POST", f"work-orders/{order.work_order_id}/close", body, WorkOrder, version_of(order))

    def pages(self, path: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        """Go through any list of the API, such as `/v1/clocks`, whose items have no type here."""
        cursor: str | None = None
        while True:
            body = msgspec.json.decode(self._transport.get(path, {**parameters, "cursor": cursor}))
            yield from body["items"]
            cursor = body["next"]
            if cursor is None:
                return

    def _write(
        self,
        method: str,
        name: str,
        said: Mapping[str, Any],
        kind: type[Written],
        headers: Mapping[str, str] | None = None,
    ) -> Written:
        told = {"Idempotency-Key": uuid.uuid4().hex, **(headers or {})}
        body = {field: value for field, value in said.items() if value is not None or method == "PATCH"}
        return msgspec.json.decode(self._transport.write(method, f"/v1/{name}", body, told), type=kind)


def version_of(order: WorkOrder) -> dict[str, str]:
    """Say which version of an order was seen."""
    return {"If-Match": f'"{order.version}"'}
