"""How each route is asked rightly for what is a commune's: one line a route, for all tests that walk the routes.

`{name}` in a path, a query or a body is filled with what `ids_of` gives for a commune.
"""

import re
from collections.abc import Mapping
from typing import Any

import httpx
from fastapi.routing import APIRoute

from api.routes import routers
from store.connect import connect
from tests.support.ask import Ask
from tests.support.ngsi_asks import NGSI_ASKS, NGSI_NAMES, NGSI_NUMBERS
from tests.support.photos import a_photo

TOKEN = "cal_" + "x" * 43
REPORT = {"kind": "other", "place": "at the fountain", "note": "it drips"}
BLANK = re.compile(r"\{(\w+)(?::path)?\}")
CSV = "slug;name;type;longitude;latitude\nnew-lamp;New lamp;street_light;5.1;47.1\n"
FACTOR = {"factor": "gas_heating_value", "value": 11.0, "unit": "kW.h/m3", "source": "bill", "valid_from": "2027-01-01"}


OF_TERRITORY = Ask({"territory": "{territory}"})
PLAIN = Ask()
ASKS: Mapping[str, Ask] = {
    "GET /login": PLAIN,
    "GET /login/callback": PLAIN,
    "GET /metrics": PLAIN,
    "GET /sensorthings/v1.1": PLAIN,
    "GET /sensorthings/v1.1/": PLAIN,
    "GET /sensorthings/v1.1/{path:path}": Ask(path="Things({thing_id})"),
    "POST /sensorthings/v1.1/$batch": Ask(
        body={
            "requests": [
                {"id": "1", "method": "patch", "url": "Things({thing_id})", "body": {"description": "new"}},
            ]
        }
    ),
    "POST /sensorthings/v1.1/{path:path}": Ask(
        body={"phenomenonTime": "2026-05-03T11:00:00Z", "result": 5}, path="Datastreams({datastream_id})/Observations"
    ),
    "PATCH /sensorthings/v1.1/{path:path}": Ask(body={"description": "new"}, path="Things({thing_id})"),
    "PUT /sensorthings/v1.1/{path:path}": Ask(body={"name": "a", "description": "b"}, path="Things({thing_id})"),
    "DELETE /sensorthings/v1.1/{path:path}": Ask(path="Things({thing_id})"),
    "GET /v1/acceptances": OF_TERRITORY,
    "POST /v1/acceptances": Ask(body={"territory": "{territory}", "name": "batch", "devices": ["device"]}),
    "GET /v1/acceptances/{acceptance_id}": PLAIN,
    "GET /v1/acceptances/{acceptance_id}/results": PLAIN,
    "GET /v1/alarm-loads": OF_TERRITORY,
    "GET /v1/alert-kinds": PLAIN,
    "GET /v1/alert-pauses": Ask({"territory": "{territory}", "state": "all"}),
    "POST /v1/alert-pauses": Ask(
        body={"alert_id": "{alert_id}", "scope": "kind", "for_min": 60, "reason": "works", "who": "night team"}
    ),
    "GET /v1/alert-pauses/{pause_id}": PLAIN,
    "DELETE /v1/alert-pauses/{pause_id}": PLAIN,
    "GET /v1/alerts": Ask({"territory": "{territory}", "state": "all"}),
    "GET /v1/alerts/links/{token}": Ask(blanks={"token": "link"}),
    "POST /v1/alerts/links/{token}": Ask(blanks={"token": "link"}),
    "GET /v1/alerts/{alert_id}": PLAIN,
    "POST /v1/alerts/{alert_id}/acknowledge": Ask(body={"who": "night team"}),
    "GET /v1/alerts/{alert_id}/messages": PLAIN,
    "GET /v1/assets": OF_TERRITORY,
    "POST /v1/assets/{asset_id}/device": Ask(body={"label": "stranger of {territory}"}),
    "GET /v1/audit": Ask({"territory": "{territory}", "from": "2026-01-01T00:00:00Z"}),
    "GET /v1/calendars": PLAIN,
    "POST /v1/calendars": Ask(body={"territory": "{territory}"}),
    "DELETE /v1/calendars/{feed_id}": PLAIN,
    "GET /v1/calendars/{token}.ics": PLAIN,
    "GET /v1/citizen-reports": Ask({"territory": "{territory}", "state": "all"}),
    "POST /v1/citizen-reports/{territory}": Ask(body=REPORT),
    "GET /v1/citizen-reports/{territory}/{reference}": PLAIN,
    "GET /v1/clocks": OF_TERRITORY,
    "GET /v1/completeness": OF_TERRITORY,
    "GET /v1/curves": Ask({"series_id": "{series_id}", "from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}),
    "GET /v1/deliveries": OF_TERRITORY,
    "GET /v1/devices": OF_TERRITORY,
    "GET /v1/devices/pending": OF_TERRITORY,
    "POST /v1/devices/accept": Ask(body={"device_ids": ["{stranger_id}"]}),
    "POST /v1/devices/ignore": Ask(body={"device_ids": ["{stranger_id}"]}),
    "POST /v1/devices/{device_id}/accept": Ask(body={}, blanks={"device_id": "stranger_id"}),
    "POST /v1/devices/{device_id}/move": Ask(body={"asset": "asset"}),
    "GET /v1/events": OF_TERRITORY,
    "GET /v1/exports": PLAIN,
    "POST /v1/exports": Ask(body={"format": "csv", "territory": "{territory}", "from": "2026-05-01T00:00:00Z"}),
    "GET /v1/exports/{export_id}": PLAIN,
    "DELETE /v1/exports/{export_id}": PLAIN,
    "GET /v1/exports/{export_id}/file": PLAIN,
    "GET /v1/finding-precisions": OF_TERRITORY,
    "GET /v1/findings": Ask({"territory": "{territory}", "state": "all"}),
    "POST /v1/findings/{finding_id}/verdict": Ask(body={"verdict": "false_alarm"}),
    "GET /v1/forecasts": OF_TERRITORY,
    "GET /v1/gaps": OF_TERRITORY,
    "GET /v1/health": PLAIN,
    "GET /v1/health/programs": PLAIN,
    "GET /v1/incidents": Ask({"territory": "{territory}", "state": "all"}),
    "GET /v1/incidents/{incident_id}": PLAIN,
    "GET /v1/key": PLAIN,
    "GET /v1/kpis": OF_TERRITORY,
    "GET /v1/maintenance": OF_TERRITORY,
    "GET /v1/measurements": Ask(
        {"series_id": "{series_id}", "from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    ),
    "GET /v1/measurements.{extension}": Ask(
        {"series_id": "{series_id}", "from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    ),
    "GET /v1/measurements/count": Ask(
        {"series_id": "{series_id}", "from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    ),
    "GET /v1/measurements/last": Ask({"series_id": "{series_id}"}),
    "POST /v1/messages": Ask({"territory": "{territory}", "format": "native", "device": "device"}, {"values": {}}),
    "GET /v1/models": OF_TERRITORY,
    "GET /v1/on-call": OF_TERRITORY,
    "GET /v1/planned-rounds": OF_TERRITORY,
    "GET /v1/planned-rounds/{planned_rounds_id}": PLAIN,
    "GET /v1/public/kpis": PLAIN,
    "GET /v1/publications": OF_TERRITORY,
    "GET /v1/reference-kinds": PLAIN,
    "GET /v1/rejections": OF_TERRITORY,
    "GET /v1/rejections/causes": OF_TERRITORY,
    "POST /v1/rejections/replay": Ask(body={"territory": "{territory}"}),
    "GET /v1/rejections/replays": OF_TERRITORY,
    "GET /v1/reports": OF_TERRITORY,
    "GET /v1/reports/{report_id}/files/{name:path}": Ask(blanks={"name": "report_file"}),
    "GET /v1/series": OF_TERRITORY,
    "GET /v1/session": PLAIN,
    "POST /v1/session": Ask(body={"name": "Nobody", "password": "wrong wrong wrong"}),
    "DELETE /v1/session": PLAIN,
    "GET /v1/sources": PLAIN,
    "GET /v1/territories": PLAIN,
    "POST /v1/territories/{territory}/assets/import": Ask(body=CSV),
    "POST /v1/territories/{territory}/publications": Ask(body={"dataset": "car_parks"}),
    "POST /v1/territories/{territory}/publications/{publication}/withdraw": Ask(body={"reason": "to be looked at"}),
    "GET /v1/territories/{territory}/reference/{kind}": PLAIN,
    "POST /v1/territories/{territory}/reference/{kind}": Ask({"ends_standing": True}, FACTOR),
    "PATCH /v1/territories/{territory}/reference/{kind}/{entry_id}": Ask(body={"valid_to": "2099-01-01"}),
    "DELETE /v1/territories/{territory}/reference/{kind}/{entry_id}": Ask({"cause": "entered by mistake"}),
    "POST /v1/territories/{territory}/thresholds": Ask(body={"kind": "unusual_value", "factor": 1.5}),
    "GET /v1/thresholds": OF_TERRITORY,
    "GET /v1/verdicts": OF_TERRITORY,
    "GET /v1/work-orders": Ask({"territory": "{territory}", "state": "all"}),
    "POST /v1/work-orders": Ask(body={"territory": "{territory}", "title": "Mend it"}),
    "GET /v1/work-orders/{work_order_id}": PLAIN,
    "PATCH /v1/work-orders/{work_order_id}": Ask(body={"title": "Mend it well"}, headers={"If-Match": "*"}),
    "POST /v1/work-orders/{work_order_id}/close": Ask(
        body={"verdict": "confirmed", "condition": "working"}, headers={"If-Match": "*"}
    ),
    "GET /v1/work-orders/{work_order_id}/history": PLAIN,
    "GET /v1/work-orders/{work_order_id}/photos": PLAIN,
    "POST /v1/work-orders/{work_order_id}/photos": Ask(body=a_photo()),
    "GET /v1/work-orders/{work_order_id}/photos/{photo_id}": PLAIN,
    "DELETE /v1/work-orders/{work_order_id}/photos/{photo_id}": PLAIN,
    "GET /open/catalogue.{notation}": PLAIN,
    "GET /open/datasets": OF_TERRITORY,
    "GET /open/datasets/{territory}/{publication}": PLAIN,
    "GET /open/datasets/{territory}/{publication}/{file}": PLAIN,
    "GET /open/releases": OF_TERRITORY,
    "GET /signaler/{territory}": PLAIN,
    "POST /signaler/{territory}": Ask(body="kind=other&place=at+the+bridge&note=it+leans"),
    **NGSI_ASKS,
}
ROUTES: tuple[str, ...] = tuple(
    sorted(
        f"{method} {route.path}"
        for router in routers()
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    )
)
# Column or table by what a route calls it; the lowest number of the commune's is taken.
NUMBERS = {
    **NGSI_NUMBERS,
    "alert_id": "select max(alert_id) from alerts where territory_id = %(id)s",
    "report_id": "select min(report_id) from reports where territory_id = %(id)s",
    "acceptance_id": "select min(acceptance_id) from acceptances where territory_id = %(id)s",
    "asset_id": "select min(asset_id) from assets where territory_id = %(id)s",
    "datastream_id": "select min(datastream_id) from st_datastreams where territory_id = %(id)s",
    "device_id": "select min(device_id) from devices where territory_id = %(id)s",
    "entry_id": "select min(factor_id) from factors where territory_id = %(id)s",
    "export_id": "select min(export_id) from exports natural join api_key_territories where territory_id = %(id)s",
    "feed_id": "select min(feed_id) from calendar_feeds where territory_id = %(id)s",
    "finding_id": "select min(finding_id) from findings where territory_id = %(id)s",
    "incident_id": "select min(incident_id) from incidents where territory_id = %(id)s",
    "pause_id": "select max(pause_id) from alert_pauses where territory_id = %(id)s",
    "photo_id": "select min(photo_id) from work_order_photos natural join work_orders where territory_id = %(id)s",
    "planned_rounds_id": "select min(planned_rounds_id) from planned_rounds where territory_id = %(id)s",
    "series_id": "select min(series_id) from series where territory_id = %(id)s",
    "stranger_id": "select min(device_id) from devices where territory_id = %(id)s and state = 'pending'",
    "thing_id": "select min(thing_id) from st_things where territory_id = %(id)s",
    "work_order_id": "select min(work_order_id) from work_orders where territory_id = %(id)s",
}


def ids_of(database_url: str, territory: str) -> dict[str, Any]:
    """Give what fills the blanks for a commune."""
    with connect(database_url, program="test") as connection:
        row = connection.execute("select territory_id from territories where slug = %s", (territory,)).fetchone()
        assert row is not None
        found: dict[str, Any] = {
            "territory": territory,
            "kind": "factors",
            "extension": "csv",
            "token": TOKEN,
            "link": "ack_" + territory.ljust(43, "x"),
            "notation": "ttl",
            "publication": "kpis",
            "file": "kpis.csv",
            "reference": "2222222222",
            "report_file": "report.html",
            **fill(NGSI_NAMES, {"territory": territory}),
        }
        for name, query in NUMBERS.items():
            number = connection.execute(query.encode(), {"id": row[0]}).fetchone()
            found[name] = number[0] if number else None
    found["past_value"] = f"{found['name']}/urn:ngsi-ld:Instance:{found['instance_id']}"
    return found


def fill(template: Any, ids: Mapping[str, Any]) -> Any:  # Any: JSON
    """Fill the blanks; a text that is nothing but a blank becomes what fills it."""
    if isinstance(template, Mapping):
        return {name: fill(value, ids) for name, value in template.items()}
    if isinstance(template, list):
        return [fill(value, ids) for value in template]
    if not isinstance(template, str) or "\n" in template:
        return template
    if whole := BLANK.fullmatch(template):
        return ids[whole[1]]
    return BLANK.sub(lambda blank: str(ids[blank[1]]), template)


async def send(client: httpx.AsyncClient, route: str, ids: Mapping[str, Any], key: str | None = None) -> httpx.Response:
    """Ask a route for what is a commune's, with a key if any."""
    method, _, path = route.partition(" ")
    asked = ASKS.get(route, PLAIN)
    ids = {**ids, **{blank: ids[other] for blank, other in asked.blanks.items()}}
    body = fill(asked.body, ids)
    headers = {**fill(asked.headers or {}, ids), **({"Authorization": f"Bearer {key}"} if key else {})}
    return await client.request(
        method,
        fill(path.replace("{path:path}", asked.path), {**ids, "path": asked.path}),
        params=fill(asked.query or {}, ids),
        headers=headers,
        **({"content": body} if isinstance(body, str | bytes) else {"json": body} if body is not None else {}),
    )
