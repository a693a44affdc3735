"""Which right each route wants: the one list. A route that is not in it is refused to everybody; tests/api says so.

Roles are a ladder: who may what one of them may, may what those below it may. The scope of a key says which of what its
role allows the key was made for. `open` routes want nothing; `secret` ones want the address itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from store.keys import ROLES, Key, Role, Scope

Level = Literal["public"] | Role


@dataclass(frozen=True, slots=True)
class Right:
    """The least role and the scope that a route wants; scope None is any."""

    role: Level
    scope: Scope | None = None

    def refusal(self, key: Key) -> str | None:
        """Say why a key does not have it; None where it has."""
        if self.role != "public" and ROLES.index(key.role) < ROLES.index(self.role):
            return f"this wants the role {self.role}; this key's is {key.role}"
        return None


OPEN = Right("public")  # without a key
SECRET = Right("public")  # the address holds a secret of its own
ANY = Right("reader")  # whatever the key was made for
READ = Right("reader", "read")
SEND = Right("reader", "ingest")
SEE = Right("technician", "read")
WORK = Right("technician", "write")
ENTER = Right("engineer", "write")
OPERATE = Right("engineer", "read")
RULE = Right("administrator", "read")
PUBLISH = Right("administrator", "admin")

RIGHTS: Mapping[str, Right] = {
    "GET /login": OPEN,
    "GET /login/callback": SECRET,
    "GET /metrics": READ,
    "GET /ngsi-ld/v1/attributes": READ,
    "GET /ngsi-ld/v1/attributes/": READ,
    "GET /ngsi-ld/v1/attributes/{name:path}": READ,
    "GET /ngsi-ld/v1/entities": READ,
    "GET /ngsi-ld/v1/entities/": READ,
    "POST /ngsi-ld/v1/entities": ENTER,
    "POST /ngsi-ld/v1/entities/": ENTER,
    "GET /ngsi-ld/v1/entities/{urn:path}": READ,
    "PUT /ngsi-ld/v1/entities/{urn:path}": ENTER,
    "PATCH /ngsi-ld/v1/entities/{urn:path}": ENTER,
    "DELETE /ngsi-ld/v1/entities/{urn:path}": ENTER,
    "POST /ngsi-ld/v1/entities/{urn:path}/attrs": ENTER,
    "POST /ngsi-ld/v1/entities/{urn:path}/attrs/": ENTER,
    "PATCH /ngsi-ld/v1/entities/{urn:path}/attrs": ENTER,
    "PATCH /ngsi-ld/v1/entities/{urn:path}/attrs/": ENTER,
    "PATCH /ngsi-ld/v1/entities/{urn:path}/attrs/{name:path}": ENTER,
    "PUT /ngsi-ld/v1/entities/{urn:path}/attrs/{name:path}": ENTER,
    "DELETE /ngsi-ld/v1/entities/{urn:path}/attrs/{name:path}": ENTER,
    "POST /ngsi-ld/v1/entityOperations/create": ENTER,
    "POST /ngsi-ld/v1/entityOperations/delete": ENTER,
    "POST /ngsi-ld/v1/entityOperations/merge": ENTER,
    "POST /ngsi-ld/v1/entityOperations/query": READ,
    "POST /ngsi-ld/v1/entityOperations/update": ENTER,
    "POST /ngsi-ld/v1/entityOperations/upsert": ENTER,
    "GET /ngsi-ld/v1/jsonldContexts": READ,
    "GET /ngsi-ld/v1/jsonldContexts/": READ,
    "POST /ngsi-ld/v1/jsonldContexts": ENTER,
    "POST /ngsi-ld/v1/jsonldContexts/": ENTER,
    "GET /ngsi-ld/v1/jsonldContexts/{name:path}": READ,
    "DELETE /ngsi-ld/v1/jsonldContexts/{name:path}": ENTER,
    "GET /ngsi-ld/v1/temporal/entities": READ,
    "GET /ngsi-ld/v1/temporal/entities/": READ,
    "POST /ngsi-ld/v1/temporal/entities": ENTER,
    "POST /ngsi-ld/v1/temporal/entities/": ENTER,
    "GET /ngsi-ld/v1/temporal/entities/{urn:path}": READ,
    "DELETE /ngsi-ld/v1/temporal/entities/{urn:path}": ENTER,
    "POST /ngsi-ld/v1/temporal/entities/{urn:path}/attrs": ENTER,
    "POST /ngsi-ld/v1/temporal/entities/{urn:path}/attrs/": ENTER,
    "PATCH /ngsi-ld/v1/temporal/entities/{urn:path}/attrs/{name:path}": ENTER,
    "DELETE /ngsi-ld/v1/temporal/entities/{urn:path}/attrs/{name:path}": ENTER,
    "POST /ngsi-ld/v1/temporal/entityOperations/query": READ,
    "GET /ngsi-ld/v1/types": READ,
    "GET /ngsi-ld/v1/types/": READ,
    "GET /ngsi-ld/v1/types/{name:path}": READ,
    "GET /open/catalogue.{notation}": OPEN,
    "GET /open/datasets": OPEN,
    "GET /open/datasets/{territory}/{publication}": OPEN,
    "GET /open/datasets/{territory}/{publication}/{file}": OPEN,
    "GET /open/releases": OPEN,
    "GET /sensorthings/v1.1": READ,
    "GET /sensorthings/v1.1/": READ,
    "POST /sensorthings/v1.1/$batch": ANY,  # and for each of its requests what that wants by itself
    "GET /sensorthings/v1.1/{path:path}": READ,
    "POST /sensorthings/v1.1/{path:path}": ENTER,
    "PATCH /sensorthings/v1.1/{path:path}": ENTER,
    "PUT /sensorthings/v1.1/{path:path}": ENTER,
    "DELETE /sensorthings/v1.1/{path:path}": ENTER,
    "GET /signaler/{territory}": OPEN,
    "POST /signaler/{territory}": OPEN,
    "GET /v1/acceptances": READ,
    "POST /v1/acceptances": WORK,
    "GET /v1/acceptances/{acceptance_id}": READ,
    "GET /v1/acceptances/{acceptance_id}/results": READ,
    "GET /v1/alarm-loads": READ,
    "GET /v1/alert-kinds": READ,
    "GET /v1/alert-pauses": SEE,
    "POST /v1/alert-pauses": WORK,
    "GET /v1/alert-pauses/{pause_id}": SEE,
    "DELETE /v1/alert-pauses/{pause_id}": WORK,
    "GET /v1/alerts": READ,
    "GET /v1/alerts/links/{token}": SECRET,
    "POST /v1/alerts/links/{token}": SECRET,
    "GET /v1/alerts/{alert_id}": READ,
    "POST /v1/alerts/{alert_id}/acknowledge": WORK,
    "GET /v1/alerts/{alert_id}/messages": SEE,
    "GET /v1/assets": READ,
    "POST /v1/assets/{asset_id}/device": WORK,
    "GET /v1/audit": RULE,
    "GET /v1/calendars": READ,
    "POST /v1/calendars": WORK,
    "DELETE /v1/calendars/{feed_id}": WORK,
    "GET /v1/calendars/{token}.ics": SECRET,
    "GET /v1/citizen-reports": SEE,
    "POST /v1/citizen-reports/{territory}": OPEN,
    "GET /v1/citizen-reports/{territory}/{reference}": SECRET,
    "GET /v1/clocks": READ,
    "GET /v1/completeness": READ,
    "GET /v1/curves": READ,
    "GET /v1/deliveries": READ,
    "GET /v1/devices": READ,
    "POST /v1/devices/accept": WORK,
    "POST /v1/devices/ignore": WORK,
    "GET /v1/devices/pending": READ,
    "POST /v1/devices/{device_id}/accept": WORK,
    "POST /v1/devices/{device_id}/move": WORK,
    "GET /v1/events": READ,
    "GET /v1/exports": READ,
    "POST /v1/exports": READ,
    "GET /v1/exports/{export_id}": READ,
    "DELETE /v1/exports/{export_id}": READ,
    "GET /v1/exports/{export_id}/file": READ,
    "GET /v1/finding-precisions": READ,
    "GET /v1/findings": READ,
    "POST /v1/findings/{finding_id}/verdict": WORK,
    "GET /v1/forecasts": READ,
    "GET /v1/gaps": READ,
    "GET /v1/health": OPEN,
    "GET /v1/health/programs": OPERATE,
    "GET /v1/incidents": READ,
    "GET /v1/incidents/{incident_id}": READ,
    "GET /v1/key": ANY,
    "GET /v1/kpis": READ,
    "GET /v1/maintenance": READ,
    "GET /v1/measurements": READ,
    "GET /v1/measurements.{extension}": READ,
    "GET /v1/measurements/count": READ,
    "GET /v1/measurements/last": READ,
    "POST /v1/messages": SEND,
    "GET /v1/models": READ,
    "GET /v1/on-call": SEE,
    "GET /v1/planned-rounds": READ,
    "GET /v1/planned-rounds/{planned_rounds_id}": READ,
    "GET /v1/public/kpis": OPEN,
    "GET /v1/publications": READ,
    "GET /v1/reference-kinds": READ,
    "GET /v1/rejections": READ,
    "GET /v1/rejections/causes": READ,
    "POST /v1/rejections/replay": WORK,
    "GET /v1/rejections/replays": READ,
    "GET /v1/reports": READ,
    "GET /v1/reports/{report_id}/files/{name:path}": READ,
    "GET /v1/series": READ,
    "GET /v1/session": OPEN,
    "POST /v1/session": OPEN,
    "DELETE /v1/session": OPEN,  # of the cookie that it comes with
    "GET /v1/sources": READ,
    "GET /v1/territories": READ,
    "POST /v1/territories/{territory}/assets/import": ENTER,
    "POST /v1/territories/{territory}/publications": PUBLISH,
    "POST /v1/territories/{territory}/publications/{publication}/withdraw": PUBLISH,
    "GET /v1/territories/{territory}/reference/{kind}": READ,
    "POST /v1/territories/{territory}/reference/{kind}": ENTER,
    "PATCH /v1/territories/{territory}/reference/{kind}/{entry_id}": ENTER,
    "DELETE /v1/territories/{territory}/reference/{kind}/{entry_id}": ENTER,
    "POST /v1/territories/{territory}/thresholds": WORK,
    "GET /v1/thresholds": READ,
    "GET /v1/verdicts": READ,
    "GET /v1/work-orders": READ,
    "POST /v1/work-orders": WORK,
    "GET /v1/work-orders/{work_order_id}": READ,
    "PATCH /v1/work-orders/{work_order_id}": WORK,
    "POST /v1/work-orders/{work_order_id}/close": WORK,
    "GET /v1/work-orders/{work_order_id}/history": READ,
    "GET /v1/work-orders/{work_order_id}/photos": READ,
    "POST /v1/work-orders/{work_order_id}/photos": WORK,
    "GET /v1/work-orders/{work_order_id}/photos/{photo_id}": READ,
    "DELETE /v1/work-orders/{work_order_id}/photos/{photo_id}": WORK,
}
