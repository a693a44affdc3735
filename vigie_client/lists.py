"""Lists of the server as iterators: one page after the other is fetched as they are gone through."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import msgspec

from vigie_client.items import Asset, Completeness, Delivery, Device, Gap, Item, LastValue, Rejection, Series, Territory
from vigie_client.results import Finding, Forecast, Incident, Kpi, Model, Report, Verdict, WorkOrder
from vigie_client.transport import Parameters, Transport

Listed = TypeVar("Listed", bound=Item)
Openness = Literal["open", "closed", "all"]
Position = tuple[float, float]


class Lists:
    """What a key may see, as lists; each parameter narrows the list as the one of that name in the API."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def territories(self) -> Iterator[Territory]:
        """List the territories of the key."""
        return self._pages("territories", Territory, {})

    def assets(
        self,
        *,
        territory: str | None = None,
        type: str | None = None,  # noqa: A002  # the field's name in the API
        bbox: tuple[float, float, float, float] | None = None,
        near: Position | None = None,
        within_m: float | None = None,
        polygon: Sequence[Position] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Iterator[Asset]:
        """List assets, also by west, south, east, north; a circle; corners of a polygon [degrees]; attributes."""
        place = {
            "bbox": None if bbox is None else ",".join(map(repr, bbox)),
            "near": None if near is None else ",".join(map(repr, near)),
            "within_m": within_m,
            "polygon": None if polygon is None else ";".join(",".join(map(repr, corner)) for corner in polygon),
            "tag": [f"{name}:{value}" for name, value in (tags or {}).items()],
        }
        return self._pages("assets", Asset, {"territory": territory, "type": type, **place})

    def devices(self, *, territory: str | None = None, state: str | None = None) -> Iterator[Device]:
        """List devices."""
        return self._pages("devices", Device, {"territory": territory, "state": state})

    def series(
        self,
        *,
        territory: str | None = None,
        asset_id: int | None = None,
        device_id: int | None = None,
        quantity: str | None = None,
    ) -> Iterator[Series]:
        """List series; with `asset_id` those that tell about the asset at present."""
        asked = {"territory": territory, "asset_id": asset_id, "device_id": device_id, "quantity": quantity}
        return self._pages("series", Series, asked)

    def last_values(self, series_id: Sequence[int] = (), *, asset_id: int | None = None) -> list[LastValue]:
        """Give the newest value of each series, or of all that tell about an asset."""
        return list(self._pages("measurements/last", LastValue, {"series_id": series_id, "asset_id": asset_id}))

    def findings(
        self,
        *,
        territory: str | None = None,
        asset_id: int | None = None,
        incident_id: int | None = None,
        state: Openness = "open",
    ) -> Iterator[Finding]:
        """List findings, the latest first."""
        asked = {"territory": territory, "asset_id": asset_id, "incident_id": incident_id, "state": state}
        return self._pages("findings", Finding, asked)

    def incidents(
        self, *, territory: str | None = None, asset_id: int | None = None, state: Openness = "open"
    ) -> Iterator[Incident]:
        """List incidents, the latest first."""
        return self._pages("incidents", Incident, {"territory": territory, "asset_id": asset_id, "state": state})

    def verdicts(self, *, territory: str | None = None, finding_id: int | None = None) -> Iterator[Verdict]:
        """List verdicts, the latest first, those that were restated too."""
        return self._pages("verdicts", Verdict, {"territory": territory, "finding_id": finding_id})

    def work_orders(
        self,
        *,
        territory: str | None = None,
        state: str = "waiting",
        asset_id: int | None = None,
        incident_id: int | None = None,
        technician: str | None = None,
    ) -> Iterator[WorkOrder]:
        """List work orders, the newest first; `waiting`: neither closed nor cancelled."""
        asked = {"territory": territory, "state": state, "asset_id": asset_id, "incident_id": incident_id}
        return self._pages("work-orders", WorkOrder, {**asked, "technician": technician})

    def kpis(
        self,
        *,
        territory: str | None = None,
        asset_id: int | None = None,
        kpi: str | None = None,
        scope: Literal["territory", "asset", "all"] = "territory",
        history: bool = False,
    ) -> Iterator[Kpi]:
        """List KPI values, the latest first; with `history` also those that were replaced."""
        asked = {"territory": territory, "asset_id": asset_id, "kpi": kpi, "scope": scope, "history": history}
        return self._pages("kpis", Kpi, asked)

    def forecasts(self, *, territory: str | None = None, asset_id: int | None = None) -> Iterator[Forecast]:
        """List forecasts as they are now."""
        return self._pages("forecasts", Forecast, {"territory": territory, "asset_id": asset_id})

    def models(self, *, territory: str | None = None, family: str | None = None) -> Iterator[Model]:
        """List models, the newest first."""
        return self._pages("models", Model, {"territory": territory, "family": family})

    def reports(self, *, territory: str | None = None) -> Iterator[Report]:
        """List signed reports, the newest first."""
        return self._pages("reports", Report, {"territory": territory})

    def report_file(self, report_id: int, name: str) -> bytes:
        """Give a file of a report as it was signed."""
        return self._transport.get(f"/v1/reports/{report_id}/files/{quote(name)}")

    def rejections(
        self,
        *,
        territory: str | None = None,
        reason: str | None = None,
        state: Literal["open", "resolved", "all"] = "all",
    ) -> Iterator[Rejection]:
        """List what was refused, the latest first."""
        return self._pages("rejections", Rejection, {"territory": territory, "reason": reason, "state": state}, 100)

    def deliveries(self, *, territory: str | None = None, hours: int = 24) -> Iterator[Delivery]:
        """List what arrived of each device in the last hours."""
        return self._pages("deliveries", Delivery, {"territory": territory, "hours": hours})

    def gaps(
        self, *, territory: str | None = None, device_id: int | None = None, state: Openness = "open"
    ) -> Iterator[Gap]:
        """List messages that are missing."""
        return self._pages("gaps", Gap, {"territory": territory, "device_id": device_id, "state": state})

    def completeness(
        self,
        *,
        territory: str | None = None,
        device_id: int | None = None,
        asset_id: int | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
    ) -> Iterator[Completeness]:
        """List how complete series are between two instants; default the last day."""
        asked = {"territory": territory, "device_id": device_id, "asset_id": asset_id, "from": begin, "to": end}
        return self._pages("completeness", Completeness, asked)

    def _pages(self, name: str, kind: type[Listed], asked: Parameters, limit: int | None = 1000) -> Iterator[Listed]:
        page = msgspec.json.Decoder(_Page)
        cursor: str | None = None
        sized: dict[str, Any] = {} if name == "measurements/last" else {"limit": limit}
        while True:
            found = page.decode(self._transport.get(f"/v1/{name}", {**asked, **sized, "cursor": cursor}))
            yield from msgspec.json.decode(found.items, type=list[kind])  # type: ignore[valid-type]
            cursor = found.next
            if cursor is None:
                return


class _Page(msgspec.Struct):
    items: msgspec.Raw
    next: str | None = None
