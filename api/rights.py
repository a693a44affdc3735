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
WORK = Right("technician", "write")
ENTER = Right("engineer", "write")
OPERATE = Right("engineer", "read")
RULE = Right("administrator", "read")

RIGHTS: Mapping[str, Right] = {
    "GET /metrics": READ,
    "GET /sensorthings/v1.1": READ,
    "GET /sensorthings/v1.1/": READ,
    "GET /sensorthings/v1.1/{path:path}": READ,
    "POST /sensorthings/v1.1/CreateObservations": ENTER,
    "POST /sensorthings/v1.1/{path:path}": ENTER,
    "PATCH /sensorthings/v1.1/{path:path}": ENTER,
    "PUT /sensorthings/v1.1/{path:path}": ENTER,
    "DELETE /sensorthings/v1.1/{path:path}": ENTER,
    "GET /v1/acceptances": READ,
    "POST /v1/acceptances": WORK,
    "GET /v1/acceptances/{acceptance_id}": READ,
    "GET /v1/acceptances/{acceptance_id}/results": READ,
    "GET /v1/alarm-loads": READ,
    "GET /v1/assets": READ,
    "GET /v1/audit": RULE,
    "GET /v1/calendars": READ,
    "POST /v1/calendars": WORK,
    "DELETE /v1/calendars/{feed_id}": WORK,
    "GET /v1/calendars/{token}.ics": SECRET,
    "GET /v1/clocks": READ,
    "GET /v1/completeness": READ,
    "GET /v1/curves": READ,
    "GET /v1/deliveries": READ,
    "GET /v1/devices": READ,
    "GET /v1/devices/pending": READ,
    "POST /v1/devices/accept": WORK,
    "POST /v1/devices/ignore": WORK,
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
    "GET /v1/planned-rounds": READ,
    "GET /v1/planned-rounds/{planned_rounds_id}": READ,
    "GET /v1/public/kpis": OPEN,
    "GET /v1/reference-kinds": READ,
    "GET /v1/rejections": READ,
    "GET /v1/rejections/causes": READ,
    "POST /v1/rejections/replay": WORK,
    "GET /v1/rejections/replays": READ,
    "GET /v1/series": READ,
    "GET /v1/sources": READ,
    "GET /v1/territories": READ,
    "POST /v1/territories/{territory}/assets/import": ENTER,
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
}
